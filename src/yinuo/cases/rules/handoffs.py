"""Giving a case to somebody else: until when an offer waits, and when the coordination centre decides instead. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.calendars import BusinessCalendar, due_at
from yinuo.foundation.refusals import Refusal

SHORTEST_OFFER = timedelta(minutes=1)


class ReasonNeeded(Refusal):
    code = "cases.reason_needed"
    status = 422

    def sentence(self) -> str:
        return _("Say why: your colleague and whoever looks later need it.")


class AlreadyOffered(Refusal):
    code = "cases.already_offered"

    def sentence(self) -> str:
        return (
            _("This case is already offered to %(name)s. Wait for the answer, or take the offer back.") % self.details
        )


class NotYoursToOffer(Refusal):
    code = "cases.not_yours_to_offer"
    status = 403

    def sentence(self) -> str:
        return _("%(name)s owns this case. Ask them or their team leader to hand it over.") % self.details


class OfferedToOwner(Refusal):
    code = "cases.offered_to_owner"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s owns this case already. Choose somebody else.") % self.details


class CannotTakeOver(Refusal):
    """A person whose role owns no cases, or a team in which nobody could accept."""

    code = "cases.cannot_take_over"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s cannot take over a case. Choose a colleague or a team that works on cases.") % self.details


class NothingOffered(Refusal):
    """The offer was answered, taken back or decided before; or there never was one."""

    code = "cases.nothing_offered"

    def sentence(self) -> str:
        return _("This case is no longer offered. %(name)s owns it.") % self.details


class OfferTooLate(Refusal):
    code = "cases.offer_too_late"

    def sentence(self) -> str:
        return _("The time to answer has passed, so the case stays with %(name)s. Ask them to offer it again.") % (
            self.details
        )


class NotOfferedToYou(Refusal):
    code = "cases.not_offered_to_you"
    status = 403

    def sentence(self) -> str:
        return _("This case is offered to %(name)s. Only they can answer.") % self.details


class CaseIsHeld(Refusal):
    code = "cases.case_is_held"

    def sentence(self) -> str:
        return _(
            "This case went to and fro, so the coordination centre decides who owns it. Write a note with what "
            "you know of it."
        )


class NotTheCentre(Refusal):
    code = "cases.not_the_centre"
    status = 403

    def sentence(self) -> str:
        return _("Only who leads the coordination centre decides the owner. Change the owner as a team leader instead.")


class ReviewInThePast(Refusal):
    code = "cases.review_in_the_past"
    status = 422

    def sentence(self) -> str:
        return _("Choose a day from today on by which the decision is looked at again.")


@dataclass(frozen=True)
class Limits:
    """How long an offer waits, in open time, and how often a case may move without the centre."""

    answer_within: timedelta
    most_accepted: int
    most_offered: int
    return_days: int


def answer_by(
    *, offered_at: datetime, within: timedelta, calendar: BusinessCalendar, next_due_at: datetime
) -> datetime:
    """Return until when an offer waits: `within` of the receiver's open time, but half of what is left at most.

    offered_at, next_due_at: aware; the second is the case's next promise, of which half is thus left for whoever owns
    the case then. Where nothing is left, SHORTEST_OFFER is given. Source: docs/rules/handoff.md.
    """
    half = offered_at + max((next_due_at - offered_at) / 2, SHORTEST_OFFER)
    return min(due_at(start=offered_at, within=within, calendar=calendar), half)


def stopped_because(*, accepted: int, offered: int, had_it: bool, limits: Limits) -> str | None:
    """Return why an agent's further offer goes to the coordination centre instead, or None when it may be made.

    accepted, offered: handoffs of this case so far. had_it: the one it would go to owned it within `return_days`.
    """
    if had_it:
        return "to_and_fro"
    if accepted >= limits.most_accepted or offered >= limits.most_offered:
        return "too_often"
    return None
