"""Giving a case to somebody else: an offer that takes effect when it is accepted, and what the centre decides.

Every verb locks the case first and then its offer, so that of two answers at once one comes too late.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import (
    CaseHeldForDecision,
    HandoffAccepted,
    HandoffOffered,
    HandoffRefused,
    HandoffTimedOut,
    OwnerDecided,
    OwnerReviewDue,
)
from yinuo.cases.models import Case, DecisionCause, Handoff, HandoffEnd, HandoffLimits, OwnerDecision
from yinuo.cases.queries.handoffs import (
    OFFER_PERMISSION,
    able_to_own,
    counts_of,
    had_it,
    is_for,
    limits_as_rule,
    limits_now,
    may_decide,
    may_offer,
)
from yinuo.foundation.facts import announce
from yinuo.foundation.references import id_of
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Presence, PresenceReason, Staff, Team
from yinuo.organisation.queries import coordination_team, hours_of_team, our_zone

from .locking import locked_case
from .owning import OWNER_FIELDS, end_handoff, end_offers, make_owner

_BATCH = 100
_LIMIT_FIELDS = ("answer_minutes", "most_accepted", "most_offered", "return_days")
_CLOCK = Actor.system("clock")


class LimitsWithoutRoom(Refusal):
    code = "cases.limits_without_room"
    status = 422

    def sentence(self) -> str:
        return _("An offer must wait for at least one minute, and a case must be allowed to move at least once.")


@transaction.atomic
def offer_handoff(*, case: Case, to: Staff | Team, reason: str, by: Actor, at: datetime) -> Handoff | OwnerDecision:
    """Offer a case to a person or a team; its owner stays accountable until somebody has accepted.

    Where an agent's offer would let the case go to and fro, it goes to the coordination centre instead, and the open
    OwnerDecision is returned. Refuses with NotYoursToOffer, CaseIsClosed, CaseIsHeld, AlreadyOffered, OfferedToOwner,
    CannotTakeOver. Announces HandoffOffered, or CaseHeldForDecision and OwnerChanged.
    """
    by.require(OFFER_PERMISSION)
    _require(reason)
    found = locked_case(case, by)
    to_staff, to_team = (to, None) if isinstance(to, Staff) else (None, to)
    _check_offer(found, to_staff, to_team, by)
    limits = _kept_limits(at=at)
    cause = None
    if not (by.may("cases.assign") or may_decide(by)):
        accepted, offered = counts_of(found)
        back = had_it(found, to_staff=to_staff, to_team=to_team, limits=limits, at=at)
        cause = rules.stopped_because(accepted=accepted, offered=offered, had_it=back, limits=limits_as_rule(limits))
    if cause:
        return _hold(found, DecisionCause(cause), question=reason, by=by, at=at)
    return _offer(found, to_staff, to_team, reason, limits, by=by, at=at)


@transaction.atomic
def accept_handoff(*, case: Case, by: Actor, at: datetime) -> Handoff:
    """Say yes: from now on this person is accountable. Every promise to the customer stays as it is.

    Refuses with NothingOffered, NotOfferedToYou, OfferTooLate. Announces HandoffAccepted, OwnerChanged.
    """
    by.require(OFFER_PERMISSION)
    found, handoff = _offered(case, by)
    _check_answer(found, handoff, by, at)
    taker = Staff.objects.get(pk=by.staff_id)
    end_handoff(found, handoff, HandoffEnd.ACCEPTED, taker=taker, by=by, at=at)
    accepted = HandoffAccepted(case_id=found.pk, staff_id=taker.pk, handoff_id=handoff.pk, giver_id=handoff.giver_id)
    announce(accepted, by=by, at=at)
    make_owner(found, taker, reason=handoff.reason, team=handoff.to_team, by=by, at=at)
    found.save(update_fields=OWNER_FIELDS)
    return handoff


@transaction.atomic
def refuse_handoff(*, case: Case, reason: str, by: Actor, at: datetime) -> Handoff:
    """Say no, and why: the giver stays the owner and hears of it.

    Refuses with NothingOffered, NotOfferedToYou, OfferTooLate. Announces HandoffRefused.
    """
    by.require(OFFER_PERMISSION)
    _require(reason)
    found, handoff = _offered(case, by)
    _check_answer(found, handoff, by, at)
    end_handoff(found, handoff, HandoffEnd.REFUSED, answer=reason, by=by, at=at)
    found.save(update_fields=["offered_until"])
    refused = HandoffRefused(case_id=found.pk, staff_id=by.staff_id, handoff_id=handoff.pk, giver_id=handoff.giver_id)
    announce(refused, by=by, at=at)
    return handoff


@transaction.atomic
def withdraw_handoff(*, case: Case, by: Actor, at: datetime) -> Handoff:
    """Take an offer back before it was answered. Refuses with NothingOffered, NotYoursToOffer.

    Announces HandoffWithdrawn.
    """
    by.require(OFFER_PERMISSION)
    found, handoff = _offered(case, by)
    if not may_offer(found, by):
        raise rules.NotYoursToOffer(name=_owner_name(found))
    end_handoff(found, handoff, HandoffEnd.WITHDRAWN, by=by, at=at)
    found.save(update_fields=["offered_until"])
    return handoff


@transaction.atomic
def decide_owner(*, case: Case, to: Staff, reason: str, review_on: date, by: Actor, at: datetime) -> OwnerDecision:
    """Name the owner of a case as the coordination centre: with a reason, and a day to look at it again.

    It ends an open offer as decided. Refuses with NotTheCentre, CaseIsClosed, CannotTakeOver, ReviewInThePast.
    Announces OwnerDecided, and OwnerChanged when it is somebody else.
    """
    by.require("cases.decide_owner")
    if not may_decide(by):
        raise rules.NotTheCentre
    _require(reason)
    found = locked_case(case, by)
    if not found.is_open:
        raise rules.CaseIsClosed(reference=found.reference)
    if not able_to_own().filter(pk=to.pk).exists():
        raise rules.CannotTakeOver(name=to.name)
    zone = our_zone()
    if review_on < at.astimezone(zone).date():
        raise rules.ReviewInThePast
    decision = _decision(found, reason=reason, by=by, at=at)
    decision.is_open, decision.ended_at, decision.owner, decision.reason = False, at, to, reason[:300]
    decision.review_on, decision.review_at = review_on, datetime.combine(review_on, time(), zone)
    decision.by = by.key
    decision.save()
    found.held_since = None
    end_offers(found, by=by, at=at, end=HandoffEnd.DECIDED)
    if found.owner_id != to.pk:
        make_owner(found, to, reason=reason, by=by, at=at)
    found.save(update_fields=OWNER_FIELDS)
    decided = OwnerDecided(case_id=found.pk, staff_id=to.pk, decision_id=decision.pk, review_at=decision.review_at)
    announce(decided, by=by, at=at)
    return decision


@transaction.atomic
def set_handoff_limits(*, limits: rules.Limits, by: Actor, at: datetime) -> HandoffLimits:
    """Write a new version of the limits; offers already made keep theirs. Refuses with LimitsWithoutRoom."""
    by.require("standards.edit")
    minutes = int(limits.answer_within.total_seconds() // 60)
    if minutes < 1 or limits.most_accepted < 1 or limits.most_offered < 1 or limits.return_days < 0:
        raise LimitsWithoutRoom
    newest = _kept_limits(at=at)
    return HandoffLimits.objects.create(
        number=newest.number + 1,
        answer_minutes=minutes,
        most_accepted=limits.most_accepted,
        most_offered=limits.most_offered,
        return_days=limits.return_days,
        created_at=at,
        created_by=by.key,
    )


def time_out_handoffs(*, at: datetime) -> int:
    """Give back every offer whose time to answer has passed; return how many.

    A person who did not react is away from now on, so that nothing else is given to somebody who is not there.
    """
    total = 0
    while ended := _time_out_batch(at):
        total += ended
    return total


def remind_of_decisions(*, at: datetime) -> int:
    """Announce OwnerReviewDue for every decision whose day has come and whose case is still open; return how many."""
    total = 0
    while reminded := _remind_batch(at):
        total += reminded
    return total


def _require(reason: str) -> None:
    if not reason.strip():
        raise rules.ReasonNeeded


def _kept_limits(*, at: datetime) -> HandoffLimits:
    """Return the newest limits as a stored row; the first version is stored when it is first needed."""
    newest = limits_now()
    if newest.pk is None:
        values = {name: getattr(newest, name) for name in _LIMIT_FIELDS}
        defaults = {**values, "created_at": at, "created_by": _CLOCK.key}
        newest, _is_new = HandoffLimits.objects.get_or_create(number=1, defaults=defaults)
    return newest


def _check_offer(case: Case, to_staff: Staff | None, to_team: Team | None, by: Actor) -> None:
    if not case.is_open:
        raise rules.CaseIsClosed(reference=case.reference)
    if case.held_since is not None and not may_decide(by):
        raise rules.CaseIsHeld
    if not may_offer(case, by):
        raise rules.NotYoursToOffer(name=_owner_name(case))
    if case.offered_until is not None:
        handoff = case.handoffs.select_related("to_staff", "to_team").get(is_open=True)
        raise rules.AlreadyOffered(name=_receiver_name(handoff))
    if to_staff and to_staff.pk == case.owner_id:
        raise rules.OfferedToOwner(name=to_staff.name)
    able = able_to_own().filter(pk=to_staff.pk) if to_staff else able_to_own().filter(memberships__team=to_team)
    if not able.exclude(pk=case.owner_id).exists():
        raise rules.CannotTakeOver(name=str(to_staff or to_team))


def _offer(
    case: Case,
    to_staff: Staff | None,
    to_team: Team | None,
    reason: str,
    limits: HandoffLimits,
    *,
    by: Actor,
    at: datetime,
) -> Handoff:
    receiving = to_team or Team.objects.filter(memberships__staff=to_staff).order_by("pk").first()
    assert case.next_due_at is not None  # an open case has a promise
    until = rules.answer_by(
        offered_at=at,
        within=limits_as_rule(limits).answer_within,
        calendar=hours_of_team(receiving),
        next_due_at=case.next_due_at,
    )
    handoff = Handoff.objects.create(
        case=case,
        giver_id=case.owner_id,
        to_staff=to_staff,
        to_team=to_team,
        reason=reason[:300],
        offered_at=at,
        answer_by=until,
        by=by.key,
        limits=limits,
    )
    case.offered_until = until
    case.save(update_fields=["offered_until"])
    offered = HandoffOffered(
        case_id=case.pk,
        staff_id=to_staff.pk if to_staff else None,
        team_id=to_team.pk if to_team else None,
        handoff_id=handoff.pk,
        giver_id=handoff.giver_id,
        answer_by=until,
    )
    announce(offered, by=by, at=at)
    return handoff


def _hold(case: Case, cause: DecisionCause, *, question: str, by: Actor, at: datetime) -> OwnerDecision:
    """Let the coordination centre own a locked case until it has decided who does."""
    decision = OwnerDecision.objects.create(
        case=case, cause=cause, asked_at=at, asked_by=by.key, question=question[:300]
    )
    case.held_since = at
    centre = coordination_team()
    on_duty = _on_duty(centre)
    if on_duty and on_duty.pk != case.owner_id:
        make_owner(case, on_duty, reason=question, team=case.team, by=by, at=at)
    case.save(update_fields=OWNER_FIELDS)
    held = CaseHeldForDecision(
        case_id=case.pk,
        staff_id=case.owner_id,
        team_id=centre.pk if centre else None,
        decision_id=decision.pk,
        cause=cause,
    )
    announce(held, by=by, at=at)
    return decision


def _on_duty(centre: Team | None) -> Staff | None:
    """Return who takes a stopped case: somebody of the centre who is there before one who is not, a leader first."""
    if centre is None:
        return None
    members = able_to_own().filter(memberships__team=centre)
    there = Q(presence__in=[Presence.AVAILABLE, Presence.BUSY])
    return members.annotate(is_there=there).order_by("-is_there", "-memberships__is_leader", "pk").first()


def _decision(case: Case, *, reason: str, by: Actor, at: datetime) -> OwnerDecision:
    waiting = OwnerDecision.objects.select_for_update().filter(case=case, is_open=True).first()
    return waiting or OwnerDecision(
        case=case, cause=DecisionCause.ASKED, asked_at=at, asked_by=by.key, question=reason[:300]
    )


def _offered(case: Case, by: Actor) -> tuple[Case, Handoff]:
    found = locked_case(case, by)
    handoff = found.handoffs.filter(is_open=True).select_related("to_staff", "to_team").first()
    if handoff is None:
        raise rules.NothingOffered(name=_owner_name(found))
    return found, handoff


def _check_answer(case: Case, handoff: Handoff, by: Actor, at: datetime) -> None:
    if not is_for(handoff, by):
        raise rules.NotOfferedToYou(name=_receiver_name(handoff))
    if handoff.answer_by < at:
        raise rules.OfferTooLate(name=_owner_name(case))
    if by.staff_id == case.owner_id:
        raise rules.OfferedToOwner(name=_owner_name(case))


@transaction.atomic
def _time_out_batch(at: datetime) -> int:
    due = Handoff.objects.filter(is_open=True, answer_by__lt=at).order_by("answer_by", "id")[:_BATCH]
    case_ids = list(due.values_list("case_id", flat=True))
    cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=case_ids).order_by("pk")
    count, silent_ids = 0, set()
    for case in cases:
        handoff = case.handoffs.filter(is_open=True, answer_by__lt=at).first()
        if handoff:
            _time_out(case, handoff)
            silent_ids.add(handoff.to_staff_id)
            count += 1
    # In one order, so that two workers never wait for each other.
    here = Staff.objects.working().filter(pk__in=silent_ids, presence__in=[Presence.AVAILABLE, Presence.BUSY])
    for staff in here.order_by("pk"):
        change_presence(staff=staff, presence=Presence.AWAY, reason=PresenceReason.NOT_REACHABLE, by=_CLOCK, at=at)
    return count


def _time_out(case: Case, handoff: Handoff) -> None:
    end_handoff(case, handoff, HandoffEnd.TIMED_OUT, by=_CLOCK, at=handoff.answer_by)
    case.save(update_fields=["offered_until"])
    timed_out = HandoffTimedOut(
        case_id=case.pk,
        staff_id=handoff.to_staff_id,
        team_id=handoff.to_team_id,
        handoff_id=handoff.pk,
        giver_id=handoff.giver_id,
    )
    announce(timed_out, by=_CLOCK, at=handoff.answer_by)


@transaction.atomic
def _remind_batch(at: datetime) -> int:
    rows = list(
        OwnerDecision.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(review_at__lte=at, reviewed_at=None)
        .order_by("review_at", "id")
        .select_related("case")[:_BATCH]
    )
    OwnerDecision.objects.filter(pk__in=[row.pk for row in rows]).update(reviewed_at=at)
    announce(
        *(
            OwnerReviewDue(case_id=row.case_id, staff_id=row.case.owner_id, decision_id=row.pk)
            for row in rows
            if row.case.is_open
        ),
        by=_CLOCK,
        at=at,
    )
    return len(rows)


def _owner_name(case: Case) -> str:
    return case.owner.name if case.owner else ""


def _receiver_name(handoff: Handoff) -> str:
    return str(handoff.to_staff or handoff.to_team)


def receiver_of(key: str) -> Staff | Team:
    """Return whom a key such as `staff-12` or `team-3` means. Refuses with NotFound."""
    kind, _dash, number = key.partition("-")
    pk = id_of(number) or 0
    found: Staff | Team | None = None
    if kind == "staff":
        found = Staff.objects.filter(pk=pk).first()
    elif kind == "team":
        found = Team.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
