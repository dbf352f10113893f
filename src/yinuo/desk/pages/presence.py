"""The switch in the top bar by which somebody says whether they take work now. Nothing else changes it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Presence, Staff


@dataclass(frozen=True)
class PresenceShown:
    """Somebody's own presence with what they may choose from."""

    staff_id: int
    state: str
    label: str
    since: datetime | None
    choices: list[tuple[str, str, str]]


def own_presence(actor: Actor) -> PresenceShown | None:
    """Return what the switch of this person shows; None for those who say none. One statement."""
    if not actor.may("organisation.presence"):
        return None
    row = Staff.objects.filter(pk=actor.staff_id, left_at=None).values_list("presence", "presence_since").first()
    if row is None or actor.staff_id is None:
        return None
    state, since = row
    return PresenceShown(actor.staff_id, state, str(Presence(state).label), since, presence_choices())


def presence_choices() -> list[tuple[str, str, str]]:
    """Return every presence with its word and what it means for the choice of an owner."""
    meanings = {
        Presence.AVAILABLE: _("New cases come to you."),
        Presence.BUSY: _("You are here; new cases go to others."),
        Presence.AWAY: _("Back soon; new cases go to others."),
        Presence.OFFLINE: _("Done for today; new cases go to others."),
    }
    return [(state.value, str(state.label), meanings[state]) for state in Presence]


@desk_page("GET", "POST")
def presence(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say whether one takes work now, or return the switch as it stands, for the page to refresh itself."""
    actor.require("organisation.presence")
    refusal = _change(request, actor) if request.method == "POST" else None
    if refusal and wants_piece(request):
        raise refusal
    if request.method == "GET" or wants_piece(request):
        return render(request, "desk/_presence.html", {"own_presence": own_presence(actor)})
    if refusal:
        messages.warning(request, refusal.sentence())
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, request.get_host()) else "workbench")


def _change(request: HttpRequest, actor: Actor) -> Refusal | None:
    staff = Staff.objects.filter(pk=actor.staff_id).first()
    if staff is None:
        raise NotFound
    try:
        change_presence(staff=staff, presence=request.POST.get("presence", ""), by=actor, at=now())
    except Refusal as refusal:
        return refusal
    return None
