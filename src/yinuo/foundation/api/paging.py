"""Pages of a list by key: the next page begins behind the last row of this one, whatever was added in between."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel, Field

from yinuo.foundation.refusals import Refusal

from .values import NO_NUL

T = TypeVar("T")
M = TypeVar("M", bound=Model)
LONGEST_PAGE = 200
_BIGGEST = 2**63 - 1


class BadCursor(Refusal):
    """`after` is not a cursor of this list in this order."""

    code = "api.bad_cursor"
    status = 422

    def sentence(self) -> str:
        return _("This page cannot be continued from here. Take `next` from the page before, or begin without `after`.")


class Page(BaseModel, Generic[T]):
    """A part of a list. `next` is the cursor for `?after=`; null on the last page."""

    items: list[T]
    next: str | None = Field(description="Pass it as `after` for the next page; null when this is the last.")


class PageWish(BaseModel):
    """Which part of a list is wanted."""

    limit: int = Field(50, ge=1, le=LONGEST_PAGE, description="How many items at most.")
    after: str = Field(
        "", max_length=300, pattern=NO_NUL, description="The `next` of the page before; empty for the first page."
    )


@dataclass(frozen=True)
class Order:
    """An order of rows by an instant and the key, both falling or both rising; `column` "pk" for the key alone.

    name: stands in the cursor, so that a cursor of another order is refused.
    """

    name: str
    column: str = "pk"
    is_falling: bool = False

    @property
    def columns(self) -> list[str]:
        sign = "-" if self.is_falling else ""
        return [f"{sign}{self.column}"] if self.column == "pk" else [f"{sign}{self.column}", f"{sign}pk"]


def page_of(rows: QuerySet[M], order: Order, wish: PageWish, shown: Callable[[M], T]) -> dict[str, Any]:
    """Return the wished page as `{items, next}`. Refuses with BadCursor."""
    if wish.after:
        rows = rows.filter(_behind(order, position_in(order.name, wish.after)))
    found = list(rows.order_by(*order.columns)[: wish.limit + 1])
    items = [shown(row) for row in found[: wish.limit]]
    is_last = len(found) <= wish.limit
    return {"items": items, "next": None if is_last else cursor_of(order.name, *_key(order, found[wish.limit - 1]))}


def cursor_of(name: str, *key: str | int) -> str:
    """Return an opaque cursor for a position in the list called `name`."""
    return base64.urlsafe_b64encode(json.dumps([name, *key], separators=(",", ":")).encode()).decode().rstrip("=")


def position_in(name: str, cursor: str, *, kinds: tuple[type, ...] | None = None) -> list[Any]:
    """Return the key in a cursor of the list called `name`; kinds: the types of its parts. Refuses with BadCursor."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found, *key = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor from error
    if found != name or (kinds is not None and tuple(map(type, key)) != kinds):
        raise BadCursor
    if any(type(part) is int and not 0 <= part <= _BIGGEST for part in key):
        raise BadCursor
    return key


def _key(order: Order, row: Model) -> tuple[str | int, ...]:
    if order.column == "pk":
        return (row.pk,)
    return getattr(row, order.column).astimezone(UTC).isoformat(), row.pk


def _behind(order: Order, key: list[Any]) -> Q:
    beyond = "lt" if order.is_falling else "gt"
    if order.column == "pk":
        if [type(part) for part in key] != [int]:
            raise BadCursor
        return Q(**{f"pk__{beyond}": key[0]})
    if [type(part) for part in key] != [str, int]:
        raise BadCursor
    at = _instant(key[0])
    # The first condition says nothing new, but lets the index find the place at once.
    return Q(**{f"{order.column}__{beyond}e": at}) & (
        Q(**{f"{order.column}__{beyond}": at}) | Q(**{order.column: at, f"pk__{beyond}": key[1]})
    )


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCursor from error
    if at.tzinfo is None:
        raise BadCursor
    return at
