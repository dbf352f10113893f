"""The filters of a list: each reads its value from an address, writes it back, narrows the rows, and says itself.

What an address holds and a filter does not know is dropped, so an old link or a saved view never breaks a list.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Any

from django.utils import formats
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _

Query = Mapping[str, Sequence[str]]
Pairs = list[tuple[str, str]]
Label = str | Lazy
Offer = tuple[str, Label]
_LONGEST_WORDS = 200
_MOST_CHOSEN = 20


@dataclass(frozen=True)
class Moment:
    """When a list is read, and on whose wall clock its days are counted."""

    at: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    def begins(self, day: date) -> datetime:
        """Return the instant at which a local day begins."""
        return datetime.combine(day, time.min, self.zone)


@dataclass(frozen=True, kw_only=True)
class Filter(ABC):
    """Base of every filter. is_offered: it has a control; others come by a link only and can be taken away."""

    key: str
    label: Label
    is_offered: bool = True

    @property
    @abstractmethod
    def kind(self) -> str:
        """Return which control shows it: words, choices, days or yes_no."""

    def names(self) -> tuple[str, ...]:
        """Return the names it uses in an address."""
        return (self.key,)

    @abstractmethod
    def read(self, query: Query) -> Any:
        """Return the value an address gives, or None."""

    @abstractmethod
    def pairs(self, value: Any) -> Pairs:
        """Return what stands in an address for a value."""

    @abstractmethod
    def said(self, value: Any) -> str:
        """Return a value as people read it."""

    @abstractmethod
    def narrowed(self, rows: Any, value: Any, moment: Moment) -> Any:
        """Return the rows that fit."""

    def noted(self, value: Any) -> Any:
        """Return what the trail of exports keeps of a value; never a customer's words."""
        return [text for _name, text in self.pairs(value)]


@dataclass(frozen=True, kw_only=True)
class Words(Filter):
    """Free words. narrow: rows and words in, rows out."""

    narrow: Callable[[Any, str], Any]
    hint: Label = ""

    @property
    def kind(self) -> str:
        return "words"

    def read(self, query: Query) -> str | None:
        text = (query.get(self.key) or [""])[-1].replace("\0", "")
        return " ".join(text.split())[:_LONGEST_WORDS] or None

    def pairs(self, value: str) -> Pairs:
        return [(self.key, value)]

    def said(self, value: str) -> str:
        return value

    def narrowed(self, rows: Any, value: str, moment: Moment) -> Any:  # noqa: ARG002 - as every filter
        return self.narrow(rows, value)

    def noted(self, value: str) -> bool:  # noqa: ARG002 - as every filter
        return True


@dataclass(frozen=True, kw_only=True)
class Choices(Filter):
    """One or more of a closed list. field: the column compared. offer: (value, label) pairs.

    find: labels of values that are not offered, when the offer is only a part of what there is.
    """

    field: str
    offer: Callable[[], Iterable[Offer]]
    find: Callable[[list[str]], Mapping[str, Label]] | None = None

    @property
    def kind(self) -> str:
        return "choices"

    @cached_property
    def offered(self) -> dict[str, Label]:
        return dict(self.offer())

    def read(self, query: Query) -> tuple[str, ...] | None:
        given = list(dict.fromkeys(value for value in query.get(self.key) or () if value))[:_MOST_CHOSEN]
        if not given:
            return None
        labels = self.labels(given)
        return tuple(value for value in given if value in labels) or None

    def labels(self, values: Sequence[str]) -> Mapping[str, Label]:
        """Return the labels of those values that exist."""
        unknown = [value for value in values if value not in self.offered]
        found = self.find(unknown) if unknown and self.find else {}
        self.offered.update(found)
        return {value: self.offered[value] for value in values if value in self.offered}

    def pairs(self, value: tuple[str, ...]) -> Pairs:
        return [(self.key, one) for one in value]

    def said(self, value: tuple[str, ...]) -> str:
        return _(", ").join(str(label) for label in self.labels(value).values())

    def narrowed(self, rows: Any, value: tuple[str, ...], moment: Moment) -> Any:  # noqa: ARG002 - as every filter
        # Equality lets an index on (column, order) be walked; IN of one value is planned differently by some versions.
        return rows.filter(**{self.field: value[0]}) if len(value) == 1 else rows.filter(**{f"{self.field}__in": value})


@dataclass(frozen=True, kw_only=True)
class YesNo(Filter):
    """Something is so, or not. narrow: rows and the answer in, rows out."""

    narrow: Callable[[Any, bool, Moment], Any]

    @property
    def kind(self) -> str:
        return "yes_no"

    def read(self, query: Query) -> bool | None:
        return {"yes": True, "no": False}.get((query.get(self.key) or [""])[-1])

    def pairs(self, value: bool) -> Pairs:
        return [(self.key, "yes" if value else "no")]

    def said(self, value: bool) -> str:
        return _("Yes") if value else _("No")

    def narrowed(self, rows: Any, value: bool, moment: Moment) -> Any:
        return self.narrow(rows, value, moment)


@dataclass(frozen=True)
class Period:
    """Days from first to last, both included; None is open. name: a period that moves along, such as `7d`."""

    name: str = ""
    first: date | None = None
    last: date | None = None


PERIODS = ("today", "yesterday", "7d", "30d", "month", "last_month")


@dataclass(frozen=True, kw_only=True)
class Days(Filter):
    """The local days on which an instant lies. field: the column. A named period moves along with today."""

    field: str

    @property
    def kind(self) -> str:
        return "days"

    def names(self) -> tuple[str, ...]:
        return self.key, f"{self.key}_from", f"{self.key}_to"

    def read(self, query: Query) -> Period | None:
        name = (query.get(self.key) or [""])[-1]
        if name in PERIODS:
            return Period(name)
        first, last = (_day((query.get(f"{self.key}_{end}") or [""])[-1]) for end in ("from", "to"))
        return Period("", first, last) if first or last else None

    def pairs(self, value: Period) -> Pairs:
        if value.name:
            return [(self.key, value.name)]
        ends = ((f"{self.key}_from", value.first), (f"{self.key}_to", value.last))
        return [(name, day.isoformat()) for name, day in ends if day]

    def said(self, value: Period) -> str:
        if value.name:
            return period_labels()[value.name]
        first, last = (formats.date_format(day, "Y-m-d") if day else "" for day in (value.first, value.last))
        return f"{first} – {last}".strip()

    def narrowed(self, rows: Any, value: Period, moment: Moment) -> Any:
        first, last = days_of(value, today=moment.today)
        if first:
            rows = rows.filter(**{f"{self.field}__gte": moment.begins(first)})
        if last:
            rows = rows.filter(**{f"{self.field}__lt": moment.begins(last + timedelta(days=1))})
        return rows


def days_of(period: Period, *, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last day of a period as seen today."""
    month = today.replace(day=1)
    named = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "7d": (today - timedelta(days=6), today),
        "30d": (today - timedelta(days=29), today),
        "month": (month, today),
        "last_month": ((month - timedelta(days=1)).replace(day=1), month - timedelta(days=1)),
    }
    return named.get(period.name, (period.first, period.last))


def period_labels() -> dict[str, str]:
    """Return the named periods in the order they are offered."""
    return {
        "today": _("Today"),
        "yesterday": _("Yesterday"),
        "7d": _("Last 7 days"),
        "30d": _("Last 30 days"),
        "month": _("This month"),
        "last_month": _("Last month"),
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Beyond these a day has no instant in every zone.
    return day if 1970 <= day.year < 2200 else None  # noqa: PLR2004 - the years the API takes too
