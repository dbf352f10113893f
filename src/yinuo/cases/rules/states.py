"""Open, solved, closed: what may be done in which state, how a case may end and for how long it may return. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

REOPEN_WINDOW = timedelta(days=14)


class CaseIsClosed(Refusal):
    """The case ended already, solved or closed."""

    code = "cases.case_is_closed"

    def sentence(self) -> str:
        return _("Case %(reference)s is closed. Reopen it first.") % self.details


class CaseIsOpen(Refusal):
    code = "cases.case_is_open"

    def sentence(self) -> str:
        return _("Case %(reference)s is already open.") % self.details


class CaseIsSettled(Refusal):
    """The case closed for good: what comes now is a new case that follows it."""

    code = "cases.case_is_settled"

    def sentence(self) -> str:
        return _(
            "Case %(reference)s is closed for good. Open a new case that follows it, or ask your leader to reopen it."
        ) % (self.details)


class NothingToConfirm(Refusal):
    """The customer confirms a solution that is not there: the case is open."""

    code = "cases.nothing_to_confirm"

    def sentence(self) -> str:
        return _("Case %(reference)s was taken up again meanwhile, so there is nothing to confirm.") % self.details


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


# Outcomes that nobody asks the customer about.
UNASKED_OUTCOMES = ("spam", "duplicate", "withdrawn")


@dataclass(frozen=True)
class Closing:
    """How a team closes and reopens. reopening: always, within or never; owner: keep, present or leader."""

    reopening: str
    window: timedelta
    owner: str


USUAL_CLOSING = Closing("within", REOPEN_WINDOW, "keep")


def settles_at(closing: Closing, *, solved_at: datetime) -> datetime | None:
    """Return when a case solved at `solved_at` closes for good; None: never by itself, only by the customer's word.

    A team that never reopens gives no time: its cases close the instant they are solved.
    """
    if closing.reopening == "always":
        return None
    return solved_at if closing.reopening == "never" else solved_at + closing.window


def may_start_again(*, state: str, settles_at: datetime | None, at: datetime) -> bool:
    """Return whether the customer's message reopens an ended case: it is solved, and its time is not over.

    The last instant of the time is still within it, whether or not the clock has closed the case yet.
    """
    return state == "solved" and (settles_at is None or at <= settles_at)


def owner_may_stay(closing: Closing, *, has_left: bool, is_away: bool) -> bool:
    """Return whether a case that starts again stays with its owner, by the rule of its team."""
    if has_left or closing.owner == "leader":
        return False
    return closing.owner == "keep" or not is_away
