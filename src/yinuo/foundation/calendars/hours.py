"""Opening hours on the wall clock: spans of one day, their breaks, and the week they repeat in.

Minutes count from midnight of the day a span begins on; a night ends after minute 1440. Nothing here knows
dates, zones or instants.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from yinuo.foundation.calendars.refusals import BadOpeningHours, BreakOutsideHours, OverlappingHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_PER_DAY = 1440

_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–—~〜～至]\s*(\d{1,2}):(\d{2})\s*", re.ASCII)
_LAST_MINUTE = MINUTES_PER_DAY - 1


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A half-open piece of a day, `[start_minute, end_minute)`; it ends on the next day when the end passes 1440."""

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if self.end_minute == _LAST_MINUTE:
            # Time fields in browsers cannot say 24:00, so people write 23:59 and mean the end of the day.
            object.__setattr__(self, "end_minute", MINUTES_PER_DAY)
        # A span of 24 hours can only be written from midnight on.
        longest = MINUTES_PER_DAY if self.start_minute == 0 else _LAST_MINUTE
        if not 0 <= self.start_minute < MINUTES_PER_DAY or not 0 < self.end_minute - self.start_minute <= longest:
            raise BadOpeningHours(text=f"{_clock(self.start_minute)}-{_clock(self.end_minute)}")

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Return the span written as `09:00-18:00`.

        An end of 23:59 means 24:00; an end before the start lies on the next day. Refuses with BadOpeningHours.
        """
        match = _SPAN.fullmatch(text)
        if match is None:
            raise BadOpeningHours(text=text)
        hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        if minute > 59 or end_minute > 59 or start >= MINUTES_PER_DAY or end > MINUTES_PER_DAY or start == end:  # noqa: PLR2004
            raise BadOpeningHours(text=text)
        return cls(start, end if end > start else end + MINUTES_PER_DAY)

    @property
    def is_over_midnight(self) -> bool:
        return self.end_minute > MINUTES_PER_DAY

    def moved(self, minutes: int) -> tuple[int, int]:
        return self.start_minute + minutes, self.end_minute + minutes

    def __str__(self) -> str:
        end = self.end_minute - MINUTES_PER_DAY if self.is_over_midnight else self.end_minute
        return f"{_clock(self.start_minute)}-{_clock(end)}"


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours that begin on one day: open spans in order, without the breaks inside them. No span means closed.

    A break after midnight belongs to the night it interrupts: `02:00-02:30` in `22:00-06:00` is on the next day.
    `pieces`: the open pieces `(start_minute, end_minute)` in order, breaks taken out.
    Refuses with OverlappingHours and BreakOutsideHours.
    """

    open: tuple[Span, ...] = ()
    breaks: tuple[Span, ...] = ()
    pieces: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "open", tuple(sorted(self.open)))
        # In the order in which they come, so that a break after midnight follows the one before it.
        object.__setattr__(self, "breaks", tuple(sorted(self.breaks, key=self._place)))
        self._check_apart([(span.start_minute, span.end_minute) for span in self.open], self.open)
        self._check_apart([self._place(pause) for pause in self.breaks], self.breaks)
        object.__setattr__(self, "pieces", self._pieces())

    @classmethod
    def parse(cls, open: Iterable[str], breaks: Iterable[str] = ()) -> "DayHours":  # noqa: A002
        """Return the hours written as `["09:00-18:00"]`, breaks as `["12:00-13:00"]`."""
        return cls(tuple(Span.parse(text) for text in open), tuple(Span.parse(text) for text in breaks))

    @property
    def is_open(self) -> bool:
        return bool(self.pieces)

    def _pieces(self) -> tuple[tuple[int, int], ...]:
        pieces: list[tuple[int, int]] = []
        pauses = [self._place(pause) for pause in self.breaks]
        for span in self.open:
            start = span.start_minute
            for pause_start, pause_end in pauses:
                if span.start_minute <= pause_start and pause_end <= span.end_minute:
                    pieces.append((start, pause_start))
                    start = pause_end
            pieces.append((start, span.end_minute))
        return tuple((start, end) for start, end in pieces if start < end)

    @staticmethod
    def _check_apart(places: list[tuple[int, int]], spans: tuple[Span, ...]) -> None:
        for (before, after), (first, second) in zip(pairwise(places), pairwise(spans), strict=True):
            if after[0] < before[1]:
                raise OverlappingHours(first=str(first), second=str(second))

    def _place(self, pause: Span) -> tuple[int, int]:
        for days in (0, MINUTES_PER_DAY):
            start, end = pause.moved(days)
            if any(span.start_minute <= start and end <= span.end_minute for span in self.open):
                return start, end
        raise BreakOutsideHours(text=str(pause))


CLOSED = DayHours()
ALL_DAY = DayHours((Span(0, MINUTES_PER_DAY),))


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Hours for Monday to Sunday, which hold from the date `from_on` (None: from ever) until the next week begins."""

    days: tuple[DayHours, ...]
    from_on: date | None = None

    def __post_init__(self) -> None:
        if len(self.days) != len(WEEKDAYS):
            raise ValueError("a week has seven days")
        for index, day in enumerate(self.days):
            self._check_night(day, self.days[(index + 1) % 7])

    @classmethod
    def parse(cls, hours: Mapping[str, DayHours], from_on: date | None = None) -> "WeekHours":
        """Return the week whose days are named `mon` to `sun`, or as a run such as `mon-fri`; unnamed days are closed.

        Raises KeyError for a name that is no day.
        """
        days = dict.fromkeys(WEEKDAYS, CLOSED)
        for name, day in hours.items():
            for weekday in weekdays_named(name):
                days[weekday] = day
        return cls(tuple(days.values()), from_on)

    @property
    def is_open(self) -> bool:
        return any(day.is_open for day in self.days)

    def normal_day(self) -> DayHours:
        """Return the hours of a normal working day: the first open day from Monday on."""
        return next((day for day in self.days if day.is_open), CLOSED)

    @staticmethod
    def _check_night(evening: DayHours, morning: DayHours) -> None:
        if not evening.open or not morning.open:
            return
        night, first = evening.open[-1], morning.open[0]
        if night.end_minute > first.start_minute + MINUTES_PER_DAY:
            raise OverlappingHours(first=str(night), second=str(first))


def weekdays_named(name: str) -> tuple[str, ...]:
    """Return the weekdays a name stands for: `fri`, or a run `mon-fri`. Raises KeyError when it is neither."""
    first, _dash, last = name.partition("-")
    try:
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    except ValueError:
        raise KeyError(name) from None
    if start > end:
        raise KeyError(name)
    return WEEKDAYS[start : end + 1]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
