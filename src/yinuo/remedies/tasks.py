"""Timed work of remedies: approvals that fall due."""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import escalate_due_approvals, warn_of_due_approvals

_EVERY = timedelta(seconds=1)


@timed("remedies.escalate_due_approvals", every=_EVERY, lane="promises")
def escalate_due(at: datetime) -> int:
    """Give the approvals whose time has passed to the next approver."""
    return escalate_due_approvals(at=at)


@timed("remedies.warn_of_due_approvals", every=_EVERY, lane="promises")
def warn_of_due(at: datetime) -> int:
    """Warn the approvers whose time is nearly over."""
    return warn_of_due_approvals(at=at)
