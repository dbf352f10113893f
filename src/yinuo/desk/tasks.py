"""Timed work of the desk: answers whose time to be taken back is over."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import send_due_replies

_EVERY = timedelta(milliseconds=500)


@timed("desk.send_due_replies", every=_EVERY, lane="promises")
def send_due(at: datetime) -> int:
    """Send the answers that can no longer be taken back."""
    return send_due_replies(at=at)
