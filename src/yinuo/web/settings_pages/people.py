"""The people who work here: finding, adding, changing, leaving; their roles, teams and skills."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.actions import grant_role, revoke_role
from yinuo.access.actors import Actor
from yinuo.access.models import RoleGrant
from yinuo.access.roles import Role
from yinuo.cases.models import Case
from yinuo.customers.models import Tier
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation import actions
from yinuo.organisation.models import Department, Region, Staff, Team

from .doors import done, put_refusal, refused, settings_page, show
from .people_forms import (
    GrantForm,
    MembershipForm,
    NewPersonForm,
    PersonForm,
    SearchForm,
    SkillsForm,
    details_initial,
)

_PAGE = 50
_FIELDS = {"access.username_taken": "username", "access.mail_address_taken": "email"}


class LastAdministrator(Refusal):
    """Without this role nobody could give it to anybody again."""

    code = "web.last_administrator"

    def sentence(self) -> str:
        return _("This is the only administrator without limits. Give somebody else this role first.")


class LeavingOneself(Refusal):
    """Whoever leaves by their own click could never click again."""

    code = "web.leaving_oneself"

    def sentence(self) -> str:
        return _("You cannot end your own account. Ask another administrator to do it.")


@dataclass(frozen=True)
class ShownGrant:
    """A role with its limits in words."""

    id: int
    role: str
    limits: list[str]


@settings_page("organisation.edit", "GET", "POST")
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the staff, found by name, team and role; POST adds somebody."""
    if request.method == "POST":
        return _add(request, actor)
    form = SearchForm(request.GET)
    rows = _found(actor, form)
    page = list(_after(rows, request.GET.get("after", ""))[: _PAGE + 1])
    query = request.GET.copy()
    if len(page) > _PAGE:
        query["after"] = f"{page[_PAGE - 1].pk},{page[_PAGE - 1].name}"
    context = {
        "form": form,
        "people": page[:_PAGE],
        "older_url": f"{reverse('settings_people')}?{query.urlencode()}" if len(page) > _PAGE else "",
        "first_url": reverse("settings_people") if request.GET.get("after") else "",
    }
    return show(request, actor, "people", context, here="people")


