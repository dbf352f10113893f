"""Which standard fits a request, and by when its promises fall due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from yinuo.foundation.calendars import BusinessCalendar, due_at
from yinuo.foundation.refusals import Refusal

# The kinds that may pause while a case waits for its customer. An answer that is owed, the news in between and a word
# somebody gave go on: while we wait we still keep in touch.
PAUSABLE_KINDS = ("resolution", "call_back", "visit", "parts")


@dataclass(frozen=True)
class Request:
    """What is known of a request when its standard is chosen."""

    tier: str
    channel: str
    case_class: str
    category: str
    region_code: str


@dataclass(frozen=True)
class Offer:
    """One line of the ordered list in its newest version; empty conditions fit everything. Times are open time."""

    code: str
    name_zh: str
    name_en: str
    version_id: int
    version_number: int
    calendar_version_id: int
    calendar: BusinessCalendar
    tier: str
    channel: str
    case_class: str
    category: str
    region_code: str
    first_response: timedelta
    next_answer: timedelta
    next_update: timedelta
    resolution: timedelta
    call_back: timedelta
    visit: timedelta
    parts: timedelta
    task: timedelta
    warning_share: Decimal
    pausing_kinds: frozenset[str] = frozenset({"resolution"})
    replacement_limit: int = 2


@dataclass(frozen=True)
class Times:
    """When a promise falls due and when its owner is warned; aware UTC."""

    due_at: datetime
    warn_at: datetime


class NoStandardFits(Refusal):
    """The ordered list has no line for this request, not even a last one without conditions."""

    code = "standards.no_standard_fits"
    status = 409

    def sentence(self) -> str:
        return _(
            "No service standard fits this request, so no time can be promised. "
            "Add a last standard without conditions in the settings."
        )


CONDITIONS = ("tier", "channel", "case_class", "category", "region_code")


def conditions_of(line: Any) -> dict[str, str]:
    """Return the conditions that are not empty of whatever carries the five of them, by name, in a stable order."""
    return {name: getattr(line, name) for name in CONDITIONS if getattr(line, name)}


def fits(line: Any, request: Request) -> bool:
    """Return whether all conditions of a line fit a request; an empty one fits everything.

    line: whatever carries the five conditions. A category also takes those below it: `repair` takes `repair-leak`.
    """
    conditions = conditions_of(line)
    category = conditions.pop("category", "")
    is_below = request.category.startswith(f"{category}-")
    return (not category or request.category == category or is_below) and all(
        getattr(request, name) == value for name, value in conditions.items()
    )


def broken_versions(versions: Sequence[Any], *, kind: str, request: Request, on: date) -> list[Any]:
    """Return which pledges a broken promise of this kind breaks, or a kept one keeps: those whose terms fit.

    versions: of published pledges, in the order of the pledges. Of each pledge the newest counts that held on the local
    day `on`, on which the promise was given.
    """
    holding: dict[int, Any] = {}
    for version in versions:
        held = holding.get(version.pledge_id)
        if version.effective_on <= on and (held is None or held.number < version.number):
            holding[version.pledge_id] = version
    return [version for version in holding.values() if kind in version.promise_kinds and fits(version, request)]


def pick_offer(offers: Sequence[Offer], request: Request) -> tuple[Offer, str]:
    """Return the first offer whose conditions all fit, and the reason in one stable sentence for the record.

    offers: in their order. Refuses with NoStandardFits.
    """
    for place, offer in enumerate(offers, start=1):
        if fits(offer, request):
            because = ", ".join(f"{name}={value}" for name, value in conditions_of(offer).items()) or "no conditions"
            return offer, f"{offer.code} v{offer.version_number}: line {place}, {because}"
    raise NoStandardFits


def promised_times(*, start: datetime, within: timedelta, offer: Offer) -> Times:
    """Return when a promise of `within` open time falls due, and when its owner is warned: a share of that time.

    start: aware. Raises CalendarExhausted when the calendar never opens again.
    """
    warn_within = timedelta(microseconds=int(within / timedelta(microseconds=1) * float(offer.warning_share)))
    return Times(
        due_at=due_at(start=start, within=within, calendar=offer.calendar),
        warn_at=due_at(start=start, within=warn_within, calendar=offer.calendar),
    )
