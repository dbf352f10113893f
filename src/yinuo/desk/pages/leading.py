"""What a leader does from the board: gives cases to a colleague, and says somebody's presence for them."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.actions import change_owner
from yinuo.cases.forms import ActForm, NotFilledIn
from yinuo.cases.queries import case_by_reference
from yinuo.desk.queries.boards import boards_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Presence, PresenceReason, Staff

_MOST_CASES = 50


class OwnersForm(ActForm):
    """The new owner of the cases that were marked, and why."""

    owner = forms.IntegerField(min_value=1)
    reason = forms.CharField(max_length=300)


class PresenceForm(ActForm):
    """Somebody's presence as a colleague says it."""

    presence = forms.ChoiceField(
        label=gettext_lazy("Presence"), choices=Presence.choices, widget=forms.RadioSelect, initial=Presence.OFFLINE
    )
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=PresenceReason.choices, widget=forms.RadioSelect)


@desk_page("POST")
def board_owners(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the marked cases a new owner, one by one; those that were refused are told of, the others are done."""
    actor.require("cases.assign")
    back = _board_address(request.POST)
    references = request.POST.getlist("case")[:_MOST_CASES]
    form = OwnersForm(request.POST)
    try:
        values = form.checked()
    except NotFilledIn as refusal:
        messages.warning(request, refusal.sentence())
        return redirect(back)
    if not references:
        messages.warning(request, _("Mark at least one case first."))
        return redirect(back)
    to = _on_boards(actor, values["owner"])
    done = 0
    for reference in references:
        try:
            case = case_by_reference(reference, actor=actor)
            change_owner(case=case, to=to, reason=values["reason"], by=actor, at=now())
            done += 1
        except Refusal as refusal:
            messages.warning(request, f"{reference}: {refusal.sentence()}")
    if done:
        sentence = ngettext("%(name)s now owns %(count)s case.", "%(name)s now owns %(count)s cases more.", done)
        messages.success(request, sentence % {"name": to.name, "count": done})
    return redirect(back)


@desk_page("GET", "POST")
def board_presence(request: HttpRequest, actor: Actor, staff_id: int) -> HttpResponse:
    """Say a colleague's presence for them, such as of somebody who went home and forgot to; it is announced."""
    actor.require("organisation.edit_shifts")
    staff = _on_boards(actor, staff_id)
    back = _board_address(request.GET)
    form = PresenceForm(request.POST or None, initial={"presence": Presence.OFFLINE})
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "staff": staff, "presence": Presence(staff.presence), "board_url": back}
        return render(request, "desk/colleague.html", context, status=422 if request.method == "POST" else 200)
    try:
        change_presence(staff=staff, **form.cleaned_data, by=actor, at=now())
    except Refusal as refusal:
        messages.warning(request, refusal.sentence())
    else:
        word = Presence(form.cleaned_data["presence"]).label
        messages.success(request, _("%(name)s is now: %(presence)s.") % {"name": staff.name, "presence": word})
    return redirect(back)


def _on_boards(actor: Actor, staff_id: int) -> Staff:
    """Return somebody in a team whose board the actor may open. Refuses with NotFound."""
    teams = [team.pk for team in boards_of(actor).teams]
    staff = Staff.objects.visible_to(actor).working().filter(memberships__team__in=teams, pk=staff_id).first()
    if staff is None:
        raise NotFound
    return staff


def _board_address(values: QueryDict) -> str:
    code = values.get("team", "")
    return reverse("board") + (f"?{urlencode({'team': code})}" if code else "")
