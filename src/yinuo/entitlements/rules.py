"""How long we stand for what we sold: pure arithmetic on dates."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_MONTHS_A_YEAR = 12


class WarrantyState(StrEnum):
    """Where an appliance stands on a day. ENDING: the last thirty days, the last one included."""

    COVERED = "covered"
    ENDING = "ending"
    OVER = "over"


@dataclass(frozen=True)
class Warranty:
    """What a warranty says on a day. `days_left` counts the day itself: 1 on the last day, 0 when it is over."""

    until: date
    state: WarrantyState
    days_left: int


_ENDING_DAYS = 30


def months_after(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day when it is shorter.

    31 January and one month give 28 February, in leap years 29 February.
    """
    count = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = count // _MONTHS_A_YEAR, count % _MONTHS_A_YEAR + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def warranty_on(day: date, *, until: date) -> Warranty:
    """Return what a warranty that ends with the day `until` says on a day."""
    days_left = max(0, (until - day).days + 1)
    if not days_left:
        return Warranty(until, WarrantyState.OVER, 0)
    state = WarrantyState.ENDING if days_left <= _ENDING_DAYS else WarrantyState.COVERED
    return Warranty(until, state, days_left)


def normal_number(text: str) -> str:
    """Return an order or serial number as it is stored and compared: no blanks, capital letters."""
    return "".join(text.split()).upper()
