"""Which promises an opening gives, what an answer keeps, what is late. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from yinuo.standards.rules import Offer, promised_times

from .clocks import warning

_ANSWERING = ("first_response", "next_answer", "next_update")
# Of these one may run at a time in a case; of the others several. The database says so too.
SINGLE_KINDS = frozenset({"first_response", "next_answer", "next_update", "resolution"})
# Another team's word to the owner: it is no case's next promise, and no customer ever sees it. All others are ours to
# the customer. The database says so too: `Promise.runs_for_customer`.
INTERNAL_KINDS = frozenset({"task"})


@dataclass(frozen=True)
class PromiseDraft:
    """A promise about to be made. within: the open time the standard gives; None when an instant was given."""

    kind: str
    starts_at: datetime
    within: timedelta | None
    due_at: datetime
    warn_at: datetime
    reason: str

    @property
    def within_minutes(self) -> int | None:
        return None if self.within is None else int(self.within.total_seconds() // 60)


@dataclass(frozen=True)
class LivePromise:
    """What decisions need to know of a live promise."""

    id: int
    kind: str
    due_at: datetime
    paused_since: datetime | None = None

    @property
    def is_to_customer(self) -> bool:
        return self.kind not in INTERNAL_KINDS

    @property
    def runs_for_customer(self) -> bool:
        return self.paused_since is None and self.is_to_customer


def opening_promises(offer: Offer, *, at: datetime) -> list[PromiseDraft]:
    """Return the promises a new case begins with: a first response and a resolution."""
    return [
        draft_promise("first_response", offer, start=at),
        draft_promise("resolution", offer, start=at),
    ]


def draft_promise(kind: str, offer: Offer, *, start: datetime) -> PromiseDraft:
    """Return a promise of a kind under a standard, counted from `start` in the standard's open time."""
    within = time_within(kind, offer)
    times = promised_times(start=start, within=within, offer=offer)
    minutes = int(within.total_seconds() // 60)
    reason = f"{offer.code} v{offer.version_number}: {kind} {minutes} min"
    return PromiseDraft(kind, start, within, times.due_at, times.warn_at, reason)


def draft_given(kind: str, offer: Offer, *, start: datetime, due_at: datetime) -> PromiseDraft:
    """Return a promise of an instant that somebody gave, counted from `start`; due_at is after it.

    The owner is warned after the standard's share of the open time until then, or of the time by the clock when all of
    it is closed.
    """
    share = float(offer.warning_share)
    warn_at = warning(start=start, within=None, due=due_at, share=share, calendar=offer.calendar)
    return PromiseDraft(kind, start, None, due_at, warn_at, f"{offer.code}: a time was given")


def time_within(kind: str, offer: Offer) -> timedelta:
    """Return the open time that a standard gives for a kind. A word of one's own (`own`) has none: KeyError."""
    return {
        "first_response": offer.first_response,
        "next_answer": offer.next_answer,
        "next_update": offer.next_update,
        "resolution": offer.resolution,
        "call_back": offer.call_back,
        "visit": offer.visit,
        "parts": offer.parts,
        "task": offer.task,
    }[kind]


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
    """Return the promises whose time has passed at `at`; the due instant itself is still in time.

    A paused promise is never late: its time moves when the pause ends.
    """
    return [promise for promise in live if promise.paused_since is None and promise.due_at < at]


def soonest(live: Iterable[LivePromise]) -> LivePromise | None:
    """Return the case's next promise: of those that run for the customer the one that falls due first."""
    running = [promise for promise in live if promise.runs_for_customer]
    return min(running, key=lambda promise: (promise.due_at, promise.id), default=None)
