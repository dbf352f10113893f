"""How each team closes and reopens cases: one line for each team."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.actions import save_closing_rule
from yinuo.cases.models import ClosingRule, ReopenOwner, ReopenRule
from yinuo.cases.rules import USUAL_CLOSING
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Team

from .doors import done, settings_page, show


class ClosingForm(forms.Form):
    """How long a solved case waits for the customer's word, and whose it is when it starts again."""

    reopening = forms.ChoiceField(
        label=gettext_lazy("A solved case waits for the customer's word"),
        choices=ReopenRule.choices,
        help_text=gettext_lazy("While it waits, their message takes it up again. Afterwards it begins a new case."),
    )
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=365)
    owner = forms.ChoiceField(label=gettext_lazy("When it starts again, it belongs to"), choices=ReopenOwner.choices)


@settings_page("cases.edit_rules", "GET")
def closing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the rule of every team."""
    return _page(request, actor)


@settings_page("cases.edit_rules", "POST")
def team_closing(request: HttpRequest, actor: Actor, team_id: int) -> HttpResponse:
    """Change the rule of one team."""
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound
    form = ClosingForm(request.POST, auto_id=f"team-{team.pk}-%s")
    if not form.is_valid():
        return _page(request, actor, refused=(team.pk, form))
    save_closing_rule(team=team, **form.cleaned_data, by=actor, at=now())
    return done(request, _("The rule of “%(name)s” is saved.") % {"name": team.name}, "settings_closing")


def _page(request: HttpRequest, actor: Actor, *, refused: tuple[int, ClosingForm] | None = None) -> HttpResponse:
    rows = ClosingRule.objects.in_bulk()
    lines = []
    for team in Team.objects.order_by("code"):
        form = refused[1] if refused and refused[0] == team.pk else _form(team, rows.get(team.pk))
        lines.append((team, form))
    return show(request, actor, "closing", {"lines": lines}, here="closing", status=422 if refused else 200)


def _form(team: Team, row: ClosingRule | None) -> ClosingForm:
    initial: dict[str, Any] = {
        "reopening": row.reopening if row else USUAL_CLOSING.reopening,
        "days": row.days if row else USUAL_CLOSING.window.days,
        "owner": row.owner if row else USUAL_CLOSING.owner,
    }
    return ClosingForm(initial=initial, auto_id=f"team-{team.pk}-%s")
