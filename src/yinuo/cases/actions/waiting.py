"""Whose turn it is: whether a case waits for the customer. Says so only; no promise is paused by it."""

from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases.facts import WaitingForCustomerBegan, WaitingForCustomerEnded
from yinuo.cases.models import Case
from yinuo.foundation.facts import announce


def announce_waiting(case: Case, *, message_id: int, staff_id: int, by: Actor, at: datetime) -> None:
    """Say that a case, which was not waiting before, waits for the customer from this answer on."""
    began = WaitingForCustomerBegan(
        case_id=case.pk, customer_id=case.customer_id, staff_id=staff_id, message_id=message_id
    )
    announce(began, by=by, at=at)


def end_waiting(case: Case, *, by: Actor, at: datetime) -> None:
    """Let a locked case wait for the customer no longer. Does not save it."""
    if case.waiting_since is None:
        return
    ended = WaitingForCustomerEnded(case_id=case.pk, customer_id=case.customer_id, since=case.waiting_since)
    case.waiting_since = None
    announce(ended, by=by, at=at)
