"""Timed work of the portal: forgetting what nobody needs any more."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import forget_what_ended
from .floods import forget_old_attempts


@timed("portal.forget", every=timedelta(hours=1), lane="bulk")
def forget(at: datetime) -> int:
    """Remove sign-ins, sessions and counts that are over."""
    return forget_what_ended(at=at) + forget_old_attempts(at=at)
