"""The house for other programs: who works where, whether they can be given work now, the views they keep of lists."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.access.roles import Role
from yinuo.foundation.api import Code, Given, Id, Order, Page, PageWish, Unset, bounded, page_of
from yinuo.foundation.bilingual import Named
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound

from .actions import change_presence, remove_view, rename_view, save_view, share_view
from .models import Department, Presence, Region, SavedView, Staff, Team, TeamMembership

router = Router(tags=["organisation"])


class NamedOut(BaseModel):
    """Something with a stable code and a name in both languages."""

    id: int
    code: str
    name_zh: str
    name_en: str


class DepartmentOut(NamedOut):
    """A department; departments form a tree."""

    parent: str | None = Field(description="Code of the department above.")


class TeamOut(NamedOut):
    """People who work one queue together."""

    department: str
    region: str | None
    is_fallback: bool = Field(description="It gets what no other team has.")
    is_coordination: bool = Field(description="It decides who owns a case that went to and fro.")


class StaffOut(BaseModel):
    """A member of staff."""

    id: int
    name: str
    title: str
    department: str
    region: str | None
    teams: list[str] = Field(description="Codes.")
    level: int
    languages: list[str]
    capacity: int = Field(description="Running cases at a time.")
    presence: Presence
    presence_since: datetime | None
    left_at: datetime | None


class MeOut(BaseModel):
    """Who the token acts as, and what it may do."""

    account_id: int
    name: str
    roles: list[Role]
    scopes: list[str] = Field(description="Of the token; both it and a role must allow what is done.")
    expires_at: datetime | None


class PresenceIn(Given):
    """Whether you take work now."""

    presence: Presence


class PresenceOut(BaseModel):
    """Whether somebody takes work, and since when they say so."""

    presence: Presence
    presence_since: datetime | None


class StaffFilters(BaseModel):
    """Which staff are wanted; what is left out lets everything pass."""

    team: Code | Unset = None
    department: Code | Unset = None
    presence: Presence | Unset = None
    has_left: bool = Field(False, description="Those who left instead of those who work here.")


class ViewOut(BaseModel):
    """A list as somebody keeps it."""

    id: int
    place: str = Field(description="Which list: queue, cases, customers.")
    name: str
    query: str = Field(description="What stands behind the ? of the list's address.")
    owner_id: int
    team: str | None = Field(description="Code of the team whose members have it too.")
    saved_at: datetime


class ViewIn(Given):
    """A view to be kept."""

    place: bounded(40, shortest=1)
    name: bounded(60, shortest=1)
    query: bounded(2000) = ""


class ViewChange(Given):
    """What is to be otherwise; what is left out stays. `team` null: for its owner alone."""

    name: bounded(60, shortest=1) | Unset = None
    query: bounded(2000) | Unset = None
    team: Code | None = None


class ViewFilters(BaseModel):
    """Which views are wanted."""

    place: Code | Unset = None


@router.get("/me", response=MeOut, operation_id="who_am_i")
def who_am_i(request: ApiRequest) -> MeOut:
    """Return who the token acts as. Needs no scope."""
    return MeOut(
        account_id=request.token.account_id,
        name=request.actor.name,
        roles=sorted(request.actor.roles),
        scopes=request.token.scopes,
        expires_at=request.token.expires_at,
    )


@router.put("/me/presence", response=PresenceOut, operation_id="change_own_presence")
def change_own_presence(request: ApiRequest, body: PresenceIn) -> PresenceOut:
    """Say whether you take work now; only saying so changes it.

    Scope `organisation:write`. Refuses `not_found` for an account that is no member of staff.
    """
    request.actor.require("organisation.presence")
    staff = Staff.objects.filter(pk=request.actor.staff_id).first()
    if staff is None:
        raise NotFound
    changed = change_presence(staff=staff, presence=body.presence.value, by=request.actor, at=now())
    return PresenceOut(presence=changed.presence, presence_since=changed.presence_since)


@router.get("/regions", response=Page[NamedOut], operation_id="list_regions")
def list_regions(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the regions. Scope `organisation:read`."""
    request.actor.require("organisation.view")
    return page_of(Region.objects.order_by("id"), Order("regions"), wish, lambda row: NamedOut(**_named(row)))


