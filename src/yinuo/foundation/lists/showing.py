"""A list as a page shows it: finished values and addresses; only the looks are missing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils import formats

from .declaring import Column, DeclaredList
from .filters import Choices, Days, Filter, Period, period_labels
from .paging import PAGE_LENGTH, Count, Slice, counted, slice_of
from .wishes import ListWish, query_of

Link = Callable[[Any], str]


@dataclass(frozen=True)
class HeadShown:
    """The head of a column. sorted: "", "ascending" or "descending"."""

    key: str
    label: str
    sort_url: str = ""
    sorted: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class CellShown:
    """One cell: its column, what it holds, and where it leads."""

    column: Column
    label: str
    value: Any
    url: str = ""


@dataclass(frozen=True)
class RowShown:
    """One row of cells."""

    id: int
    cells: list[CellShown]


@dataclass(frozen=True)
class OptionShown:
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class FilterShown:
    """A filter's control and its value. said: the value in words; off_url: the list without it."""

    filter: Filter
    label: str
    said: str = ""
    off_url: str = ""
    text: str = ""
    first: str = ""
    last: str = ""
    options: Sequence[OptionShown] = ()

    @property
    def is_set(self) -> bool:
        return bool(self.said)


@dataclass(frozen=True)
class ShownList:
    """Everything a page shows of a list. query: of this list without its page, for saving, exporting and going back.

    state: rows, nothing_yet, or nothing_found (the filters hide everything, or the page is beyond the end).
    """

    place: str
    address: str
    heads: list[HeadShown]
    rows: list[RowShown]
    filters: list[FilterShown]
    columns: list[OptionShown]
    hidden: list[tuple[str, str]]
    count: Count
    count_url: str
    older_url: str
    newer_url: str
    clear_url: str
    query: str
    state: str
    sort: str

    @property
    def count_text(self) -> str:
        """Return the count as people read it: `128`, or `1,000+` where counting stopped."""
        number = formats.number_format(self.count.number, use_l10n=True, force_grouping=True)
        return f"{number}+" if self.count.is_more else number

    @property
    def set_filters(self) -> list[FilterShown]:
        return [one for one in self.filters if one.is_set]

    @property
    def offered_filters(self) -> list[FilterShown]:
        return [one for one in self.filters if one.filter.is_offered]


def narrowed(declared: DeclaredList, wish: ListWish, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows that pass every filter of the wish."""
    for one in declared.filters:
        if one.key in wish.values:
            rows = one.narrowed(rows, wish.values[one.key], declared.moment)
    return rows


def shown_list(
    declared: DeclaredList,
    wish: ListWish,
    rows: QuerySet[Any],
    *,
    address: str,
    links: Mapping[str, Link],
    usual_columns: Sequence[str] = (),
    length: int = PAGE_LENGTH,
) -> ShownList:
    """Return a page of a list. rows: those the person may see. links: by column, where a row's cell leads.

    usual_columns: what this person chose the last time.
    """

    def url(wanted: ListWish) -> str:
        query = query_of(declared, wanted)
        return f"{address}?{query}" if query else address

    fitting = narrowed(declared, wish, rows)
    order = declared.sorts[wish.sort]
    page = slice_of(fitting, order, is_falling=wish.is_falling, after=wish.after, before=wish.before, length=length)
    keys = wish.columns or tuple(usual_columns) or declared.default_keys()
    columns = declared.chosen(keys)
    first = wish.first_page()
    kept = query_pairs(declared, first)
    return ShownList(
        place=declared.place,
        address=address,
        heads=[_head(column, first, url) for column in columns],
        rows=[_row(row, columns, links) for row in declared.dress(page.rows)],
        filters=[_filter(one, wish, url) for one in declared.filters],
        columns=[
            OptionShown(column.key, str(column.label), column in columns)
            for column in declared.columns
            if not column.is_main
        ],
        hidden=kept + _hidden_pairs(declared, wish),
        count=_count(fitting, page, wish),
        count_url=url(replace(wish, is_counted=True)),
        older_url=url(replace(first, after=page.older_key)) if page.older_key else "",
        newer_url=url(replace(first, before=page.newer_key)) if page.newer_key else "",
        clear_url=url(replace(first, values={}, view_id=None)),
        query=query_of(declared, replace(first, columns=tuple(column.key for column in columns))),
        state="rows" if page.rows else "nothing_found" if wish.values or wish.after or wish.before else "nothing_yet",
        sort=wish.sort,
    )


def _count(fitting: QuerySet[Any], page: Slice, wish: ListWish) -> Count:
    """Return how many rows fit; a list of one page has been counted by showing it."""
    if page.older_key or page.newer_key or wish.after or wish.before:
        return counted(fitting, is_exact=wish.is_counted)
    return Count(len(page.rows))


def query_pairs(declared: DeclaredList, wish: ListWish) -> list[tuple[str, str]]:
    """Return what a form must carry along, so that sending it changes only what it asks."""
    pairs = []
    usual = declared.sorts[declared.default_sort]
    if (wish.sort, wish.is_falling) != (declared.default_sort, usual.is_falling):
        pairs.append(("sort", f"{'-' if wish.is_falling else ''}{wish.sort}"))
    if wish.columns:
        pairs.append(("columns", ",".join(wish.columns)))
    if wish.view_id:
        pairs.append(("view", str(wish.view_id)))
    return pairs


def _hidden_pairs(declared: DeclaredList, wish: ListWish) -> list[tuple[str, str]]:
    """Return the filters that came by a link and have no control of their own."""
    return [
        pair
        for one in declared.filters
        if not one.is_offered and one.key in wish.values
        for pair in one.pairs(wish.values[one.key])
    ]


def _head(column: Column, wish: ListWish, url: Callable[[ListWish], str]) -> HeadShown:
    is_number = column.kind in {"number", "money"}
    if column.sort is None:
        return HeadShown(column.key, str(column.label), is_number=is_number)
    is_here = wish.sort == column.key
    is_falling = not wish.is_falling if is_here else column.sort.is_falling
    said = ("descending" if wish.is_falling else "ascending") if is_here else ""
    next_order = replace(wish, sort=column.key, is_falling=is_falling)
    return HeadShown(column.key, str(column.label), url(next_order), said, is_number)


def _row(row: Any, columns: Sequence[Column], links: Mapping[str, Link]) -> RowShown:
    cells = []
    for column in columns:
        value = column.value(row)
        link = links.get(column.key)
        cells.append(CellShown(column, str(column.label), value, link(row) if link and value is not None else ""))
    return RowShown(row.pk, cells)


def _filter(one: Filter, wish: ListWish, url: Callable[[ListWish], str]) -> FilterShown:
    value = wish.values.get(one.key)
    shown = FilterShown(one, str(one.label))
    if value is not None:
        shown = replace(shown, said=one.said(value), off_url=url(wish.without(one.key)))
    if isinstance(one, Choices):
        chosen = value or ()
        options = [OptionShown(key, str(label), key in chosen) for key, label in one.offered.items()]
        return replace(shown, options=options) if one.is_offered else shown
    if isinstance(one, Days):
        period = value or Period()
        options = [OptionShown(name, label, period.name == name) for name, label in period_labels().items()]
        first, last = (day.isoformat() if day else "" for day in (period.first, period.last))
        return replace(shown, options=options, first=first, last=last)
    if one.kind == "yes_no":
        options = [OptionShown(key, one.said(key == "yes"), value is (key == "yes")) for key in ("yes", "no")]
        return replace(shown, options=options)
    return replace(shown, text=str(value or ""))
