"""When a promise reaches a rung of its ladder, and when somebody may be told. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from yinuo.foundation.calendars import BusinessCalendar, due_at, next_opening, open_time_between


def reached_at(
    *,
    starts_at: datetime,
    promise_due_at: datetime,
    share: Decimal | None,
    after_minutes: int | None,
    calendar: BusinessCalendar,
) -> datetime:
    """Return when a promise reaches a rung.

    share: of its open time, before it falls due. after_minutes: of open time since it fell due. Neither: when it falls
    due. calendar: the promise's own. Raises CalendarExhausted when the calendar never opens again.
    """
    if share is not None:
        whole = open_time_between(starts_at, promise_due_at, calendar)
        within = timedelta(microseconds=int(whole / timedelta(microseconds=1) * float(share)))
        return due_at(start=starts_at, within=within, calendar=calendar) if within else starts_at
    if after_minutes is not None:
        return due_at(start=promise_due_at, within=timedelta(minutes=after_minutes), calendar=calendar)
    return promise_due_at


def still_stands(
    *, is_live: bool, is_broken: bool, promise_due_at: datetime, is_open: bool, broken_since: datetime | None
) -> bool:
    """Return whether a promise still asks for attention: it runs, or it is broken and nobody has made it good.

    is_open, broken_since: of its case; an answer to the customer empties `broken_since`, and only later breaks fill it.
    """
    if is_live:
        return True
    return is_open and is_broken and broken_since is not None and broken_since <= promise_due_at


def told_at(
    at: datetime, *, shifts: Sequence[tuple[datetime, datetime]], calendar: BusinessCalendar | None
) -> datetime:
    """Return when somebody may be told of what happens at `at`: then if they work, else when they work next.

    shifts: theirs that have not ended at `at`, each from its beginning to its end, the end not included. Whoever has
    none works by the calendar; without both, they are told at once.
    """
    if any(begins <= at < ends for begins, ends in shifts):
        return at
    if shifts:
        return min(begins for begins, _ends in shifts)
    return next_opening(at, calendar) if calendar is not None else at
