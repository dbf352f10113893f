"""Lengths, clocks and rates as the board and the wall say them."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from yinuo.cases.queries.board import KeptCount

_ALL = 1000


def length(span: timedelta) -> str:
    """Return a length of time in its two largest units: `3 min`, `2 h 5 min`, `3 d 4 h`."""
    minutes = span // timedelta(minutes=1)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return (
            _("%(days)s d %(hours)s h") % {"days": days, "hours": hours} if hours else _("%(days)s d") % {"days": days}
        )
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(hours)s h") % {"hours": hours} if hours else _("%(minutes)s min") % {"minutes": minutes}


def house_clock(at: datetime) -> str:
    """Return what the clock on the house's wall says: `14:15`."""
    return at.astimezone(timezone.get_default_timezone()).strftime("%H:%M")


def percent_of(kept: KeptCount) -> str:
    """Return a kept rate such as `97.4`, rounded down so that `100` means all; empty when nothing ended."""
    if kept.per_mille is None:
        return ""
    return "100" if kept.per_mille == _ALL else f"{kept.per_mille // 10}.{kept.per_mille % 10}"
