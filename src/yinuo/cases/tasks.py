"""Timed work of cases: promises that fall due."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import break_due_promises, warn_of_due_promises

_EVERY = timedelta(milliseconds=500)


@timed("cases.break_due_promises", every=_EVERY, lane="promises")
def break_due(at: datetime) -> int:
    """Break the promises whose time has passed."""
    return break_due_promises(at=at)


@timed("cases.warn_of_due_promises", every=_EVERY, lane="promises")
def warn_of_due(at: datetime) -> int:
    """Warn the owners of promises that fall due soon."""
    return warn_of_due_promises(at=at)
