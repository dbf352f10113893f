"""For tests: what the worker does ten seconds later."""

from datetime import timedelta

from django.utils import timezone

from yinuo.desk.actions import send_due_replies


def send_waiting() -> int:
    """Send every answer that waits, as when its time has come; return how many."""
    return send_due_replies(at=timezone.now() + timedelta(seconds=11))
