"""Standards and calendars for other programs: what we offer, in order, and when we are open."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Prefetch
from ninja import Path, Query
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.foundation.api import Code, Given, JsonObject, Order, Page, PageWish, bounded, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.models import Calendar, CalendarVersion
from yinuo.foundation.refusals import NotFound
from yinuo.standards import actions
from yinuo.standards.actions import Conditions, StandardTimes
from yinuo.standards.models import CaseClass, Standard, StandardVersion

from .router import router

_A_YEAR_OF_MINUTES = 366 * 24 * 60
Name = bounded(120, shortest=1)
Condition = bounded(20)
PausableKind = Literal["resolution", "call_back", "visit", "parts"]


class ConditionsOut(BaseModel):
    """Which requests a standard is for; an empty condition fits everything."""

    tier: str
    channel: str
    case_class: str
    category: str
    region_code: str


class TimesOut(BaseModel):
    """The times of a standard in minutes of open time."""

    first_response_minutes: int
    next_answer_minutes: int
    next_update_minutes: int
    resolution_minutes: int
    call_back_minutes: int
    visit_minutes: int
    parts_minutes: int
    task_minutes: int = Field(description="By when another team answers the owner; the customer does not see it.")
    warning_share: Decimal = Field(description="The share of the time after which the owner is warned.")
    pausing_kinds: list[str] = Field(description="The kinds that pause while a case waits for its customer.")
    replacement_limit: int = Field(description="How often a time may be moved before only a leader may.")


class StandardOut(BaseModel):
    """One line of the ordered list, in its newest version; the first active line whose conditions fit is taken."""

    code: str
    name_zh: str
    name_en: str
    position: int
    is_active: bool
    conditions: ConditionsOut
    version: int
    calendar: str = Field(description="Code of the calendar whose open time counts.")
    times: TimesOut
    changed_at: datetime


class ConditionsIn(Given):
    """Which requests the standard is for; left out fits everything."""

    tier: Condition = ""
    channel: Condition = ""
    case_class: CaseClass | None = None
    category: bounded(60) = ""
    region_code: bounded(60) = ""


class TimesIn(Given):
    """The times in minutes of open time."""

    first_response_minutes: int = Field(ge=1, le=_A_YEAR_OF_MINUTES, examples=[120])
    next_answer_minutes: int = Field(ge=1, le=_A_YEAR_OF_MINUTES, examples=[240])
    next_update_minutes: int = Field(ge=1, le=_A_YEAR_OF_MINUTES, examples=[480])
    resolution_minutes: int = Field(ge=1, le=_A_YEAR_OF_MINUTES, examples=[1440])
    call_back_minutes: int = Field(120, ge=1, le=_A_YEAR_OF_MINUTES)
    visit_minutes: int = Field(1440, ge=1, le=_A_YEAR_OF_MINUTES)
    parts_minutes: int = Field(2880, ge=1, le=_A_YEAR_OF_MINUTES)
    task_minutes: int = Field(480, ge=1, le=_A_YEAR_OF_MINUTES, description="By when another team answers the owner.")
    warning_percent: int = Field(80, ge=1, le=99, description="Of the time, after which the owner is warned.")
    pausing_kinds: list[PausableKind] = Field(
        ["resolution"], max_length=4, description="The kinds that pause while a case waits for its customer."
    )
    replacement_limit: int = Field(2, ge=0, le=99, description="How often a time may be moved without a leader.")


class StandardIn(Given):
    """A new standard."""

    code: Code
    name_zh: Name
    name_en: Name
    conditions: ConditionsIn = Field(default_factory=ConditionsIn)
    times: TimesIn
    calendar: Code = Field(description="Code of the calendar.")


class StandardVersionIn(Given):
    """New times of a standard."""

    times: TimesIn
    calendar: Code
    is_active: bool = True


class StandardOrderIn(Given):
    """The codes in the wanted order; lines that are not named follow in their old order."""

    codes: list[Code] = Field(min_length=1, max_length=500)


class CalendarOut(BaseModel):
    """A calendar with the hours of its newest version; the shape is in docs/rules/business-calendar.md."""

    code: str
    name_zh: str
    name_en: str
    is_default: bool
    version: int
    definition: dict[str, Any]
    changed_at: datetime


class CalendarIn(Given):
    """A calendar as it shall be."""

    name_zh: Name
    name_en: Name
    definition: JsonObject = Field(
        examples=[{"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-fri": {"open": ["09:00-18:00"]}}}]}]
    )
    is_default: bool = False


@router.get("/standards", response=Page[StandardOut], operation_id="list_standards")
def list_standards(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the standards in the order in which they were added; `position` says which is tried first.

    Scope `standards:read`.
    """
    request.actor.require("standards.view")
    return page_of(_standards(), Order("standards"), wish, _standard_out)


@router.post("/standards", response={201: StandardOut}, operation_id="add_standard")
def add_standard(request: ApiRequest, body: StandardIn) -> StandardOut:
    """Add a standard before the last one without conditions, or at the end.

    Scope `standards:write`. Refuses `standards.code_taken`, and `not_found` for a calendar that is not there.
    """
    request.actor.require("standards.edit")
    conditions = Conditions(
        tier=body.conditions.tier,
        channel=body.conditions.channel,
        case_class=body.conditions.case_class.value if body.conditions.case_class else "",
        category=body.conditions.category,
        region_code=body.conditions.region_code,
    )
    version = actions.add_standard(
        code=body.code,
        name_zh=body.name_zh,
        name_en=body.name_en,
        conditions=conditions,
        times=_times(body.times),
        calendar=_calendar(body.calendar),
        by=request.actor,
        at=now(),
    )
    return _standard_out(_standards().get(pk=version.standard_id))


