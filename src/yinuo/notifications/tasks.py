"""Timed work of notifications."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import forget_old


@timed("notifications.forget_old", every=timedelta(hours=6), lane="bulk")
def forget(at: datetime) -> int:
    """Delete notifications that are old enough."""
    forget_old(at=at)
    return 0
