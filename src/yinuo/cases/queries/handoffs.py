"""Who could take a case over, what is offered to whom, and what went to and fro."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yinuo.access.actors import Actor
from yinuo.access.models import RoleGrant
from yinuo.access.roles import PERMISSIONS
from yinuo.cases import rules
from yinuo.cases.models import Case, Handoff, HandoffLimits, OwnerDecision, Ownership
from yinuo.organisation.models import Presence, Staff, Team, TeamMembership
from yinuo.organisation.queries import coordination_team

OFFER_PERMISSION = "cases.hand_over"
FIRST_LIMITS = {"answer_minutes": 30, "most_accepted": 2, "most_offered": 3, "return_days": 14}
RECEIVERS_SHOWN = 20
ROWS_SHOWN = 20
_OWNING = [role for role, allowed in PERMISSIONS.items() if OFFER_PERMISSION in allowed]


@dataclass(frozen=True)
class Receiver:
    """Somebody, or a team, that a case may be offered to. load: open cases now; of a team those of all its people.

    present: how many of a team say that they are available. key: `staff-12` or `team-3`.
    """

    key: str
    name: str
    title: str
    load: int
    capacity: int
    presence: str = ""
    present: int = 0
    is_team: bool = False


def limits_now() -> HandoffLimits:
    """Return the limits that hold: the newest version. While there is none, the first as it will be stored."""
    return HandoffLimits.objects.order_by("-number").first() or HandoffLimits(number=1, **FIRST_LIMITS)


def able_to_own() -> QuerySet[Staff]:
    """Return those who work here and may take a case over by any of their roles."""
    grants = RoleGrant.objects.filter(role__in=_OWNING, account_id=OuterRef("pk"))
    return Staff.objects.working().filter(Exists(grants), account__is_active=True)


def open_handoff(case: Case) -> Handoff | None:
    """Return the offer of a case that waits for its answer. No statement for a case that is not offered."""
    if case.offered_until is None:
        return None
    return case.handoffs.filter(is_open=True).select_related("giver", "to_staff", "to_team").first()


def open_decision(case: Case) -> OwnerDecision | None:
    """Return what the centre has to decide on a case. No statement for a case that is not held."""
    if case.held_since is None:
        return None
    return case.owner_decisions.filter(is_open=True).first()


def is_for(handoff: Handoff, actor: Actor) -> bool:
    """Return whether an offer is this person's to accept or refuse."""
    if actor.staff_id is None or not actor.may(OFFER_PERMISSION):
        return False
    if handoff.to_staff_id:
        return handoff.to_staff_id == actor.staff_id
    return TeamMembership.objects.filter(team_id=handoff.to_team_id, staff_id=actor.staff_id).exists()


def may_offer(case: Case, actor: Actor) -> bool:
    """Return whether this person may offer the case: its owner, or who names owners anyway."""
    if not actor.may(OFFER_PERMISSION):
        return False
    return actor.is_system or case.owner_id == actor.staff_id or actor.may("cases.assign")


def may_decide(actor: Actor) -> bool:
    """Return whether this person decides who owns a case: who leads the coordination centre, or an administrator."""
    if not actor.may("cases.decide_owner"):
        return False
    if actor.is_system or "administrator" in actor.roles:
        return True
    centre = coordination_team()
    return bool(centre and TeamMembership.objects.filter(team=centre, staff_id=actor.staff_id, is_leader=True).exists())


def had_it(case: Case, *, to_staff: Staff | None, to_team: Team | None, limits: HandoffLimits, at: datetime) -> bool:
    """Return whether the receiver, or somebody of that team, owned the case within the days of the limits."""
    before = Ownership.objects.filter(case=case, until__gte=at - timedelta(days=limits.return_days))
    if to_staff:
        return before.filter(owner=to_staff).exists()
    members = TeamMembership.objects.filter(team=to_team)
    if members.filter(staff_id=case.owner_id).exists():
        return False  # Within one team nothing comes back from anywhere.
    return before.filter(owner__in=members.values("staff_id")).exists()


