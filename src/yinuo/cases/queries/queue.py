"""The queue: the cases somebody works through, the one whose promise falls due first on top.

The page after the last row is found by that row's key, so a page costs the same at the end of a long queue as at its
beginning. Counts stop at a limit: nobody needs to know whether 4 000 or 4 100 cases wait, and counting them all costs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Promise

from .ledger import PromiseShown, broken_promise, shown_promise
from .wish import ORDERS, QueueWish, wished_cases

PAGE_LENGTH = 24
COUNT_LIMIT = 1000
VIEW_COUNT_LIMIT = 99
_COLUMNS = (
    "reference",
    "subject",
    "preview",
    "channel",
    "state",
    "owner_id",
    "next_promise_id",
    "next_due_at",
    "broken_since",
    "opened_at",
    "closed_at",
    "last_message_at",
    "offered_until",
    "held_since",
    "blocking_task_count",
    "customer__name",
    "customer__tier",
)


@dataclass(frozen=True)
class QueueRow:
    """One case of the queue. promise: the one it stands in the queue by, so a broken one nobody has made good first."""

    case: Case
    promise: PromiseShown | None


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue. count: of the whole list, at most COUNT_LIMIT (then `is_more_than_count`).

    view_counts: what each of the views asked for holds under the same filters, at most VIEW_COUNT_LIMIT + 1.
    """

    rows: list[QueueRow]
    count: int
    is_more_than_count: bool
    older_key: str
    newer_key: str
    view_counts: dict[str, int] = field(default_factory=dict)


def queue_page(wish: QueueWish, *, actor: Actor, at: datetime, views: Collection[str] = ()) -> QueuePage:
    """Return a page of the cases wished for, among those the actor may see. Three statements, however long the queue.

    views: those whose cases shall be counted too. Unreadable keys count as none.
    """
    wanted = wished_cases(wish, actor=actor, at=at)
    count, *counts = _counts(
        [(wanted, COUNT_LIMIT)]
        + [(wished_cases(replace(wish, view=view), actor=actor, at=at), VIEW_COUNT_LIMIT) for view in views]
    )
    ascending = ORDERS[wish.chosen_order][1]
    backwards = bool(_key(wish.before)) and not _key(wish.after)
    beyond = _beyond(_key(wish.before if backwards else wish.after), upwards=ascending != backwards)
    sign = "" if ascending != backwards else "-"
    found = list(
        wanted.filter(beyond)
        .select_related("customer")
        .only(*_COLUMNS)
        .order_by(f"{sign}sort_at", f"{sign}id")[: PAGE_LENGTH + 1]
    )
    is_more = len(found) > PAGE_LENGTH
    cases = found[:PAGE_LENGTH]
    if backwards:
        cases.reverse()
    has_older, has_newer = (True, is_more) if backwards else (is_more, bool(_key(wish.after)))
    return QueuePage(
        rows=_rows(cases, at),
        count=min(count, COUNT_LIMIT),
        is_more_than_count=count > COUNT_LIMIT,
        older_key=_key_of(cases[-1]) if cases and has_older else "",
        newer_key=_key_of(cases[0]) if cases and has_newer else "",
        view_counts=dict(zip(views, counts, strict=True)),
    )


def _counts(lists: Sequence[tuple[QuerySet[Case], int]]) -> list[int]:
    """Return how many cases each list holds, by one statement; each is counted to one beyond its limit."""
    parts: list[str] = []
    values: list[Any] = []
    for cases, limit in lists:
        try:
            sql, parameters = cases.order_by().values("pk")[: limit + 1].query.sql_with_params()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS wanted)")  # noqa: S608 - made by the ORM, its values apart
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        return list(cursor.fetchone())


def _rows(cases: list[Case], at: datetime) -> list[QueueRow]:
    promises = Promise.objects.in_bulk([case.next_promise_id for case in cases if case.next_promise_id])
    return [QueueRow(case, _promise(case, promises, at)) for case in cases]


def _promise(case: Case, promises: dict[int, Promise], at: datetime) -> PromiseShown | None:
    if case.next_promise_id is None:
        return None
    shown = shown_promise(promises[case.next_promise_id], at=at)
    return broken_promise(shown, since=case.broken_since) if case.broken_since else shown


def _beyond(key: tuple[datetime, int] | None, *, upwards: bool) -> Q:
    if key is None:
        return Q()
    instant, number = key
    comparison = "gt" if upwards else "lt"
    # The first condition says nothing new; by it the index is entered at the key instead of at its end.
    return Q(**{f"sort_at__{comparison}e": instant}) & (
        Q(**{f"sort_at__{comparison}": instant}) | Q(**{f"id__{comparison}": number})
    )


def _key_of(case: Case) -> str:
    instant: datetime = case.sort_at  # type: ignore[attr-defined]  # annotated by wished_cases
    return f"{instant.astimezone(UTC).isoformat().replace('+00:00', 'Z')}_{case.pk}"


def _key(text: str) -> tuple[datetime, int] | None:
    instant, _separator, number = text.partition("_")
    try:
        at = datetime.fromisoformat(instant)
        return (at, int(number)) if at.tzinfo else None
    except ValueError:
        return None