@settings_page("organisation.edit", "GET")
def new_person(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the empty form."""
    return show(request, actor, "new_person", {"form": NewPersonForm()}, here="people")


@settings_page("organisation.edit", "GET", "POST")
def person(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Show somebody; POST changes what we know of them."""
    row = _person(actor, staff_id)
    if request.method == "GET":
        return _person_page(request, actor, row)
    form = PersonForm(request.POST)

    def act() -> None:
        actions.change_staff(staff=row, details=form.details(), by=actor, at=now())

    return _acted(request, actor, row, "form", form, act, _("Saved."))


@settings_page("organisation.edit", "POST")
def person_skills(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Say what somebody can do."""
    row = _person(actor, staff_id)
    form = SkillsForm(request.POST, staff=row)

    def act() -> None:
        actions.set_skills(staff=row, levels=form.levels(), by=actor, at=now())

    return _acted(request, actor, row, "skills_form", form, act, _("The skills are saved."))


@settings_page("organisation.edit", "POST")
def person_teams(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Put somebody into a team."""
    row = _person(actor, staff_id)
    form = MembershipForm(request.POST)

    def act() -> None:
        values = form.cleaned_data
        actions.join_team(staff=row, team=values["team"], is_leader=values["is_leader"], by=actor, at=now())

    return _acted(request, actor, row, "team_form", form, act, _("The team is saved."))


@settings_page("organisation.edit", "POST")
def person_team_leaving(request: HttpRequest, actor: Actor, staff_id: int, team_id: int) -> HttpResponse:
    """Take somebody out of a team."""
    row = _person(actor, staff_id)
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound
    actions.leave_team(staff=row, team=team, by=actor, at=now())
    said = _("%(name)s is no longer in %(team)s.") % {"name": row.name, "team": team.name}
    return done(request, said, "settings_person", staff_id)


@settings_page("access.administer", "POST")
def person_roles(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Give somebody a role within limits."""
    row = _person(actor, staff_id)
    form = GrantForm(request.POST)

    def act() -> None:
        role = Role(form.cleaned_data["role"])
        grant_role(account=row.account, role=role, **form.scope(), by=actor, at=now())

    return _acted(request, actor, row, "grant_form", form, act, _("The role is given."))


@settings_page("access.administer", "POST")
def person_role_taking(request: HttpRequest, actor: Actor, staff_id: int, grant_id: int) -> HttpResponse:
    """Take a role away; the last administrator keeps theirs."""
    row = _person(actor, staff_id)
    try:
        _take_role(row, grant_id, actor)
    except LastAdministrator as refusal:
        return refused(request, refusal, "settings_person", staff_id)
    return done(request, _("The role is taken away."), "settings_person", staff_id)


@settings_page("organisation.edit", "POST")
def person_leaving(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Let somebody leave; refused while they own open cases."""
    row = _person(actor, staff_id)
    try:
        if row.pk == actor.staff_id:
            raise LeavingOneself
        actions.leave(staff=row, open_case_count=_open_case_count, by=actor, at=now())
    except Refusal as refusal:
        return refused(request, refusal, "settings_person", staff_id)
    return done(request, _("%(name)s has left and can no longer sign in.") % {"name": row.name}, "settings_people")


@settings_page("organisation.edit", "POST")
def person_return(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Bring somebody back who had left."""
    row = actions.return_to_work(staff=_person(actor, staff_id), by=actor, at=now())
    said = _("%(name)s is back. Put them into a team so that they get work.") % {"name": row.name}
    return done(request, said, "settings_person", staff_id)


def _add(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = NewPersonForm(request.POST)
    if form.is_valid():
        try:
            row = _added(form, actor)
        except Refusal as refusal:
            put_refusal(form, refusal, _FIELDS.get(refusal.code))
        else:
            return done(request, _("%(name)s is added.") % {"name": row.name}, "settings_person", row.pk)
    return show(request, actor, "new_person", {"form": form}, here="people", status=422)


@transaction.atomic
def _added(form: NewPersonForm, actor: Actor) -> Staff:
    values, at = form.cleaned_data, now()
    staff = actions.add_staff(
        username=values["username"],
        email=values["email"],
        details=form.details(),
        roles=(),
        password=values["password"] or None,
        by=actor,
        at=at,
    )
    grant_role(account=staff.account, role=Role(values["role"]), **form.scope(), by=actor, at=at)
    for team in values["teams"]:
        actions.join_team(staff=staff, team=team, by=actor, at=at)
    return staff


@transaction.atomic
def _take_role(row: Staff, grant_id: int, actor: Actor) -> None:
    grant = RoleGrant.objects.filter(pk=grant_id, account_id=row.pk).first()
    if grant is None:
        raise NotFound
    unlimited = RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR, department_id=None, region_id=None, tier=None, account__is_active=True
    )
    # Locked, so that two administrators cannot take each other's role at the same moment.
    keepers = list(unlimited.select_for_update().values_list("pk", flat=True))
    if keepers == [grant.pk]:
        raise LastAdministrator
    revoke_role(grant=grant, by=actor, at=now())


def _acted(
    request: HttpRequest,
    actor: Actor,
    row: Staff,
    name: str,
    form: forms.Form,
    act: Callable[[], None],
    said: str,
) -> HttpResponse:
    """Do the act when its form is right; else show the page with what is wrong in that form, called `name`."""
    if form.is_valid():
        try:
            act()
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            return done(request, said, "settings_person", row.pk)
    return _person_page(request, actor, row, status=422, **{name: form})


def _person_page(
    request: HttpRequest, actor: Actor, row: Staff, *, status: int = 200, **given: forms.Form
) -> HttpResponse:
    context: dict[str, Any] = {
        "person": row,
        "form": PersonForm(initial=details_initial(row)),
        "team_form": MembershipForm(),
        "grant_form": GrantForm(),
        "skills_form": SkillsForm(staff=row),
        "memberships": row.memberships.select_related("team").order_by("team__code"),
        "grants": [_shown_grant(grant) for grant in row.account.grants.order_by("pk")],
        "may_administer": actor.may("access.administer"),
    }
    return show(request, actor, "person", context | given, here="people", status=status)


def _person(actor: Actor, staff_id: int) -> Staff:
    row = Staff.objects.visible_to(actor).select_related("account").filter(pk=staff_id).first()
    if row is None:
        raise NotFound
    return row


def _found(actor: Actor, form: SearchForm) -> QuerySet[Staff]:
    form.is_valid()
    values = form.cleaned_data
    rows = Staff.objects.visible_to(actor).filter(left_at__isnull=not values.get("gone"))
    if values.get("q"):
        rows = rows.filter(Q(name__icontains=values["q"]) | Q(account__username__icontains=values["q"]))
    if values.get("team"):
        rows = rows.filter(memberships__team=values["team"])
    if values.get("role"):
        rows = rows.filter(account__grants__role=values["role"]).distinct()
    rows = rows.select_related("account", "department", "region")
    return rows.prefetch_related("memberships__team", "account__grants").order_by("name", "pk")


def _after(rows: QuerySet[Staff], position: str) -> QuerySet[Staff]:
    number, _comma, name = position.partition(",")
    if not number.isdecimal():
        return rows
    return rows.filter(Q(name__gt=name) | Q(name=name, pk__gt=int(number)))


def _shown_grant(grant: RoleGrant) -> ShownGrant:
    limits = []
    if grant.department_id:
        limits.append(str(Department.objects.get(pk=grant.department_id)))
    if grant.region_id:
        limits.append(str(Region.objects.get(pk=grant.region_id)))
    if grant.tier:
        limits.append(str(Tier(grant.tier).label) if grant.tier in Tier.values else grant.tier)
    return ShownGrant(grant.pk, str(Role(grant.role).label), limits)


def _open_case_count(staff_id: int) -> int:
    return Case.objects.open().filter(owner_id=staff_id).count()
