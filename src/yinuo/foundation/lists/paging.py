"""Pages of a list by key, in both directions: a page begins behind a row, whatever was added meanwhile.

Rows are ordered by a column and then by id. Rows without a value form a part of their own that stands last, so that one
plain index on (column, id) serves both directions of both parts.
"""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from .declaring import Sort

PAGE_LENGTH = 40
COUNT_LIMIT = 1_000
_BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class Count:
    """How many rows fit. is_more: there are more than `number`, which is then COUNT_LIMIT."""

    number: int
    is_more: bool = False


@dataclass(frozen=True)
class Slice:
    """The rows of a page. older_key, newer_key: what to pass as `after` and `before`; empty where there is no page."""

    rows: list[Any]
    older_key: str
    newer_key: str


@dataclass(frozen=True)
class _Key:
    """A row's place in an order. value None: it stands in the part without a value."""

    value: Any
    id: int


def slice_of(
    rows: QuerySet[Any], sort: Sort, *, is_falling: bool, after: str = "", before: str = "", length: int = PAGE_LENGTH
) -> Slice:
    """Return the page behind `after`, or the one that ends before `before`; keys that cannot be read count as none.

    One statement; two where a page crosses into the rows without a value, or the order is by a private value.
    """
    behind, ahead = _read_key(rows, sort, after), _read_key(rows, sort, before)
    backwards = ahead is not None and behind is None
    key = ahead if backwards else behind
    found = _taken(rows, sort, key, upwards=is_falling == backwards, backwards=backwards, limit=length + 1)
    is_more = len(found) > length
    page = found[:length]
    if backwards:
        page.reverse()
    has_older, has_newer = (True, is_more) if backwards else (is_more, key is not None)
    return Slice(
        rows=page,
        older_key=_written_key(page[-1], sort) if page and has_older else "",
        newer_key=_written_key(page[0], sort) if page and has_newer else "",
    )


def counted(rows: QuerySet[Any], *, is_exact: bool = False) -> Count:
    """Return how many rows there are, no further than COUNT_LIMIT unless the exact number is wanted."""
    if is_exact:
        return Count(rows.order_by().count())
    number = rows.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    return Count(min(number, COUNT_LIMIT), number > COUNT_LIMIT)


def _taken(
    rows: QuerySet[Any], sort: Sort, key: _Key | None, *, upwards: bool, backwards: bool, limit: int
) -> list[Any]:
    """Return up to `limit` rows beyond the key, in the direction walked."""
    parts = [False, True] if sort.is_nullable else [False]
    if backwards:
        parts.reverse()
    if key is not None:
        parts = parts[parts.index(key.value is None) :]
    sign = "" if upwards else "-"
    taken: list[Any] = []
    for part in parts:
        here = rows.filter(**{f"{sort.field}__isnull": part}) if sort.is_nullable else rows
        if key is not None and part == (key.value is None):
            here = here.filter(_beyond(rows, sort, key, upwards=upwards))
        # Without a value only the id orders, yet the index is walked only when the column is named too.
        taken += here.order_by(f"{sign}{sort.field}", f"{sign}pk")[: limit - len(taken)]
        if len(taken) >= limit:
            break
    return taken


def _beyond(rows: QuerySet[Any], sort: Sort, key: _Key, *, upwards: bool) -> Any:
    if key.value is None:
        return Q(**{f"pk__{'gt' if upwards else 'lt'}": key.id})
    # `(column, id) > (value, id)`: an index answers it in one step, however many rows tie.
    here: Any = Func(F(sort.field), F("pk"), template="(%(expressions)s)", output_field=BooleanField())
    there: Any = Func(
        Value(key.value, output_field=_field(rows, sort)),
        Value(key.id),
        template="(%(expressions)s)",
        output_field=BooleanField(),
    )
    sign = " > " if upwards else " < "
    return Func(here, there, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())


def _written_key(row: Any, sort: Sort) -> str:
    value = None if sort.is_private else getattr(row, sort.field)
    return base64.urlsafe_b64encode(json.dumps([_plain(value), row.pk]).encode()).decode().rstrip("=")


def _read_key(rows: QuerySet[Any], sort: Sort, text: str) -> _Key | None:
    try:
        given, number = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError):
        return None
    if type(number) is not int or not 0 <= number <= _BIGGEST:
        return None
    if sort.is_private:
        return _looked_up(rows, sort, number)
    if given is None:
        return _Key(None, number) if sort.is_nullable else None
    value = _value_of(_field(rows, sort), given)
    return None if value is None else _Key(value, number)


def _looked_up(rows: QuerySet[Any], sort: Sort, number: int) -> _Key | None:
    """Return the key of a row by its id, among the rows of the list: of a hidden row not even its place may show."""
    value = rows.order_by().filter(pk=number).values_list(sort.field, flat=True).first()
    return None if value is None else _Key(value, number)


def _field(rows: QuerySet[Any], sort: Sort) -> Any:
    return rows.model._meta.get_field(sort.field)


def _value_of(field: Any, given: Any) -> Any:
    """Return a key's value as the column holds it; None when it is no such value."""
    try:
        value = field.to_python(given)
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None
    if isinstance(value, datetime) and value.tzinfo is None:
        return None
    return value if not isinstance(value, int) or abs(value) <= _BIGGEST else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