@router.get("/departments", response=Page[DepartmentOut], operation_id="list_departments")
def list_departments(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the departments with the one above each. Scope `organisation:read`."""
    request.actor.require("organisation.view")
    rows = Department.objects.select_related("parent")
    return page_of(rows, Order("departments"), wish, _department_out)


@router.get("/teams", response=Page[TeamOut], operation_id="list_teams")
def list_teams(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the teams. Scope `organisation:read`."""
    request.actor.require("organisation.view")
    rows = Team.objects.select_related("department", "region")
    return page_of(rows, Order("teams"), wish, _team_out)


@router.get("/staff", response=Page[StaffOut], operation_id="list_staff")
def list_staff(request: ApiRequest, filters: Query[StaffFilters], wish: Query[PageWish]) -> dict[str, Any]:
    """List the staff with their teams and presence. Scope `organisation:read`."""
    request.actor.require("organisation.view")
    memberships = Prefetch("memberships", queryset=TeamMembership.objects.select_related("team").order_by("team_id"))
    rows = Staff.objects.select_related("department", "region").prefetch_related(memberships)
    conditions = {
        "department__code": filters.department,
        "presence": filters.presence,
        "pk__in": _staff_of(filters.team) if filters.team else None,
    }
    rows = rows.filter(left_at__isnull=not filters.has_left)
    rows = rows.filter(**{name: value for name, value in conditions.items() if value is not None})
    return page_of(rows, Order("staff"), wish, _staff_out)


@router.get("/views", response=Page[ViewOut], operation_id="list_views")
def list_views(request: ApiRequest, filters: Query[ViewFilters], wish: Query[PageWish]) -> dict[str, Any]:
    """List your own saved views and those of your teams. Scope `organisation:read`."""
    request.actor.require("organisation.view")
    rows = SavedView.objects.visible_to(request.actor).select_related("team")
    if filters.place:
        rows = rows.filter(place=filters.place)
    return page_of(rows, Order("views"), wish, _view_out)


@router.post("/views", response={201: ViewOut}, operation_id="save_view")
def add_view(request: ApiRequest, body: ViewIn) -> Status[ViewOut]:
    """Keep a list's query under a name. Scope `organisation:write`. Refuses `organisation.view_name_taken`."""
    view = save_view(place=body.place, name=body.name, query=body.query, by=request.actor, at=now())
    return Status(201, _view_out(view))


@router.patch("/views/{view_id}", response=ViewOut, operation_id="change_view")
@transaction.atomic
def change_view(request: ApiRequest, view_id: Id, body: ViewChange) -> ViewOut:
    """Rename a view, let it stand for another query, share it with a team you lead. Scope `organisation:write`.

    Refuses `organisation.view_name_taken`, `organisation.not_your_team`.
    """
    view, given = _view(request, view_id), body.model_dump(exclude_unset=True)
    wish: dict[str, Any] = {"by": request.actor, "at": now()}
    if "name" in given:
        view = rename_view(view=view, name=given["name"], **wish)
    if "query" in given:
        view = save_view(place=view.place, query=given["query"], view=view, **wish)
    if "team" in given:
        view = share_view(view=view, team=_team(given["team"]), **wish)
    return _view_out(view)


@router.delete("/views/{view_id}", response={204: None}, operation_id="remove_view")
def delete_view(request: ApiRequest, view_id: Id) -> Status[None]:
    """Forget a saved view; the rows it listed are untouched. Scope `organisation:write`."""
    remove_view(view=_view(request, view_id), by=request.actor, at=now())
    return Status(204, None)


def _view(request: ApiRequest, view_id: int) -> SavedView:
    view = SavedView.objects.visible_to(request.actor).select_related("team").filter(pk=view_id).first()
    if view is None:
        raise NotFound
    return view


def _team(code: str | None) -> Team | None:
    if code is None:
        return None
    team = Team.objects.filter(code=code).first()
    if team is None:
        raise NotFound
    return team


def _view_out(view: SavedView) -> ViewOut:
    return ViewOut(
        id=view.pk,
        place=view.place,
        name=view.name,
        query=view.query,
        owner_id=view.owner_id,
        team=view.team.code if view.team else None,
        saved_at=view.saved_at,
    )


def _staff_of(team: str) -> Any:
    return TeamMembership.objects.filter(team__code=team).values("staff_id")


def _named(row: Named) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name_zh": row.name_zh, "name_en": row.name_en}


def _department_out(row: Department) -> DepartmentOut:
    return DepartmentOut(**_named(row), parent=row.parent.code if row.parent else None)


def _team_out(row: Team) -> TeamOut:
    region = row.region.code if row.region else None
    return TeamOut(
        **_named(row),
        department=row.department.code,
        region=region,
        is_fallback=row.is_fallback,
        is_coordination=row.is_coordination,
    )


def _staff_out(row: Staff) -> StaffOut:
    return StaffOut(
        id=row.pk,
        name=row.name,
        title=row.title,
        department=row.department.code,
        region=row.region.code if row.region else None,
        teams=[membership.team.code for membership in row.memberships.all()],
        level=row.level,
        languages=row.languages,
        capacity=row.capacity,
        presence=row.presence,
        presence_since=row.presence_since,
        left_at=row.left_at,
    )
