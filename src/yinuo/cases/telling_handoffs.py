"""Who is told of an offered case: those it is offered to, who offered it, who leads, and the coordination centre."""

from collections.abc import Iterator, Sequence

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import follower
from yinuo.notifications.actions import Notice, notify
from yinuo.notifications.kinds import Kind
from yinuo.organisation.models import Presence, TeamMembership
from yinuo.organisation.queries import coordination_team

from . import notices
from .facts import (
    CaseHeldForDecision,
    HandoffAccepted,
    HandoffOffered,
    HandoffRefused,
    HandoffTimedOut,
    OwnerReviewDue,
)
from .models import Case

_SENDER = Actor.system("notices")
_TOLD = (HandoffOffered, HandoffAccepted, HandoffRefused, HandoffTimedOut, CaseHeldForDecision, OwnerReviewDue)


@follower("cases.tell_of_handoffs", kinds=_TOLD, batch_size=200)
def tell_of_handoffs(facts: Sequence[RecordedFact]) -> None:
    """Tell receivers what is offered, givers what came of it, leaders and the centre what needs them."""
    notify(notices=(notice for fact in facts for notice in _notices(fact)), by=_SENDER, at=now())


def _notices(fact: RecordedFact) -> Iterator[Notice]:
    for kind, staff_id in _readers(fact):
        yield Notice.of_fact(fact, kind=kind, staff_id=staff_id, subject_id=fact.case_id or 0)


def _readers(fact: RecordedFact) -> Iterator[tuple[Kind, int]]:
    staff_id, team_id = fact.subjects["staff_id"], fact.subjects["team_id"]
    giver_id = fact.payload.get("giver_id")
    match fact.type:
        case HandoffOffered.fact_type:
            receivers = [staff_id] if staff_id else _there_in(team_id)
            yield from ((notices.HANDOFF_OFFERED, one) for one in receivers if one and one != giver_id)
        case HandoffAccepted.fact_type:
            yield notices.HANDOFF_ACCEPTED, giver_id
        case HandoffRefused.fact_type:
            yield notices.HANDOFF_CAME_BACK, giver_id
        case HandoffTimedOut.fact_type:
            yield notices.HANDOFF_CAME_BACK, giver_id
            yield from ((notices.OFFERS_UNANSWERED, one) for one in _leaders(_teams_of_case(fact, team_id)))
        case CaseHeldForDecision.fact_type:
            yield from ((notices.HELD_FOR_DECISION, one) for one in _leaders({team_id}) | {staff_id})
        case OwnerReviewDue.fact_type:
            centre = coordination_team()
            yield from ((notices.REVIEW_DUE, one) for one in _leaders({centre.pk if centre else None}))


def _there_in(team_id: int | None) -> list[int]:
    """Return who of a team is there to answer; the whole team when nobody says that they are."""
    members = TeamMembership.objects.filter(team_id=team_id, staff__left_at=None).order_by("staff_id")
    there = members.filter(staff__presence__in=[Presence.AVAILABLE, Presence.BUSY])
    return list((there if there.exists() else members).values_list("staff_id", flat=True))


def _teams_of_case(fact: RecordedFact, team_id: int | None) -> set[int | None]:
    return {team_id, *Case.objects.filter(pk=fact.case_id).values_list("team_id", flat=True)}


def _leaders(team_ids: set[int | None]) -> set[int]:
    leaders = TeamMembership.objects.filter(team_id__in=team_ids - {None}, is_leader=True, staff__left_at=None)
    return set(leaders.values_list("staff_id", flat=True))
