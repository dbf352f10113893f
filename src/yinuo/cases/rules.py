"""Decisions about cases: which promises an opening gives, what an answer keeps, who may still change what. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal
from yinuo.standards.rules import Offer, promised_times

REOPEN_WINDOW = timedelta(days=14)
PREVIEW_LENGTH = 200
SUBJECT_LENGTH = 998
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


class CaseIsClosed(Refusal):
    code = "cases.case_is_closed"

    def sentence(self) -> str:
        return _("Case %(reference)s is closed. Reopen it first.") % self.details


class CaseIsOpen(Refusal):
    code = "cases.case_is_open"

    def sentence(self) -> str:
        return _("Case %(reference)s is already open.") % self.details


class EmptyMessage(Refusal):
    code = "cases.empty_message"
    status = 422

    def sentence(self) -> str:
        return _("The message is empty. Write something, or attach a file.")


class OwnerNotInTeam(Refusal):
    code = "cases.owner_not_in_team"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s no longer works here. Choose another owner.") % self.details


class UnknownOutcome(Refusal):
    code = "cases.unknown_outcome"
    status = 422

    def sentence(self) -> str:
        return _("%(outcome)s is not an outcome. Choose one of: %(known)s.") % self.details


class NewMessagesArrived(Refusal):
    """The customer wrote while the answer was being written."""

    code = "cases.new_messages_arrived"

    def sentence(self) -> str:
        return _("%(count)s new messages came since you opened this case. Read them, then send again.") % self.details


OUTCOMES = (
    "solved",
    "explained",
    "replaced",
    "refunded",
    "repaired",
    "not_reachable",
    "withdrawn",
    "duplicate",
    "spam",
)


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


def may_reopen(*, closed_at: datetime, at: datetime) -> bool:
    """Return whether a message still belongs to the closed case: within the window after its last closure."""
    return at - closed_at <= REOPEN_WINDOW


def preview_of(text: str) -> str:
    """Return how a message begins, on one line, for the queue."""
    return " ".join(text.split())[:PREVIEW_LENGTH]
