"""Timed work of notifications."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import forget_old, hand_out_pushes, make_due_digests, send_due_pushes


@timed("notifications.forget_old", every=timedelta(hours=6), lane="bulk")
def forget(at: datetime) -> int:
    """Delete notifications that are old enough."""
    forget_old(at=at)
    return 0


@timed("notifications.hand_out_pushes", every=timedelta(seconds=1), lane="push")
def hand_out(at: datetime) -> int:
    """Make pushes of the notifications that are due to be pushed."""
    return hand_out_pushes(at=at)


@timed("notifications.send_due_pushes", every=timedelta(seconds=1), lane="push")
def send_pushes(at: datetime) -> int:
    """Send the pushes that are due."""
    return send_due_pushes(at=at)


@timed("notifications.make_due_digests", every=timedelta(minutes=1), lane="bulk")
def make_digests(at: datetime) -> int:
    """Decide who is due a digest."""
    make_due_digests(at=at)
    return 0
