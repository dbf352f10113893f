"""Who is accountable: one owner after the other, never none and never two. Offers are made in `handing.py`."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import HandoffWithdrawn, OwnerChanged
from yinuo.cases.models import Case, Handoff, HandoffEnd, OwnerDecision, Ownership
from yinuo.cases.queries.handoffs import may_decide
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Staff, Team

from .locking import locked_case

OFFER_FIELDS = ("offered_until", "held_since")
OWNER_FIELDS = ("owner", "team", "department", "handoff_count", *OFFER_FIELDS)


@transaction.atomic
def change_owner(*, case: Case, to: Staff, reason: str, by: Actor, at: datetime) -> Ownership:
    """Make somebody else accountable; every promise to the customer stays as it is. An open offer is taken back.

    Needs `cases.assign`; on a case that is held, of the coordination centre. It counts as a change of hands.
    Refuses with CaseIsClosed, OwnerNotInTeam, CaseIsHeld. Announces OwnerChanged, HandoffWithdrawn.
    """
    by.require("cases.assign")
    found = locked_case(case, by)
    if not found.is_open:
        raise rules.CaseIsClosed(reference=found.reference)
    if to.left_at is not None:
        raise rules.OwnerNotInTeam(name=to.name)
    if found.held_since is not None and not may_decide(by):
        raise rules.CaseIsHeld
    end_offers(found, by=by, at=at)
    ownership = make_owner(found, to, reason=reason, by=by, at=at)
    found.save(update_fields=OWNER_FIELDS)
    return ownership


def make_owner(case: Case, to: Staff, *, reason: str, team: Team | None = None, by: Actor, at: datetime) -> Ownership:
    """Make somebody the owner of a locked case, which follows them into their team. Does not save the case.

    team: the one it was offered to. Announces OwnerChanged.
    """
    previous = case.owner_id
    Ownership.objects.filter(case=case, until=None).update(until=at)
    ownership = Ownership.objects.create(case=case, owner=to, since=at, reason=reason[:300], by=by.key)
    case.owner = to
    case.handoff_count += previous != to.pk
    team = team or _team_of(to, case)
    if team.pk != case.team_id:
        case.team, case.department_id = team, team.department_id
    announce(
        OwnerChanged(case_id=case.pk, staff_id=to.pk, previous_staff_id=previous, ownership_id=ownership.pk),
        by=by,
        at=at,
    )
    return ownership


def end_offers(case: Case, *, by: Actor, at: datetime, end: HandoffEnd = HandoffEnd.WITHDRAWN) -> None:
    """End the open offer and the open decision of a locked case, which have lost their object. Does not save it."""
    if case.offered_until is not None:
        end_handoff(case, case.handoffs.get(is_open=True), end, by=by, at=at)
    if case.held_since is not None:
        OwnerDecision.objects.filter(case=case, is_open=True).update(is_open=False, ended_at=at, by=by.key)
        case.held_since = None


def end_handoff(
    case: Case,
    handoff: Handoff,
    end: HandoffEnd,
    *,
    answer: str = "",
    taker: Staff | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """End an open offer of a locked case, which does not save it; announces HandoffWithdrawn when it was taken back."""
    handoff.is_open, handoff.ended_at, handoff.end, handoff.ended_by = False, at, end, by.key
    handoff.answer, handoff.taker = answer[:300], taker
    handoff.save(update_fields=["is_open", "ended_at", "end", "ended_by", "answer", "taker"])
    case.offered_until = None
    if end in {HandoffEnd.WITHDRAWN, HandoffEnd.DECIDED}:
        withdrawn = HandoffWithdrawn(
            case_id=case.pk,
            staff_id=handoff.to_staff_id,
            team_id=handoff.to_team_id,
            handoff_id=handoff.pk,
            giver_id=handoff.giver_id,
        )
        announce(withdrawn, by=by, at=at)


def _team_of(staff: Staff, case: Case) -> Team:
    """Return the team a case belongs to with this owner: its own where they are in it, else the first of theirs."""
    teams = list(Team.objects.filter(memberships__staff=staff).order_by("pk"))
    return case.team if not teams or case.team_id in {team.pk for team in teams} else teams[0]
