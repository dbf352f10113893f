"""Times as they are said to customers, in the language that is active: "today by about 15:30", "tomorrow by 17:00"."""

from datetime import datetime, tzinfo

from django.utils import formats
from django.utils.translation import gettext as _


def by_about(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return a time that is probable: "today by about 15:30"."""
    return _said(
        at,
        now,
        zone,
        {0: _("today by about %(clock)s"), 1: _("tomorrow by about %(clock)s")},
        _("by about %(clock)s on %(day)s"),
    )


def by_time(at: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return a time that is promised: "today by 17:00"."""
    return _said(
        at, now, zone, {0: _("today by %(clock)s"), 1: _("tomorrow by %(clock)s")}, _("by %(clock)s on %(day)s")
    )


def _said(at: datetime, now: datetime, zone: tzinfo, near: dict[int, str], far: str) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    pattern = near.get((local.date() - today).days, far)
    day = formats.date_format(local, "MONTH_DAY_FORMAT" if local.year == today.year else "DATE_FORMAT")
    return pattern % {"clock": f"{local:%H:%M}", "day": day}
