"""Keeping a list as a view, and what may be done with it: rename, share, move, let it stand for something else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation import actions
from yinuo.organisation.models import SavedView, Team

from .lists import list_address


@desk_page("POST")
def create_view(request: HttpRequest, actor: Actor, place: str) -> HttpResponseRedirect:
    """Keep the list under a name and open it as that view."""
    query = request.POST.get("query", "")
    back = list_address(place, query)
    try:
        view = actions.save_view(place=place, name=request.POST.get("name", ""), query=query, by=actor, at=now())
    except Refusal as refusal:
        return _said(request, refusal, back)
    messages.success(request, _("The view is saved."))
    return _opened(view)


@desk_page("POST")
def change_query(request: HttpRequest, actor: Actor, view_id: int) -> HttpResponseRedirect:
    """Let a view stand for what its list shows now."""
    view = _view(actor, view_id)
    query = request.POST.get("query", "")
    actions.save_view(place=view.place, query=query, view=view, by=actor, at=now())
    messages.success(request, _("The view is saved."))
    return _opened(_view(actor, view_id))


@desk_page("POST")
def change_name(request: HttpRequest, actor: Actor, view_id: int) -> HttpResponseRedirect:
    """Call a view otherwise."""
    view = _view(actor, view_id)
    try:
        actions.rename_view(view=view, name=request.POST.get("name", ""), by=actor, at=now())
    except Refusal as refusal:
        return _said(request, refusal, list_address(view.place, view.query, view.pk))
    return _opened(view)


@desk_page("POST")
def change_team(request: HttpRequest, actor: Actor, view_id: int) -> HttpResponseRedirect:
    """Share a view with a team, or with nobody."""
    view, given = _view(actor, view_id), request.POST.get("team", "")
    team = Team.objects.filter(pk=int(given)).first() if given.isdecimal() else None
    if given and team is None:
        raise NotFound
    actions.share_view(view=view, team=team, by=actor, at=now())
    messages.success(request, _("Your team has this view now.") if team else _("Only you have this view now."))
    return _opened(view)


@desk_page("POST")
def change_place(request: HttpRequest, actor: Actor, view_id: int) -> HttpResponseRedirect:
    """Move a view one place to the front or back."""
    view = _view(actor, view_id)
    actions.move_view(view=view, is_up=request.POST.get("direction") == "up", by=actor, at=now())
    return _opened(view)


@desk_page("POST")
def remove(request: HttpRequest, actor: Actor, view_id: int) -> HttpResponseRedirect:
    """Forget a view and show its list."""
    view = _view(actor, view_id)
    actions.remove_view(view=view, by=actor, at=now())
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(list_address(view.place, ""))


def _view(actor: Actor, view_id: int) -> SavedView:
    view = SavedView.objects.visible_to(actor).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    return view


def _opened(view: SavedView) -> HttpResponseRedirect:
    return HttpResponseRedirect(list_address(view.place, view.query, view.pk))


def _said(request: HttpRequest, refusal: Refusal, back: str) -> HttpResponseRedirect:
    """Say on the list itself why it was not done; what it showed is in its address."""
    if refusal.status in {403, 404}:
        raise refusal
    messages.warning(request, refusal.sentence())
    return HttpResponseRedirect(back)