@router.post("/standards/order", response=list[StandardOut], operation_id="reorder_standards")
def reorder_standards(request: ApiRequest, body: StandardOrderIn) -> list[StandardOut]:
    """Put the standards in this order and return them in it; the first that fits a request is taken.

    Scope `standards:write`. Refuses `not_found` when a code is not there.
    """
    request.actor.require("standards.edit")
    ids = dict(Standard.objects.filter(code__in=body.codes).values_list("code", "pk"))
    if missing := [code for code in body.codes if code not in ids]:
        raise NotFound(codes=", ".join(missing))
    wanted = list(dict.fromkeys(ids[code] for code in body.codes))
    actions.reorder_standards(standard_ids=wanted, by=request.actor, at=now())
    return [_standard_out(row) for row in _standards().order_by("position", "id")]


@router.post("/standards/{code}/versions", response={201: StandardOut}, operation_id="change_standard")
def change_standard(request: ApiRequest, code: Path[Code], body: StandardVersionIn) -> StandardOut:
    """Give a standard new times from now on; open cases keep the version they have.

    Scope `standards:write`. Refuses `not_found`.
    """
    request.actor.require("standards.edit")
    standard = Standard.objects.filter(code=code).first()
    if standard is None:
        raise NotFound
    actions.change_standard(
        standard=standard,
        times=_times(body.times),
        calendar=_calendar(body.calendar),
        is_active=body.is_active,
        by=request.actor,
        at=now(),
    )
    return _standard_out(_standards().get(pk=standard.pk))


@router.get("/calendars", response=Page[CalendarOut], operation_id="list_calendars")
def list_calendars(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the business calendars with their hours. Scope `standards:read`."""
    request.actor.require("standards.view")
    return page_of(_calendars(), Order("calendars"), wish, _calendar_out)


@router.put("/calendars/{code}", response=CalendarOut, operation_id="save_calendar")
def save_calendar(request: ApiRequest, code: Path[Code], body: CalendarIn) -> CalendarOut:
    """Add a calendar, or give it new hours from now on, as its next version; promises already given stay.

    Scope `standards:write`. Refuses hours, days and zones that cannot be, each with what is wrong.
    """
    request.actor.require("standards.edit")
    version = actions.save_calendar(
        code=code,
        name_zh=body.name_zh,
        name_en=body.name_en,
        definition=body.definition,
        is_default=body.is_default,
        by=request.actor,
        at=now(),
    )
    return _calendar_out(_calendars().get(pk=version.calendar_id))


def _times(times: TimesIn) -> StandardTimes:
    return StandardTimes(
        first_response_minutes=times.first_response_minutes,
        next_answer_minutes=times.next_answer_minutes,
        next_update_minutes=times.next_update_minutes,
        resolution_minutes=times.resolution_minutes,
        warning_share=Decimal(times.warning_percent) / 100,
        call_back_minutes=times.call_back_minutes,
        visit_minutes=times.visit_minutes,
        parts_minutes=times.parts_minutes,
        task_minutes=times.task_minutes,
        pausing_kinds=tuple(dict.fromkeys(times.pausing_kinds)),
        replacement_limit=times.replacement_limit,
    )


def _calendar(code: str) -> Calendar:
    calendar = Calendar.objects.filter(code=code).first()
    if calendar is None:
        raise NotFound
    return calendar


def _standards() -> Any:
    newest = StandardVersion.objects.select_related("calendar").order_by("standard_id", "-number")
    versions = Prefetch("versions", queryset=newest.distinct("standard_id"), to_attr="newest")
    return Standard.objects.filter(versions__number=1).prefetch_related(versions)


def _calendars() -> Any:
    newest = CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id")
    versions = Prefetch("versions", queryset=newest, to_attr="newest")
    return Calendar.objects.filter(versions__number=1).prefetch_related(versions)


def _standard_out(row: Any) -> StandardOut:
    version = row.newest[0]
    return StandardOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        position=row.position,
        is_active=row.is_active,
        conditions=ConditionsOut(
            tier=row.tier,
            channel=row.channel,
            case_class=row.case_class,
            category=row.category,
            region_code=row.region_code,
        ),
        version=version.number,
        calendar=version.calendar.code,
        times=TimesOut(
            first_response_minutes=version.first_response_minutes,
            next_answer_minutes=version.next_answer_minutes,
            next_update_minutes=version.next_update_minutes,
            resolution_minutes=version.resolution_minutes,
            call_back_minutes=version.call_back_minutes,
            visit_minutes=version.visit_minutes,
            parts_minutes=version.parts_minutes,
            task_minutes=version.task_minutes,
            pausing_kinds=version.pausing_kinds,
            replacement_limit=version.replacement_limit,
            warning_share=version.warning_share,
        ),
        changed_at=version.created_at,
    )


def _calendar_out(row: Any) -> CalendarOut:
    version = row.newest[0]
    return CalendarOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        is_default=row.is_default,
        version=version.number,
        definition=version.definition,
        changed_at=version.created_at,
    )
