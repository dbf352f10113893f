"""What would move if open cases were brought to the newest version of their standard and calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Promise, PromiseKind
from yinuo.cases.rules import Pause, draft_promise, moved
from yinuo.standards.models import Standard, StandardVersion
from yinuo.standards.queries import calendar_of_version, offer_of_version

PAGE_LENGTH = 50


@dataclass(frozen=True)
class Move:
    """A live promise that would fall due at another time. is_late: at that time it would be broken already."""

    promise_id: int
    kind: str
    was_due_at: datetime
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class Repair:
    """What would move on one open case; version_id: the newest version of its standard."""

    case: Case
    version_id: int
    moves: tuple[Move, ...]

    @property
    def has_newer_standard(self) -> bool:
        """Whether the case was promised by an older version; otherwise only the calendar changed."""
        return self.case.standard_version_id != self.version_id


@dataclass(frozen=True)
class RepairPage:
    """Some cases of a preview, in the order of their ids. seen_count: how many were looked at for them.

    after_id: where the next page begins, None at the end.
    """

    repairs: list[Repair]
    seen_count: int
    after_id: int | None


def preview_repair(
    standard: Standard, *, after_id: int = 0, length: int = PAGE_LENGTH, actor: Actor, at: datetime
) -> RepairPage:
    """Return which promises of the open cases under a standard would move, and from when to when. Nothing is changed.

    length: how many cases are looked at; those of which nothing would move are left out.
    """
    rows = list(repairable_cases(standard, actor=actor).filter(pk__gt=after_id).order_by("pk")[: length + 1])
    looked_at = rows[:length]
    repairs = [repair for repair in repairs_of(looked_at, at=at) if repair.moves]
    return RepairPage(repairs, len(looked_at), looked_at[-1].pk if len(rows) > length else None)


def repairable_cases(standard: Standard, *, actor: Actor) -> "QuerySet[Case]":
    """Return the open cases under any version of a standard that the actor may see."""
    return Case.objects.visible_to(actor).open().filter(standard_version__standard=standard).select_related("customer")


def repair_of(case: Case, *, at: datetime) -> Repair:
    """Return what would move on one open case."""
    return repairs_of([case], at=at)[0]


def repairs_of(cases: Iterable[Case], *, at: datetime) -> list[Repair]:
    """Return what would move on each of some open cases, by a fixed number of questions."""
    cases = list(cases)
    promises = Promise.objects.filter(
        case__in=[case.pk for case in cases], is_live=True, within_minutes__isnull=False
    ).exclude(kind=PromiseKind.TASK)
    by_case: dict[int, list[Promise]] = {case.pk: [] for case in cases}
    for promise in promises.prefetch_related("pauses").order_by("due_at", "pk"):
        by_case[promise.case_id].append(promise)
    newest = _newest_versions({case.standard_version_id for case in cases})
    return [
        Repair(
            case=case,
            version_id=newest[case.standard_version_id],
            moves=tuple(_moves(by_case[case.pk], newest[case.standard_version_id], at)),
        )
        for case in cases
    ]


def _moves(promises: list[Promise], version_id: int, at: datetime) -> Iterable[Move]:
    offer = offer_of_version(version_id)
    calendar = calendar_of_version(offer.calendar_version_id)
    for promise in promises:
        draft = draft_promise(promise.kind, offer, start=promise.starts_at)
        spans = sorted((one.since, one.until) for one in promise.pauses.all() if one.until is not None)
        due_at = moved(draft.due_at, [Pause(since, until) for since, until in spans], calendar)
        if due_at != promise.due_at:
            is_late = due_at < (promise.paused_since or at)
            yield Move(promise.pk, promise.kind, promise.due_at, due_at, is_late)


def _newest_versions(version_ids: set[int]) -> dict[int, int]:
    standards = dict(StandardVersion.objects.filter(pk__in=version_ids).values_list("pk", "standard_id"))
    newest = StandardVersion.objects.filter(standard_id__in=set(standards.values()))
    by_standard = dict(
        newest.order_by("standard_id", "-number").distinct("standard_id").values_list("standard_id", "pk")
    )
    return {version_id: by_standard[standard_id] for version_id, standard_id in standards.items()}
