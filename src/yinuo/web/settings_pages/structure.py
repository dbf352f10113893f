"""Departments, regions, teams, posts and skills: simple lists, each row added and changed by one form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.foundation.bilingual import Named
from yinuo.foundation.clock import now
from yinuo.foundation.models import Calendar
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation import actions
from yinuo.organisation.models import Department, Post, Region, Skill, Team

from .doors import done, put_refusal, settings_page, show


class NamedForm(forms.Form):
    """A code and a name in each language."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For machines: letters, digits, hyphens.")
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)

    def names(self) -> actions.Names:
        """Return the names as the actions take them."""
        values = self.cleaned_data
        return actions.Names(values["code"], values["name_zh"], values["name_en"])


class DepartmentForm(NamedForm):
    """A department and the one above it."""

    parent = forms.ModelChoiceField(
        Department.objects.order_by("code"), label=gettext_lazy("Department above"), required=False
    )


class PostForm(NamedForm):
    """A post with its duties."""

    department = forms.ModelChoiceField(Department.objects.order_by("code"), label=gettext_lazy("Department"))
    duties = forms.CharField(
        label=gettext_lazy("Duties"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000
    )


class TeamForm(NamedForm):
    """A team: whose it is, when it works."""

    department = forms.ModelChoiceField(Department.objects.order_by("code"), label=gettext_lazy("Department"))
    region = forms.ModelChoiceField(Region.objects.order_by("code"), label=gettext_lazy("Region"), required=False)
    calendar = forms.ModelChoiceField(Calendar.objects.order_by("code"), label=gettext_lazy("Calendar"), required=False)
    is_fallback = forms.BooleanField(label=gettext_lazy("Gets what no other team has"), required=False)
    is_coordination = forms.BooleanField(
        label=gettext_lazy("Coordination centre"),
        required=False,
        help_text=gettext_lazy("Decides who owns a case that went to and fro. Without one, the team above does."),
    )


@dataclass(frozen=True)
class Kind:
    """One kind of row: its table, form and action; `title` heads its list, `add` its empty form."""

    name: str
    model: type[Named]
    form: type[NamedForm]
    save: Callable[..., Named]
    title: Any
    add: Any
    fields: tuple[str, ...] = ()


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "team",
            Team,
            TeamForm,
            actions.save_team,
            gettext_lazy("Teams"),
            gettext_lazy("Add team"),
            ("department", "region", "calendar", "is_fallback", "is_coordination"),
        ),
        Kind(
            "department",
            Department,
            DepartmentForm,
            actions.save_department,
            gettext_lazy("Departments"),
            gettext_lazy("Add department"),
            ("parent",),
        ),
        Kind("region", Region, NamedForm, actions.save_region, gettext_lazy("Regions"), gettext_lazy("Add region")),
        Kind(
            "post",
            Post,
            PostForm,
            actions.save_post,
            gettext_lazy("Posts"),
            gettext_lazy("Add post"),
            ("department", "duties"),
        ),
        Kind("skill", Skill, NamedForm, actions.save_skill, gettext_lazy("Skills"), gettext_lazy("Add skill")),
    )
}


@settings_page("organisation.edit", "GET")
def structure(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show every list."""
    lists = [(kind, [(row, _beside(kind, row)) for row in _rows(kind)]) for kind in KINDS.values()]
    return show(request, actor, "structure", {"lists": lists}, here="structure")


@settings_page("organisation.edit", "GET", "POST")
def new_row(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Show the empty form of a kind; POST adds a row."""
    kind = _kind(name)
    if request.method == "GET":
        return _form_page(request, actor, kind, kind.form(), None)
    return _save(request, actor, kind, None)


@settings_page("organisation.edit", "GET", "POST")
def row(request: HttpRequest, actor: Actor, name: str, row_id: int) -> HttpResponse:
    """Show one row; POST changes it."""
    kind = _kind(name)
    found = kind.model._default_manager.filter(pk=row_id).first()  # noqa: SLF001 - Django's own name for it
    if found is None:
        raise NotFound
    if request.method == "POST":
        return _save(request, actor, kind, found)
    names = ("code", "name_zh", "name_en", *kind.fields)
    return _form_page(request, actor, kind, kind.form(initial={one: getattr(found, one) for one in names}), found)


def _save(request: HttpRequest, actor: Actor, kind: Kind, found: Named | None) -> HttpResponse:
    form = kind.form(request.POST)
    if form.is_valid():
        values = {one: form.cleaned_data[one] for one in kind.fields}
        try:
            saved = kind.save(**{kind.name: found}, names=form.names(), **values, by=actor, at=now())
        except actions.DepartmentInCircle as refusal:
            put_refusal(form, refusal, "parent")
        except actions.FallbackTeamNeeded as refusal:
            put_refusal(form, refusal, "is_fallback")
        except Refusal as refusal:
            put_refusal(form, refusal, "code")
        else:
            return done(request, _("%(name)s is saved.") % {"name": saved.name}, "settings_structure")
    return _form_page(request, actor, kind, form, found, status=422)


def _form_page(
    request: HttpRequest, actor: Actor, kind: Kind, form: NamedForm, found: Named | None, *, status: int = 200
) -> HttpResponse:
    context = {"kind": kind, "form": form, "row": found}
    return show(request, actor, "structure_row", context, here="structure", status=status)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound
    return KINDS[name]


def _rows(kind: Kind) -> list[Named]:
    related = [one for one in kind.fields if one in ("department", "region", "calendar", "parent")]
    return list(kind.model._default_manager.select_related(*related).order_by("code"))  # noqa: SLF001 - as above


def _beside(kind: Kind, row: Named) -> str:
    """Return what stands beside a row's name: where it belongs."""
    above = [getattr(row, one) for one in kind.fields if one in ("department", "region", "calendar", "parent")]
    return " · ".join(str(one) for one in above if one is not None)
