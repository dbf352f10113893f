"""How an instant is said to a person: "just now", "28 min ago", "Yesterday 14:06", "28 min left".

Values in, words out; the clock, the zone and the language are the caller's. `static/yinuo/time.js` says the same in
the browser as time goes on, with the patterns of `browser_patterns`, and a browser test compares the two.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def human_time(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return how people say `at` when it is `now`, on the wall clock of `zone`. Both instants are aware."""
    distance = at - now
    if abs(distance) < HOUR:
        return _within_the_hour(distance)
    local = at.astimezone(zone)
    today = now.astimezone(zone).date()
    clock = local.strftime("%H:%M")
    near = {-1: _("Yesterday %(clock)s"), 0: _("Today %(clock)s"), 1: _("Tomorrow %(clock)s")}
    pattern = near.get((local.date() - today).days)
    if pattern:
        return pattern % {"clock": clock}
    day = formats.date_format(local, "MONTH_DAY_FORMAT" if local.year == today.year else "DATE_FORMAT")
    return f"{day} {clock}"


def _within_the_hour(distance: timedelta) -> str:
    if abs(distance) < MINUTE:
        return _("just now")
    if distance < timedelta():
        return _("%(minutes)s min ago") % {"minutes": -distance // MINUTE}
    return _("in %(minutes)s min") % {"minutes": distance // MINUTE}


def exact_time(at: datetime, *, zone: tzinfo) -> str:
    """Return the instant with seconds and the zone's name, such as `2026-11-22 14:06:00 CST (UTC+08:00)`."""
    local = at.astimezone(zone)
    offset = local.isoformat()[-6:]
    return f"{local:%Y-%m-%d %H:%M:%S} (UTC{offset})"


def machine_time(at: datetime) -> str:
    """Return the instant for a `datetime` attribute: UTC with a Z, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_left(due_at: datetime, *, now: datetime) -> str:
    """Return the time to a deadline: `28 min left`, `2 h 5 min left`, `3 d 4 h left`, or `12 min over`."""
    distance = due_at - now
    pattern = _("%(time)s left") if distance >= timedelta() else _("%(time)s over")
    return pattern % {"time": span(abs(distance))}


def span(length: timedelta) -> str:
    """Return a length in its two largest units, never below a minute; a part below the second unit is dropped."""
    if length < HOUR:
        return _("%(minutes)s min") % {"minutes": length // MINUTE}
    if length < DAY:
        hours, rest = divmod(length, HOUR)
        if rest < MINUTE:
            return _("%(hours)s h") % {"hours": hours}
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest // MINUTE}
    days, rest = divmod(length, DAY)
    if rest < HOUR:
        return _("%(days)s d") % {"days": days}
    return _("%(days)s d %(hours)s h") % {"days": days, "hours": rest // HOUR}


def clock(length: timedelta) -> str:
    """Return a length as a running clock, short enough for a ring: `28:22`, `1:48:20`, from a day on `3 d`."""
    if length >= DAY:
        return _("%(days)s d") % {"days": length // DAY}
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def browser_patterns() -> dict[str, str]:
    """Return the sentences the browser needs to say times and its own notices, in the current language."""
    return {
        "just_now": _("just now"),
        "minutes_ago": _("%(minutes)s min ago"),
        "in_minutes": _("in %(minutes)s min"),
        "today": _("Today %(clock)s"),
        "yesterday": _("Yesterday %(clock)s"),
        "tomorrow": _("Tomorrow %(clock)s"),
        "left": _("%(time)s left"),
        "over": _("%(time)s over"),
        "minutes": _("%(minutes)s min"),
        "hours": _("%(hours)s h"),
        "hours_minutes": _("%(hours)s h %(minutes)s min"),
        "days": _("%(days)s d"),
        "days_hours": _("%(days)s d %(hours)s h"),
        "ring_left": pgettext("below a countdown", "left"),
        "ring_over": pgettext("below a countdown", "over"),
        "fault": _("Something went wrong on our side. What you typed is kept. Please try again."),
        "fault_reference": _("Reference: %(reference)s"),
        "offline": _("The server cannot be reached. What you typed is kept. Check the connection and try again."),
        "refused": _("This could not be done. Reload the page and try again."),
        "draft_restored": _("What you had typed is back."),
        "close": _("Close"),
    }
