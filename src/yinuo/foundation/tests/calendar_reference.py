"""Business calendars once more, slow and plain: one minute after another, straight from the stored form.

Shares no code with `yinuo.foundation.calendars`; tests and bench/calendars.py compare the two. It holds for zones
whose clock differs from UTC by whole minutes.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def minute_calendar(stored: dict[str, Any]) -> Callable[[datetime], bool]:
    """Return a function that says whether the stored calendar is open in the minute that contains an instant."""
    zone = ZoneInfo(stored["zone"])
    seen: dict[date, set[int]] = {}

    def minutes(on: date) -> set[int]:
        if on not in seen:
            seen[on] = open_minutes(stored, on)
        return seen[on]

    def is_open(at: datetime) -> bool:
        wall = at.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        return minute in minutes(wall.date()) or minute + 1440 in minutes(wall.date() - DAY)

    return is_open


def open_minutes(stored: dict[str, Any], on: date) -> set[int]:
    """Return the minutes, counted from midnight, of the hours that begin on the date; a night goes beyond 1439."""
    hours = hours_on(stored, on)
    is_open: set[int] = set()
    for text in hours["open"]:
        is_open |= minutes_of(text)
    for text in hours["breaks"]:
        pause = minutes_of(text)
        is_open -= pause if pause <= is_open else {minute + 1440 for minute in pause}
    return is_open


def hours_on(stored: dict[str, Any], on: date) -> dict[str, Any]:
    closed = {"open": [], "breaks": []}
    begun = [week for week in stored["weeks"] if week["from_on"] is None or week["from_on"] <= on.isoformat()]
    week = begun[-1]["hours"] if begun else dict.fromkeys(NAMES, closed)
    for day in stored["exceptions"]:
        if day["on"] == on.isoformat():
            return day["hours"]
    for day in stored["make_up_days"]:
        if day["on"] == on.isoformat():
            normal = next((week[name] for name in NAMES if week[name]["open"]), closed)
            return day["hours"] or (week[day["like"]] if day["like"] else normal)
    if any(day["on"] == on.isoformat() for day in stored["holidays"]):
        return closed
    return week[NAMES[on.weekday()]]


def minutes_of(text: str) -> set[int]:
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
    return set(range(start, end if end > start else end + 1440))


def reference_due_at(
    is_open: Callable[[datetime], bool], start: datetime, within: timedelta, limit: timedelta
) -> datetime | None:
    """Walk on minute by minute until `within` of open time is spent; None when `limit` is walked before."""
    at, left = start.astimezone(UTC), within
    end = at + limit
    while at < end:
        next_minute = at.replace(second=0, microsecond=0) + MINUTE
        if is_open(at):
            if left <= next_minute - at:
                return at + left
            left -= next_minute - at
        at = next_minute
    return None


def reference_open_time(is_open: Callable[[datetime], bool], start: datetime, end: datetime) -> timedelta:
    """Add up the open minutes between two instants."""
    at, end, total = start.astimezone(UTC), end.astimezone(UTC), timedelta()
    while at < end:
        next_minute = min(at.replace(second=0, microsecond=0) + MINUTE, end)
        if is_open(at):
            total += next_minute - at
        at = next_minute
    return total
