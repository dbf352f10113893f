"""Reading cases: the list, one case, its messages, its promises, its time line."""

from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from ninja import Path, Query
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.cases.models import Case, CaseState, Channel
from yinuo.cases.queries import case_by_reference
from yinuo.customers.models import Tier
from yinuo.foundation.api import Code, Id, Instant, Order, Page, PageWish, Unset, page_of
from yinuo.foundation.models import FactRow
from yinuo.standards.models import CaseClass

from .router import router
from .shapes import (
    CaseFactOut,
    CaseOut,
    EscalationOut,
    MessageOut,
    PromiseOut,
    Reference,
    case_fact_out,
    case_out,
    case_rows,
    escalation_out,
    message_out,
    message_rows,
    promise_out,
)


class CaseOrder(StrEnum):
    """`newest` and `oldest` by opening; `due` by the promise that falls due first, open cases only."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


_ORDERS = {
    CaseOrder.NEWEST: Order("cases-newest", "opened_at", is_falling=True),
    CaseOrder.OLDEST: Order("cases-oldest", "opened_at"),
    CaseOrder.DUE: Order("cases-due", "next_due_at"),
}
_BY_MESSAGE = Order("messages")
_BY_PROMISE = Order("promises")
_BY_ESCALATION = Order("escalations")
_BY_FACT = Order("case-facts")


class CaseFilters(BaseModel):
    """Which cases are wanted; what is left out lets everything pass."""

    state: CaseState | Unset = None
    owner_id: Id | Unset = None
    customer_id: Id | Unset = None
    team: Code | Unset = Field(None, description="Code of the team.")
    channel: Channel | Unset = None
    case_class: CaseClass | Unset = None
    tier: Tier | Unset = None
    opened_from: Instant | Unset = Field(None, description="Opened at or after.")
    opened_before: Instant | Unset = None
    updated_from: Instant | Unset = Field(None, description="With a message at or after, notes left out.")
    due_before: Instant | Unset = Field(None, description="Open, with a promise that falls due before.")
    order: CaseOrder = CaseOrder.NEWEST


@router.get("", response=Page[CaseOut], operation_id="list_cases")
def list_cases(request: ApiRequest, filters: Query[CaseFilters], wish: Query[PageWish]) -> dict[str, Any]:
    """List the cases the token may see, page by page.

    Scope `cases:read`. Cases outside the account's department, region or tier are left out, not refused.
    Refuses `api.bad_cursor` when `after` comes from another list or order.
    """
    request.actor.require("cases.view")
    rows = _filtered(case_rows(request.actor), filters)
    return page_of(rows, _ORDERS[filters.order], wish, lambda case: case_out(case, request.actor))


@router.get("/{reference}", response=CaseOut, operation_id="get_case")
def get_case(request: ApiRequest, reference: Path[Reference]) -> CaseOut:
    """Return one case by its number.

    Scope `cases:read`. Refuses `not_found` also for a case that is not the caller's to see.
    """
    return case_out(visible_case(request, reference), request.actor)


@router.get("/{reference}/messages", response=Page[MessageOut], operation_id="list_messages")
def list_messages(request: ApiRequest, reference: Path[Reference], wish: Query[PageWish]) -> dict[str, Any]:
    """List what was said in a case, in the order in which it was stored, with its files.

    Scope `cases:read`. Internal notes are among them: do not show `kind: note` to customers.
    """
    return page_of(message_rows(visible_case(request, reference)), _BY_MESSAGE, wish, message_out)


@router.get("/{reference}/promises", response=Page[PromiseOut], operation_id="list_promises")
def list_promises(request: ApiRequest, reference: Path[Reference], wish: Query[PageWish]) -> dict[str, Any]:
    """List every time that was promised on a case, live and ended, in the order in which they were given.

    Scope `cases:read`.
    """
    return page_of(visible_case(request, reference).promises.all(), _BY_PROMISE, wish, promise_out)


@router.get("/{reference}/escalations", response=Page[EscalationOut], operation_id="list_escalations")
def list_escalations(request: ApiRequest, reference: Path[Reference], wish: Query[PageWish]) -> dict[str, Any]:
    """List the rungs that the promises of a case have reached, with who is told, in the order of their planning.

    Scope `cases:read`. Rungs that are still to come are not listed.
    """
    reached = visible_case(request, reference).escalations.filter(reached_at__isnull=False)
    rows = reached.select_related("rung").prefetch_related("tellings")
    return page_of(rows, _BY_ESCALATION, wish, escalation_out)


@router.get("/{reference}/facts", response=Page[CaseFactOut], operation_id="list_case_facts")
def list_case_facts(request: ApiRequest, reference: Path[Reference], wish: Query[PageWish]) -> dict[str, Any]:
    """List what happened to a case: opened, promised, kept, broken, handed over, closed.

    Scope `cases:read`. Facts hold ids and codes, no text of people.
    """
    case = visible_case(request, reference)
    return page_of(FactRow.objects.filter(case_id=case.pk), _BY_FACT, wish, case_fact_out)


def visible_case(request: ApiRequest, reference: str) -> Case:
    """Return the case with this number if the caller may know of it. Refuses with NotAllowed, NotFound."""
    request.actor.require("cases.view")
    return case_by_reference(reference, actor=request.actor)


def _filtered(rows: QuerySet[Case], filters: CaseFilters) -> QuerySet[Case]:
    conditions = {
        "state": filters.state,
        "owner_id": filters.owner_id,
        "customer_id": filters.customer_id,
        "team__code": filters.team,
        "channel": filters.channel,
        "case_class": filters.case_class,
        "tier": filters.tier,
        "opened_at__gte": filters.opened_from,
        "opened_at__lt": filters.opened_before,
        "last_message_at__gte": filters.updated_from,
        "next_due_at__lt": filters.due_before,
    }
    if filters.order is CaseOrder.DUE or filters.due_before:
        # Said in the words of the partial index.
        rows = rows.filter(state=CaseState.OPEN, next_due_at__isnull=False)
    return rows.filter(**{name: value for name, value in conditions.items() if value is not None})
