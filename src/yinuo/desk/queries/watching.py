"""Who has a case open just now, and who types in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.desk.models import Watching
from yinuo.desk.rules import HERE_FOR, is_typing


@dataclass(frozen=True)
class Here:
    """A colleague who has the case open. typing: reply, note or empty."""

    name: str
    typing: str


def others_here(case: Case, *, actor: Actor, at: datetime) -> list[Here]:
    """Return who else has the case open, those who type first."""
    rows = Watching.objects.filter(case=case, seen_at__gt=at - HERE_FOR).exclude(staff_id=actor.staff_id)
    found = [
        Here(name, typing if is_typing(typing_at, at=at) else "")
        for name, typing, typing_at in rows.values_list("staff__name", "typing", "typing_at").order_by("staff__name")
    ]
    return sorted(found, key=lambda one: not one.typing)


def watching_in(case_ids: Collection[int], *, at: datetime) -> dict[int, frozenset[tuple[int, str]]]:
    """Return for each of the cases in which anybody is: who, and what they type. One statement, for all listeners."""
    found: dict[int, set[tuple[int, str]]] = {}
    rows = Watching.objects.filter(case_id__in=case_ids, seen_at__gt=at - HERE_FOR)
    for case_id, staff_id, typing, typing_at in rows.values_list("case_id", "staff_id", "typing", "typing_at"):
        found.setdefault(case_id, set()).add((staff_id, typing if is_typing(typing_at, at=at) else ""))
    return {case_id: frozenset(people) for case_id, people in found.items()}
