"""Timed work of mail: the queue of outgoing mail."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import send_due_mails


@timed("mail.send_due_mails", every=timedelta(seconds=1), lane="mail")
def send_due(at: datetime) -> int:
    """Send the mails that are due."""
    return send_due_mails(at=at)
