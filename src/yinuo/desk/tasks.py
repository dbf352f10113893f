"""Timed work of the desk: answers whose time to be taken back is over, acts on many cases."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import carry_on_due_runs, forget_watching, send_due_replies

_EVERY = timedelta(milliseconds=500)


@timed("desk.send_due_replies", every=_EVERY, lane="promises")
def send_due(at: datetime) -> int:
    """Send the answers that can no longer be taken back."""
    return send_due_replies(at=at)


@timed("desk.carry_on_due_runs", every=timedelta(seconds=1), lane="bulk")
def carry_on_bulk(at: datetime) -> int:
    """Carry on what is done to many cases."""
    return carry_on_due_runs(at=at)


@timed("desk.forget_watching", every=timedelta(minutes=5), lane="bulk")
def forget_who_was_here(at: datetime) -> int:
    """Drop who had a case open long ago."""
    forget_watching(at=at)
    return 0
