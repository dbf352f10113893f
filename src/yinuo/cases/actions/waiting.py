"""Whose turn it is: whether a case waits for the customer, and which promises pause meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases.facts import WaitingForCustomerBegan, WaitingForCustomerEnded
from yinuo.cases.models import Case
from yinuo.cases.rules import LivePromise
from yinuo.foundation.facts import announce

from . import pausing


def begin_waiting(case: Case, live: Sequence[LivePromise], *, by: Actor, at: datetime) -> list[LivePromise]:
    """Let a locked case wait from now on; return its live promises, those paused that its standard says.

    Does not save the case. The caller says so by `announce_waiting` once the answer has a number.
    """
    case.waiting_since = at
    return pausing.pause(case, live, by=by, at=at)


def announce_waiting(case: Case, *, message_id: int, staff_id: int, by: Actor, at: datetime) -> None:
    """Say that a case, which was not waiting before, waits for the customer from this answer on."""
    began = WaitingForCustomerBegan(
        case_id=case.pk, customer_id=case.customer_id, staff_id=staff_id, message_id=message_id
    )
    announce(began, by=by, at=at)


def end_waiting(case: Case, *, by: Actor, at: datetime) -> None:
    """Let a locked case wait for the customer no longer: what was paused runs on. Does not save it.

    To be called before the live promises are read, for their times move.
    """
    if case.waiting_since is None:
        return
    ended = WaitingForCustomerEnded(case_id=case.pk, customer_id=case.customer_id, since=case.waiting_since)
    case.waiting_since = None
    announce(ended, by=by, at=at)
    pausing.resume(case, by=by, at=at)
