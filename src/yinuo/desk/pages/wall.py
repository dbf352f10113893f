"""The wall: how teams stand, on a screen that nobody touches and that is read from five metres.

It says no customer's name, subject or address: a case is its number and its owner. Whoever is signed in sees the walls
of their boards; a screen of its own has a link that shows its teams and nothing else.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after
from yinuo.desk.actions import hang_up_wall, mark_wall_seen, take_down_wall
from yinuo.desk.actions.walls import WallNotFilledIn
from yinuo.desk.models import WallLink, WallTheme
from yinuo.desk.queries.boards import boards_of, teams_to_share, wall_of_token, walls_of
from yinuo.desk.queries.standing import Standing, people_of, standing
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.models import Presence, Team

from .words import percent_of

_WALL = Actor.system("wall")
_PROMISE_COUNT = 5
_PEOPLE_COUNT = 24
_HOURS_SHOWN = 100


@desk_page("GET")
def wall(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the wall of the teams in the address, one after the other; without any, of the board seen first."""
    teams = _asked(request, actor)
    if not teams:
        raise NotFound
    first = _piece(teams[0], actor)
    return _page(request, teams, first, piece_url=reverse("wall_piece"), topics="queue,presence,promises")


@desk_page("GET")
def wall_piece(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return what moves on the wall of one team."""
    (team,) = _asked(request, actor)[:1] or (None,)
    if team is None:
        raise NotFound
    return render(request, "desk/_wall.html", _piece(team, actor))


@require_GET
def wall_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the wall of a link; whoever has it needs no account."""
    link = wall_of_token(token)
    teams = list(link.teams.order_by("code"))
    mark_wall_seen(wall=link, at=now())
    with translation.override(link.language):
        piece = _piece(teams[0], _WALL)
        address = reverse("wall_link_piece", args=[token])
        return _page(request, teams, piece, piece_url=address, topics=f"wall-{token}", theme=link.theme)


@require_GET
def wall_piece_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Return what moves on the wall of a link, for one of its teams; the first when none is named."""
    link = wall_of_token(token)
    mark_wall_seen(wall=link, at=now())
    code = request.GET.get("team", "")
    teams = link.teams.order_by("code")
    team = (teams.filter(code=code) if code else teams).first()
    if team is None:
        raise NotFound
    with translation.override(link.language):
        response = render(request, "desk/_wall.html", _piece(team, _WALL))
    add_never_cache_headers(response)
    return response


class WallForm(forms.Form):
    """A wall to hang up."""

    name = forms.CharField(
        label=gettext_lazy("Where it hangs"), max_length=120, help_text=gettext_lazy("Such as: hall, beside the door")
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams, shown one after the other"),
        queryset=Team.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=gettext_lazy("Appearance"), choices=WallTheme.choices)

    def __init__(self, *args: Any, known: Sequence[Team], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["teams"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in known]).order_by("code")


@desk_page("GET", "POST")
def walls(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the walls that hang, and hang up another; its address is shown this once."""
    actor.require("desk.share_wall")
    known = teams_to_share(actor)
    if request.method == "GET":
        form = WallForm(known=known, initial={"language": translation.get_language(), "theme": WallTheme.SYSTEM})
        return _walls(request, actor, form)
    form = WallForm(request.POST, known=known)
    if not form.is_valid():
        return _walls(request, actor, form, status=422)
    try:
        row, token = hang_up_wall(
            **{**form.cleaned_data, "teams": list(form.cleaned_data["teams"])}, by=actor, at=now()
        )
    except WallNotFilledIn as refusal:
        form.add_error(None, refusal.sentence())
        return _walls(request, actor, form, status=refusal.status)
    address = request.build_absolute_uri(reverse("wall_link", args=[token]))
    return _walls(request, actor, WallForm(known=known), fresh=(row.name, address), status=201)


@desk_page("POST")
def wall_taking_down(request: HttpRequest, actor: Actor, wall_id: int) -> HttpResponse:
    """Make a wall's link useless."""
    actor.require("desk.share_wall")
    row = WallLink.objects.filter(pk=wall_id).first()
    if row is None:
        raise NotFound
    try:
        take_down_wall(wall=row, by=actor, at=now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.warning(request, refusal.sentence())
    else:
        messages.success(request, _("The wall “%(name)s” shows nothing any more.") % {"name": row.name})
    return redirect("walls")


def _walls(
    request: HttpRequest, actor: Actor, form: WallForm, *, fresh: tuple[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "walls": walls_of(actor), "fresh": fresh}
    return render(request, "desk/walls.html", context, status=status)


def _asked(request: HttpRequest, actor: Actor) -> list[Team]:
    boards = boards_of(actor)
    codes = request.GET.getlist("team")
    found = [team for code in codes or [""] for team in boards.chosen(code)]
    return list(dict.fromkeys(found))


def _page(
    request: HttpRequest,
    teams: Sequence[Team],
    piece: dict[str, Any],
    *,
    piece_url: str,
    topics: str,
    theme: str = WallTheme.SYSTEM,
) -> HttpResponse:
    context = piece | {
        "piece_url": piece_url,
        "team_codes": ",".join(team.code for team in teams),
        "team_count": len(teams),
        "topics": topics,
        "live_after": live_after(),
        "theme": theme,
    }
    response = render(request, "desk/wall.html", context)
    add_never_cache_headers(response)
    return response


def _piece(team: Team, actor: Actor) -> dict[str, Any]:
    found = standing([team], actor=actor, at=now(), risk_limit=_PROMISE_COUNT, waiting_limit=1)
    people = [person.staff for person, _owning in people_of(found, actor=actor) if person.is_member]
    order = list(Presence.values)
    people.sort(key=lambda staff: (order.index(staff.presence), staff.name))
    return {
        "team": team,
        "standing": found,
        "waited": _waited(found),
        "percent": percent_of(found.kept),
        "people": [
            (staff.name, staff.presence, str(Presence(staff.presence).label)) for staff in people[:_PEOPLE_COUNT]
        ],
        "more_people": max(0, len(people) - _PEOPLE_COUNT),
    }


def _waited(found: Standing) -> tuple[str, str]:
    """Return how long the first customer has waited, short enough for large figures, and in which unit."""
    if not found.longest_waiting:
        return "–", _("nobody waits")
    span = found.longest_waiting[0].on_the_clock
    minutes = span // timedelta(minutes=1)
    if minutes < 60:  # noqa: PLR2004
        return str(minutes), ngettext("minute", "minutes", minutes)
    if minutes < _HOURS_SHOWN * 60:
        return f"{minutes // 60}:{minutes % 60:02}", _("hours")
    return str(span.days), ngettext("day", "days", span.days)
