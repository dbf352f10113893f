"""What a list is: its columns, filters and orders. Values in, values out; how it looks is the page's business."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .filters import Filter, Label, Moment

Kind = Literal["text", "number", "money", "instant", "day", "pill", "promise", "person", "many"]
RESERVED = frozenset({"sort", "columns", "after", "before", "view", "count"})


@dataclass(frozen=True)
class Sort:
    """An order by a column of the table and then by id, which an index on both answers.

    is_falling: the first click sorts downwards. is_nullable: rows without a value stand last in either direction.
    is_private: the value must not stand in an address (a name); the page is then found by the row's id.
    """

    field: str
    is_falling: bool = False
    is_nullable: bool = False
    is_private: bool = False


@dataclass(frozen=True)
class Pill:
    """A short state in a cell."""

    label: Label
    tone: str = "plain"
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. value: what a row shows there: text, number, instant, day, Pill, a promise, several texts, or None.

    exported: what a file holds, where that differs. is_main: it names the row and leads to it. is_personal: the value
    is masked, on the screen and in files.
    """

    key: str
    label: Label
    value: Callable[[Any], Any]
    kind: Kind = "text"
    exported: Callable[[Any], Any] | None = None
    sort: Sort | None = None
    is_default: bool = True
    is_main: bool = False
    is_personal: bool = False


@dataclass(frozen=True)
class DeclaredList:
    """A list as its folder declares it. place: its name in saved views and in the trail of exports.

    default_sort: key of a column that sorts. dress: gives rows of one page, or of one batch of an export, what they
    show besides their own columns, in a fixed number of statements.
    """

    place: str
    columns: Sequence[Column]
    filters: Sequence[Filter]
    default_sort: str
    moment: Moment
    dress: Callable[[list[Any]], list[Any]] = list

    def __post_init__(self) -> None:
        names = [name for one in self.filters for name in one.names()]
        clashing = (set(names) & RESERVED) | {name for name in names if names.count(name) > 1}
        if clashing:
            raise ValueError(f"two meanings for {', '.join(sorted(clashing))} in the addresses of {self.place}")

    @property
    def sorts(self) -> dict[str, Sort]:
        return {column.key: column.sort for column in self.columns if column.sort}

    def chosen(self, keys: Sequence[str]) -> list[Column]:
        """Return the columns with these keys, in the order declared; the one that names the row is always there."""
        return [column for column in self.columns if column.is_main or column.key in keys]

    def default_keys(self) -> tuple[str, ...]:
        """Return the columns shown to somebody who chose none."""
        return tuple(column.key for column in self.columns if column.is_default or column.is_main)
