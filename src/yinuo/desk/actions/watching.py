"""Telling who has a case open and who types in it. No fact: it is old within a minute, and binds nobody."""

from datetime import datetime, timedelta

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.desk.models import Typing, Watching
from yinuo.foundation.refusals import NotFound

_FORGET_AFTER = timedelta(minutes=10)


def say_here(*, reference: str, typing: Typing | None = None, by: Actor, at: datetime) -> None:
    """Say that somebody looks at a case now; `typing`: what they write, if they do. Refuses with NotFound."""
    row = Watching(case_id=_visible(reference, by), staff_id=by.staff_id, seen_at=at)
    changed = ["seen_at"]
    if typing is not None:
        row.typing, row.typing_at = typing, at
        changed += ["typing", "typing_at"]
    Watching.objects.bulk_create([row], update_conflicts=True, unique_fields=["case", "staff"], update_fields=changed)


def say_gone(*, reference: str, by: Actor) -> None:
    """Say that somebody closed a case. Refuses with NotFound."""
    Watching.objects.filter(case_id=_visible(reference, by), staff_id=by.staff_id).delete()


def forget_watching(*, at: datetime) -> int:
    """Drop what is long past; return how many rows."""
    return Watching.objects.filter(seen_at__lt=at - _FORGET_AFTER).delete()[0]


def _visible(reference: str, by: Actor) -> int:
    found = Case.objects.visible_to(by).filter(reference=reference.upper()).values_list("pk", flat=True).first()
    if found is None or by.staff_id is None:
        raise NotFound
    return found
