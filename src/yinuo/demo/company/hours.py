"""Open time of the demo company: instants reached after so much open time, on a plain weekly pattern.

The demo's own yardstick for believable answer times. Public holidays are left out on purpose: the product's
calendars know them, and a demo clerk who answers on a holiday does no harm.
"""

from datetime import date, datetime, time, timedelta

from yinuo.demo.company.standards import CALENDARS
from yinuo.demo.company.values import COMPANY_ZONE

_LONGEST_SEARCH_DAYS = 400


def after_open_time(start: datetime, open_time: timedelta, calendar: str) -> datetime:
    """Return the instant when `open_time` of the calendar has passed since `start` (aware); in the company's zone."""
    left = open_time
    local = start.astimezone(COMPANY_ZONE)
    for offset in range(_LONGEST_SEARCH_DAYS):
        for opens, closes in _intervals(local.date() + timedelta(days=offset), calendar):
            begin = max(opens, local)
            if begin > closes or (begin == closes and left):
                continue
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
    raise ValueError(f"calendar {calendar} has too little open time")


def next_open(start: datetime, calendar: str) -> datetime:
    """Return `start` itself when the calendar is open then, else the next opening."""
    local = start.astimezone(COMPANY_ZONE)
    for offset in range(_LONGEST_SEARCH_DAYS):
        for opens, closes in _intervals(local.date() + timedelta(days=offset), calendar):
            if local < closes:
                return max(opens, local)
    raise ValueError(f"calendar {calendar} never opens")


def _intervals(day: date, calendar: str) -> list[tuple[datetime, datetime]]:
    return [
        (midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes))
        for midnight in (datetime.combine(day, time(), COMPANY_ZONE),)
        for opens, closes in _MINUTES[calendar][day.weekday()]
    ]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


_MINUTES: dict[str, list[list[tuple[int, int]]]] = {
    code: [
        [(_minutes(opens), _minutes(closes)) for opens, closes in calendar["weekly"].get(str(day), [])]  # type: ignore[attr-defined]
        for day in range(7)
    ]
    for code, calendar in CALENDARS.items()
}
