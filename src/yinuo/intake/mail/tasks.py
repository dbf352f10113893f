"""Timed work of mail: the queue of outgoing mail."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import send_due_letters, send_due_mails


@timed("mail.send_due_mails", every=timedelta(seconds=1), lane="mail")
def send_due(at: datetime) -> int:
    """Send the letters and mails that are due; letters first, because somebody waits for a code before the screen."""
    return send_due_letters(at=at) + send_due_mails(at=at)
