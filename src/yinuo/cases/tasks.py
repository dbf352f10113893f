"""Timed work of cases: promises that fall due, rungs that are reached, offers, decisions and solved cases that wait,
quoted times that have passed.
"""

from datetime import datetime, timedelta

from yinuo.foundation.timers import timed

from .actions import (
    break_due_promises,
    reach_due_rungs,
    remind_of_decisions,
    settle_due_cases,
    settle_quotes,
    tell_due_follow_ups,
    tell_of_escalations,
    time_out_handoffs,
    warn_of_due_promises,
)

_EVERY = timedelta(milliseconds=500)


@timed("cases.break_due_promises", every=_EVERY, lane="promises")
def break_due(at: datetime) -> int:
    """Break the promises whose time has passed."""
    return break_due_promises(at=at)


@timed("cases.warn_of_due_promises", every=_EVERY, lane="promises")
def warn_of_due(at: datetime) -> int:
    """Warn the owners of promises that fall due soon."""
    return warn_of_due_promises(at=at)


@timed("cases.time_out_handoffs", every=timedelta(seconds=1), lane="promises")
def time_out(at: datetime) -> int:
    """Give back the offers that nobody answered in time."""
    return time_out_handoffs(at=at)


@timed("cases.remind_of_decisions", every=timedelta(minutes=1), lane="promises")
def remind(at: datetime) -> int:
    """Remind the coordination centre of decisions it wanted to look at again."""
    return remind_of_decisions(at=at)


@timed("cases.settle_due_cases", every=timedelta(seconds=20), lane="bulk")
def settle_due(at: datetime) -> int:
    """Close solved cases for good when the time for the customer's word is over."""
    return settle_due_cases(at=at)


@timed("cases.reach_rungs", every=_EVERY, lane="promises")
def reach_rungs(at: datetime) -> int:
    """Escalate the cases whose rungs are reached, and tell those who are to be told now."""
    return reach_due_rungs(at=at) + tell_of_escalations(at=at)


@timed("cases.settle_quotes", every=timedelta(seconds=20), lane="bulk")
def settle_due_quotes(at: datetime) -> int:
    """Decide the quoted times that have passed: held or missed."""
    return settle_quotes(at=at)


@timed("cases.tell_due_follow_ups", every=timedelta(seconds=5), lane="bulk")
def tell_follow_ups(at: datetime) -> int:
    """Tell people of the follow-ups whose time has come."""
    return tell_due_follow_ups(at=at)
