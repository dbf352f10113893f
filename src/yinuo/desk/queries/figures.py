"""The cases behind a figure of the board, page by page: the same rows the figure counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Model, Q, QuerySet

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Promise, PromiseEnd
from yinuo.cases.queries import PromiseShown, board, shown_promise
from yinuo.organisation.models import Team

PAGE_LENGTH = 30
COUNT_LIMIT = 1000
_Rows = Callable[[Sequence[int], Actor, datetime], QuerySet[Case] | QuerySet[Promise]]


@dataclass(frozen=True)
class FigureRows:
    """Where a figure's rows come from. column: what they are sorted by; is_newest_first: the latest of it on top."""

    rows: _Rows
    column: str
    is_newest_first: bool = False


FIGURES: dict[str, FigureRows] = {
    "open": FigureRows(lambda ids, actor, at: board.open_cases(ids, actor=actor), "next_due_at"),  # noqa: ARG005 - one shape for all
    "load": FigureRows(lambda ids, actor, at: Case.objects.visible_to(actor).open(), "next_due_at"),  # noqa: ARG005
    "due": FigureRows(lambda ids, actor, at: board.due_soon(ids, actor=actor, at=at), "due_at"),
    "unanswered": FigureRows(lambda ids, actor, at: board.unanswered_cases(ids, actor=actor), "unanswered_since"),  # noqa: ARG005
    "broken": FigureRows(lambda ids, actor, at: board.broken_cases(ids, actor=actor, at=at), "next_due_at"),
    "kept": FigureRows(
        lambda ids, actor, at: board.ended_today(ids, PromiseEnd.KEPT, actor=actor, at=at), "ended_at", True
    ),
    "missed": FigureRows(
        lambda ids, actor, at: board.ended_today(ids, PromiseEnd.BROKEN, actor=actor, at=at), "ended_at", True
    ),
    "opened": FigureRows(lambda ids, actor, at: board.opened_today(ids, actor=actor, at=at), "opened_at", True),
    "closed": FigureRows(lambda ids, actor, at: board.closed_today(ids, actor=actor, at=at), "closed_at", True),
}


@dataclass(frozen=True)
class FigureRow:
    """A case behind a figure, with the promise the figure is about or its next one, and the instant it is sorted by."""

    case: Case
    promise: PromiseShown | None
    at: datetime


@dataclass(frozen=True)
class FigurePage:
    """A page of a figure's rows. count: of all, at most COUNT_LIMIT (then `is_more_than_count`)."""

    rows: list[FigureRow]
    count: int
    is_more_than_count: bool
    older_key: str


def figure_rows(
    figure: str, teams: Sequence[Team], *, owner_id: int | None, after: str, actor: Actor, at: datetime
) -> FigurePage:
    """Return a page of the rows behind a figure, of one owner's when `owner_id` is given. Three statements.

    after: the key of the last row of the page before; one that cannot be read gives the first page.
    """
    source = FIGURES[figure]
    wanted = source.rows([team.pk for team in teams], actor, at)
    of_promises = wanted.model is Promise
    if owner_id is not None:
        wanted = wanted.filter(**{"case__owner_id" if of_promises else "owner_id": owner_id})
    count = wanted.order_by()[: COUNT_LIMIT + 1].count()
    prefix = "case__" if of_promises else ""
    related = [f"{prefix}{name}" for name in ("customer", "owner", "team")]
    sign = "-" if source.is_newest_first else ""
    page = wanted.filter(_beyond(source, after)).select_related(*([*related, "case"] if of_promises else related))
    found = list(page.order_by(f"{sign}{source.column}", f"{sign}id")[: PAGE_LENGTH + 1])
    shown = found[:PAGE_LENGTH]
    return FigurePage(
        rows=_rows(shown, source.column, at),
        count=min(count, COUNT_LIMIT),
        is_more_than_count=count > COUNT_LIMIT,
        older_key=_key_of(shown[-1], source.column) if len(found) > PAGE_LENGTH else "",
    )


def _rows(found: Sequence[Model], column: str, at: datetime) -> list[FigureRow]:
    cases = [row for row in found if isinstance(row, Case)]
    next_ids = [case.next_promise_id for case in cases if case.next_promise_id]
    promises = Promise.objects.in_bulk(next_ids) if next_ids else {}
    rows = []
    for row in found:
        if isinstance(row, Promise):
            rows.append(FigureRow(row.case, shown_promise(row, at=at), getattr(row, column)))
        elif isinstance(row, Case):
            promise = promises.get(row.next_promise_id or 0)
            rows.append(FigureRow(row, shown_promise(promise, at=at) if promise else None, getattr(row, column)))
    return rows


def _beyond(source: FigureRows, key: str) -> Q:
    instant, _separator, number = key.partition("_")
    try:
        at, last_id = datetime.fromisoformat(instant), int(number)
    except ValueError:
        return Q()
    if at.tzinfo is None:
        return Q()
    comparison = "lt" if source.is_newest_first else "gt"
    return Q(**{f"{source.column}__{comparison}": at}) | Q(**{source.column: at, f"id__{comparison}": last_id})


def _key_of(row: Model, column: str) -> str:
    instant: datetime = getattr(row, column)
    return f"{instant.astimezone(UTC).isoformat().replace('+00:00', 'Z')}_{row.pk}"
