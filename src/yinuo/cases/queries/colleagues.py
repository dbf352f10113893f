"""Colleagues as a note may call them: only those who may see its case."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from yinuo.access.actors import Actor
from yinuo.access.models import RoleGrant
from yinuo.access.roles import PERMISSIONS, Role
from yinuo.cases.models import Case
from yinuo.organisation.models import Staff

SUGGESTED_COUNT = 8
_SEEING = [role for role, allowed in PERMISSIONS.items() if "cases.view" in allowed and role != Role.PARTNER]


@dataclass(frozen=True)
class Colleague:
    """Somebody whose name stands in a text. may_see: whether the case is theirs to see."""

    id: int
    name: str
    may_see: bool


def who_may_see(case: Case) -> QuerySet[Staff]:
    """Return the staff who may know of a case; for many at once what `Case.objects.visible_to` says for one."""
    limits = {"department_id": case.department_id, "region_id": case.region_id, "tier": case.tier}
    scope = Q(role__in=_SEEING)
    for column, value in limits.items():
        scope &= Q(**{f"{column}__isnull": True}) | Q(**{column: value})
    grants = RoleGrant.objects.filter(scope, account_id=OuterRef("pk"))
    return Staff.objects.working().filter(Q(pk=case.owner_id) | Exists(grants), account__is_active=True)


def suggested_colleagues(case: Case, *, words: str, actor: Actor) -> list[Staff]:
    """Return colleagues whose name or title has these words and who may see the case; its team first."""
    found = Staff.objects.visible_to(actor).filter(pk__in=who_may_see(case).values("pk")).exclude(pk=actor.staff_id)
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(title__icontains=words) | Q(account__username__startswith=words)
        )
    ours = Exists(Staff.teams.through.objects.filter(staff_id=OuterRef("pk"), team_id=case.team_id))
    ranked = found.annotate(is_ours=ours, is_owner=Q(pk=case.owner_id))
    return list(ranked.order_by("-is_owner", "-is_ours", "name", "pk")[:SUGGESTED_COUNT])


def named_colleagues(case: Case, text: str, *, actor: Actor) -> list[Colleague]:
    """Return the colleagues whose name stands behind an @ in a text; one statement, none when there is no @."""
    if "@" not in text:
        return []
    called = Staff.objects.visible_to(actor).working().annotate(text=Value(text), call=Concat(Value("@"), F("name")))
    rows = called.filter(text__contains=F("call")).annotate(may_see=Exists(who_may_see(case).filter(pk=OuterRef("pk"))))
    return [Colleague(*row) for row in rows.values_list("pk", "name", "may_see").order_by("name", "pk")]
