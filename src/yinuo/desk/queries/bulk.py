"""Reads for acting on many cases: which are meant, and how a run stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Incident
from yinuo.cases.queries import QueueWish, wished_cases
from yinuo.cases.queries.wish import ORDERS
from yinuo.desk.models import BulkRow, BulkRun, BulkState
from yinuo.desk.rules import BULK_LIMIT
from yinuo.foundation.refusals import NotFound

ROWS_SHOWN = 100
WITH_TROUBLE = (BulkState.REFUSED, BulkState.FAILED)
# The parts of a report, by the word in the address.
PARTS = {"trouble": WITH_TROUBLE, "done": (BulkState.DONE,), "left": (BulkState.WAITING, BulkState.CANCELLED)}


@dataclass(frozen=True)
class RunShown:
    """How a run stands. trouble: refused or gone wrong; left: still to do, or cancelled."""

    run: BulkRun
    total: int
    done: int
    trouble: int
    left: int

    @property
    def is_running(self) -> bool:
        return self.run.finished_at is None

    @property
    def ended(self) -> int:
        return self.total - self.left


def chosen_cases(references: Sequence[str], *, actor: Actor) -> list[Case]:
    """Return the cases with these numbers that the actor may know of, each once, in the order they are named."""
    wanted = list(dict.fromkeys(reference.upper() for reference in references))[: BULK_LIMIT + 1]
    found = {case.reference: case for case in Case.objects.visible_to(actor).filter(reference__in=wanted)}
    return [found[reference] for reference in wanted if reference in found]


def cases_of_view(wish: QueueWish, *, actor: Actor, at: datetime) -> list[Case]:
    """Return the cases of a whole queue in its order, at most as many as one act may touch."""
    sign = "" if ORDERS[wish.chosen_order][1] else "-"
    return list(wished_cases(wish, actor=actor, at=at).order_by(f"{sign}sort_at", f"{sign}id")[:BULK_LIMIT])


def run_shown(run_id: int, *, actor: Actor) -> RunShown:
    """Return how a run of this person stands; refuses with NotFound."""
    runs = BulkRun.objects.visible_to(actor).select_related("new_owner", "staff")
    run = runs.filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return _shown(run, dict(run.rows.values_list("state").annotate(count=Count("id")).order_by()))


def latest_runs(*, actor: Actor, limit: int = 20) -> list[RunShown]:
    """Return the newest runs of this person, by two statements."""
    runs = list(BulkRun.objects.visible_to(actor).select_related("new_owner").order_by("-id")[:limit])
    counts: dict[int, dict[str, int]] = {run.pk: {} for run in runs}
    rows = BulkRow.objects.filter(run__in=runs).values_list("run_id", "state").annotate(count=Count("id")).order_by()
    for run_id, state, count in rows:
        counts[run_id][state] = count
    return [_shown(run, counts[run.pk]) for run in runs]


def broadcasts_of(incident: Incident) -> list[RunShown]:
    """Return what was said to all customers of an incident, the newest first, by two statements."""
    runs = list(BulkRun.objects.filter(incident=incident).select_related("staff").order_by("-id")[:20])
    counts: dict[int, dict[str, int]] = {run.pk: {} for run in runs}
    rows = BulkRow.objects.filter(run__in=runs).values_list("run_id", "state").annotate(count=Count("id")).order_by()
    for run_id, state, count in rows:
        counts[run_id][state] = count
    return [_shown(run, counts[run.pk]) for run in runs]


def run_rows(run: BulkRun, *, part: str, after: int, actor: Actor) -> list[BulkRow]:
    """Return the rows behind a place, one more than are shown; subjects only of cases the actor may (still) see.

    part: a key of PARTS; anything else is all of them.
    """
    rows = run.rows.filter(position__gt=after).order_by("position")
    if part in PARTS:
        rows = rows.filter(state__in=PARTS[part])
    columns = ("run", "position", "state", "sentence", "case", "case__reference")
    found = list(rows.select_related("case").only(*columns)[: ROWS_SHOWN + 1])
    ids = [row.case_id for row in found]
    subjects = dict(Case.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "subject"))
    for row in found:
        row.subject = subjects.get(row.case_id, "")  # type: ignore[attr-defined]  # read by the template
    return found


def _shown(run: BulkRun, counts: dict[str, int]) -> RunShown:
    def of(*states: str) -> int:
        return sum(counts.get(state, 0) for state in states)

    return RunShown(run, sum(counts.values()), of(BulkState.DONE), of(*WITH_TROUBLE), of(*PARTS["left"]))
