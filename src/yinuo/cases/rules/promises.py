"""Which promises an opening gives, what an answer keeps, what is late. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yinuo.standards.rules import Offer, promised_times

_ANSWERING = ("first_response", "next_answer", "next_update")


@dataclass(frozen=True)
class PromiseDraft:
    """A promise about to be made."""

    kind: str
    due_at: datetime
    warn_at: datetime
    reason: str


@dataclass(frozen=True)
class LivePromise:
    """What decisions need to know of a live promise."""

    id: int
    kind: str
    due_at: datetime


def opening_promises(offer: Offer, *, at: datetime) -> list[PromiseDraft]:
    """Return the promises a new case begins with: a first response and a resolution."""
    return [
        draft_promise("first_response", offer, start=at),
        draft_promise("resolution", offer, start=at),
    ]


def draft_promise(kind: str, offer: Offer, *, start: datetime) -> PromiseDraft:
    """Return a promise of a kind under a standard, counted from `start` in the standard's open time."""
    within = {
        "first_response": offer.first_response,
        "next_answer": offer.next_answer,
        "next_update": offer.next_update,
        "resolution": offer.resolution,
    }[kind]
    times = promised_times(start=start, within=within, offer=offer)
    minutes = int(within.total_seconds() // 60)
    return PromiseDraft(
        kind, times.due_at, times.warn_at, f"{offer.code} v{offer.version_number}: {kind} {minutes} min"
    )


def promise_for_customer_message(
    live_kinds: Iterable[str], *, unanswered_since: datetime | None, answered_at: datetime | None
) -> str | None:
    """Return the kind of promise a customer's message calls for, or None.

    The clock of the next answer starts at the oldest unanswered message, so later ones do not restart it; and it does
    not run beside a first response that is still owed.
    """
    kinds = set(live_kinds)
    if "first_response" in kinds or "next_answer" in kinds:
        return None
    if unanswered_since is not None and answered_at is not None:
        return None
    return "next_answer"


def kept_by_answer(live: Iterable[LivePromise], *, at: datetime) -> list[LivePromise]:
    """Return the promises that a public answer by a person at `at` keeps: those to answer, not yet due."""
    return [promise for promise in live if promise.kind in _ANSWERING and at <= promise.due_at]


def overdue(live: Iterable[LivePromise], *, at: datetime) -> list[LivePromise]:
    """Return the promises whose time has passed at `at`; the due instant itself is still in time."""
    return [promise for promise in live if promise.due_at < at]