def counts_of(case: Case) -> tuple[int, int]:
    """Return how often the case was handed over by an accepted offer, and how often it was offered."""
    found = Handoff.objects.filter(case=case).aggregate(
        offered=Count("id"), accepted=Count("id", filter=Q(end="accepted"))
    )
    return found["accepted"], found["offered"]


def limits_as_rule(row: HandoffLimits) -> rules.Limits:
    """Return a version of the limits as the rules take it."""
    return rules.Limits(timedelta(minutes=row.answer_minutes), row.most_accepted, row.most_offered, row.return_days)


def receivers(
    case: Case, *, words: str, actor: Actor, with_teams: bool = True, with_owner: bool = False
) -> list[Receiver]:
    """Return whom the case could go to: teams, then people, those of its team and those available first.

    words: a part of a name, a title or a sign-in name (for most the pinyin), or of a team's name or code.
    with_owner: whoever owns it may stay it. Four statements. Empty for those who may not know of colleagues.
    """
    if not actor.may("organisation.view"):
        return []
    words = words.strip()
    people = _people(case, words, with_owner=with_owner)
    teams = _teams(words) if with_teams else []
    return [*teams, *people]


def _people(case: Case, words: str, *, with_owner: bool) -> list[Receiver]:
    found = able_to_own() if with_owner else able_to_own().exclude(pk=case.owner_id)
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(title__icontains=words) | Q(account__username__istartswith=words)
        )
    ours = Exists(TeamMembership.objects.filter(staff_id=OuterRef("pk"), team_id=case.team_id))
    ranked = found.annotate(is_ours=ours, is_there=Q(presence=Presence.AVAILABLE))
    staff = list(ranked.order_by("-is_ours", "-is_there", "name", "pk")[:RECEIVERS_SHOWN])
    loads = _loads(Case.objects.filter(owner__in=staff), "owner_id")
    return [
        Receiver(f"staff-{one.pk}", one.name, one.title, loads.get(one.pk, 0), one.capacity, presence=one.presence)
        for one in staff
    ]


def _teams(words: str) -> list[Receiver]:
    able = Q(staff__in=able_to_own())
    found = Team.objects.annotate(
        present=Count("memberships", filter=Q(memberships__staff__presence=Presence.AVAILABLE), distinct=True),
    ).filter(able)
    if words:
        found = found.filter(Q(name_zh__icontains=words) | Q(name_en__icontains=words) | Q(code__icontains=words))
    teams = list(found.distinct().order_by("code")[:RECEIVERS_SHOWN])
    loads = _loads(Case.objects.filter(team__in=teams), "team_id")
    return [
        Receiver(f"team-{one.pk}", one.name, "", loads.get(one.pk, 0), 0, present=one.present, is_team=True)
        for one in teams
    ]


def _loads(cases: QuerySet[Case], column: str) -> dict[int, int]:
    rows = cases.open().values(column).annotate(count=Count("id"))  # type: ignore[attr-defined]
    return {row[column]: row["count"] for row in rows}


def waiting_handoffs(team_ids: Collection[int], *, actor: Actor) -> QuerySet[Handoff]:
    """Return the offers nobody has answered yet, from or to these teams, the one that runs out first on top."""
    people = TeamMembership.objects.filter(team_id__in=team_ids).values("staff_id")
    theirs = Q(case__team_id__in=team_ids) | Q(to_team_id__in=team_ids) | Q(to_staff__in=people)
    rows = Handoff.objects.filter(theirs, is_open=True, case__in=Case.objects.visible_to(actor))
    return rows.select_related("case", "giver", "to_staff", "to_team").order_by("answer_by", "id")


def cases_to_and_fro(team_ids: Collection[int], *, actor: Actor) -> QuerySet[Case]:
    """Return these teams' open cases that were stopped, or that the next handoff would stop: the longest held first."""
    newest = HandoffLimits.objects.order_by("-number").values("most_accepted")[:1]
    limit = Coalesce(Subquery(newest), FIRST_LIMITS["most_accepted"])
    rows = Case.objects.visible_to(actor).open().filter(team_id__in=team_ids)
    rows = rows.filter(Q(held_since__isnull=False) | Q(handoff_count__gte=limit))
    return rows.select_related("owner").order_by(F("held_since").asc(nulls_last=True), "-handoff_count", "id")
