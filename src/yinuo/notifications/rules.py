"""Decisions about telling: which ways, when it is quiet, what is kept how long. Values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

KEEP_READ_FOR = timedelta(days=30)
KEEP_UNREAD_FOR = timedelta(days=90)
# Quiet spans that follow one another without a gap: more than these are taken as endless.
_MOST_SPANS = 60


@dataclass(frozen=True)
class Ways:
    """By which ways somebody hears of a kind: in the centre, by browser push, in the daily digest."""

    app: bool = True
    push: bool = False
    digest: bool = False

    @property
    def is_silent(self) -> bool:
        return not (self.app or self.push or self.digest)


@dataclass(frozen=True)
class QuietWish:
    """When somebody is not to be disturbed.

    begins, ends: wall clock of `zone`; equal or None means no quiet hours; over midnight when `begins` is later.
    outside_shifts: quiet whenever none of the person's shifts runs. urgent_breaks: urgent kinds come all the same.
    """

    zone: str
    begins: time | None = None
    ends: time | None = None
    outside_shifts: bool = False
    urgent_breaks: bool = False


@dataclass(frozen=True)
class PlannedShift:
    """Somebody works from one aware instant to another, the end not included."""

    starts_at: datetime
    ends_at: datetime


def is_own_act(actor_key: str, staff_id: int) -> bool:
    """Return whether the person did it themselves: nobody is told of their own acts."""
    return actor_key == f"staff:{staff_id}"


def push_at(wish: QuietWish, *, at: datetime, is_urgent: bool, shifts: Sequence[PlannedShift] = ()) -> datetime:
    """Return when a push may go out that is wanted at `at`: at once, or when it is no longer quiet. Never before `at`.

    shifts: the person's shifts that have not ended at `at`. See docs/rules/notifications.md.
    """
    if is_urgent and wish.urgent_breaks:
        return at
    moment = at
    for _span in range(_MOST_SPANS):
        end = _end_of_quiet(wish, moment, shifts)
        if end is None or end <= moment:
            return moment
        moment = end
    return moment


def _end_of_quiet(wish: QuietWish, at: datetime, shifts: Sequence[PlannedShift]) -> datetime | None:
    """Return when the quiet span ends in which `at` lies; None when it is not quiet."""
    ends = [end for end in (_end_of_quiet_hours(wish, at), _next_shift(wish, at, shifts)) if end]
    return max(ends, default=None)


def _end_of_quiet_hours(wish: QuietWish, at: datetime) -> datetime | None:
    begins, ends = wish.begins, wish.ends
    if begins is None or ends is None or begins == ends:
        return None
    zone = ZoneInfo(wish.zone)
    local = at.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    if begins < ends:
        day = local.date() if begins <= clock < ends else None
    elif clock >= begins:
        day = local.date() + timedelta(days=1)
    else:
        day = local.date() if clock < ends else None
    if day is None:
        return None
    # Compared and returned as instants: on a night when clocks change, the wall clock alone would mislead.
    return datetime.combine(day, ends, tzinfo=zone).astimezone(at.tzinfo)


def _next_shift(wish: QuietWish, at: datetime, shifts: Sequence[PlannedShift]) -> datetime | None:
    """Return when the next shift begins if none runs; None also when none is planned: nothing would end the quiet."""
    if not wish.outside_shifts or any(shift.starts_at <= at < shift.ends_at for shift in shifts):
        return None
    return min((shift.starts_at for shift in shifts if shift.starts_at > at), default=None)


# Browser push ------------------------------------------------------------------------------------------------------

# How long a push service keeps a push for a browser that is off, and how long we try to hand it over.
PUSH_LIVES_FOR = timedelta(hours=12)
URGENT_PUSH_LIVES_FOR = timedelta(hours=2)
# More than these at once would cover the screen: they become one.
_MOST_AT_ONCE = 3
_FIRST_RETRY = timedelta(seconds=15)
_LONGEST_RETRY = timedelta(minutes=30)


def push_expires_at(at: datetime, *, is_urgent: bool) -> datetime:
    """Return until when a push made at `at` is news."""
    return at + (URGENT_PUSH_LIVES_FOR if is_urgent else PUSH_LIVES_FOR)


def belong_together(count: int, *, waited: bool) -> bool:
    """Return whether `count` notifications for one person become one push: many at once, or what waited out a quiet."""
    return count > _MOST_AT_ONCE or (waited and count > 1)


def push_retry_at(at: datetime, *, attempt_count: int, wait: timedelta | None = None) -> datetime:
    """Return when to try again after `attempt_count` tries: 15 s, 1 min, 4 min, 16 min, then every half hour.

    wait: what the push service asks for, never shortened, at most an hour believed.
    """
    pause = min(_FIRST_RETRY * 4 ** min(attempt_count - 1, 6), _LONGEST_RETRY)
    return at + max(pause, min(wait or timedelta(), timedelta(hours=1)))


def is_push_address(endpoint: str, known_hosts: Sequence[str]) -> bool:
    """Return whether an address is one of a push service we know; we post to whatever a browser names.

    known_hosts: names, or `.name` for all below it. https only; http for a service on this machine that is listed.
    """
    try:
        parts = urlsplit(endpoint)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    is_listed = any(host == known or (known.startswith(".") and host.endswith(known)) for known in known_hosts)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in {"127.0.0.1", "localhost"})
    return is_listed and is_safe and not parts.username


# Daily digest -------------------------------------------------------------------------------------------------------

# A worker that was away writes the digest late, but not when half the day is over.
_DIGEST_LATE_HOURS = 4
LONGEST_LOOK_BACK = timedelta(days=7)


def digest_day(*, hour: int, zone: str, at: datetime) -> date | None:
    """Return the day whose digest is due at `at`: its local date from `hour` on, for four hours; otherwise None."""
    local = at.astimezone(ZoneInfo(zone))
    return local.date() if hour <= local.hour < hour + _DIGEST_LATE_HOURS else None
