"""What somebody wants of a list, read from an address and written back to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from yinuo.foundation.references import id_of

from .declaring import DeclaredList
from .filters import Query


@dataclass(frozen=True)
class ListWish:
    """Filters by key, the order, the columns, and the page. columns: empty when the address names none.

    after, before: keys of rows, from a Slice. view_id: the saved view that was opened. is_counted: to the last row.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    is_falling: bool = False
    columns: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    view_id: int | None = None
    is_counted: bool = False

    def first_page(self) -> "ListWish":
        """Return the same without the page."""
        return replace(self, after="", before="", is_counted=False)

    def without(self, key: str) -> "ListWish":
        """Return the same without one filter, from its first page."""
        left = {name: value for name, value in self.values.items() if name != key}
        return replace(self.first_page(), values=left)


def wish_of(declared: DeclaredList, query: Query) -> ListWish:
    """Return what an address wants; what the list does not know is left out."""
    found = {one.key: one.read(query) for one in declared.filters}
    key, is_falling = _order(declared, _last(query, "sort"))
    wanted = _last(query, "columns").split(",")
    known = [column.key for column in declared.columns]
    view = _last(query, "view")
    return ListWish(
        values={key: value for key, value in found.items() if value is not None},
        sort=key,
        is_falling=is_falling,
        columns=tuple(column for column in known if column in wanted),
        after=_last(query, "after"),
        before=_last(query, "before"),
        view_id=id_of(view),
        is_counted=_last(query, "count") == "exact",
    )


def query_of(declared: DeclaredList, wish: ListWish) -> str:
    """Return a wish as the query of an address, always in the same order; empty for the list as it is."""
    pairs = [pair for one in declared.filters if one.key in wish.values for pair in one.pairs(wish.values[one.key])]
    sign = "-" if wish.is_falling else ""
    usual = declared.sorts[declared.default_sort]
    if (wish.sort, wish.is_falling) != (declared.default_sort, usual.is_falling):
        pairs.append(("sort", f"{sign}{wish.sort}"))
    more = {
        "columns": ",".join(wish.columns),
        "view": str(wish.view_id or ""),
        "count": "exact" if wish.is_counted else "",
        "after": wish.after,
        "before": wish.before,
    }
    return urlencode(pairs + [(name, value) for name, value in more.items() if value], safe=",")


def _order(declared: DeclaredList, given: str) -> tuple[str, bool]:
    key = given.removeprefix("-")
    if key in declared.sorts:
        return key, given.startswith("-")
    return declared.default_sort, declared.sorts[declared.default_sort].is_falling


def _last(query: Query, name: str) -> str:
    values: Sequence[str] = query.get(name) or ("",)
    return values[-1]
