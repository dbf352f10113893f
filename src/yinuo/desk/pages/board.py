"""The team board: how a team stands now, live, and the cases behind each of its figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after
from yinuo.cases.pages.shown import Choice
from yinuo.cases.queries.board import Hour, Person, kept_altogether, kept_today
from yinuo.cases.queries.handoffs import ROWS_SHOWN, cases_to_and_fro, waiting_handoffs
from yinuo.desk.queries.boards import ALL, Boards, boards_of
from yinuo.desk.queries.standing import PEOPLE_LIMIT, RISK_LIMIT, Owning, Standing, hours_of, people_of, standing
from yinuo.foundation.clock import now
from yinuo.organisation.models import Presence

from .figures import figure_page
from .words import house_clock, length, percent_of

_BAR_HEIGHT, _BAR_WIDTH, _HOUR_WIDTH = 40, 4, 10


@dataclass(frozen=True)
class Figure:
    """One large number: what it says, what stands below it, and where the cases behind it are."""

    label: str
    value: str
    detail: str = ""
    url: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Bar:
    """A bar of a small chart, with its numbers as text; for the hours a second one stands beside it."""

    label: str
    count: int
    height: int
    second_count: int = 0
    second_height: int = 0
    x: int = 0

    @property
    def top(self) -> int:
        return _BAR_HEIGHT - self.height

    @property
    def second_top(self) -> int:
        return _BAR_HEIGHT - self.second_height

    @property
    def second_x(self) -> int:
        return self.x + _BAR_WIDTH


@desk_page("GET")
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show how a team stands; without one in the address, the team this person sees first."""
    after = live_after()
    context = _context(request, actor) | {"live_after": after, "may_share": actor.may("desk.share_wall")}
    return render(request, "desk/board.html", context)


@desk_page("GET")
def board_piece(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return what moves on the board, for the page to refresh itself."""
    return render(request, "desk/_board.html", _context(request, actor))


@desk_page("GET")
def board_figure(request: HttpRequest, actor: Actor, figure: str) -> HttpResponse:
    """Show the cases behind a figure of the board: as many as the figure says."""
    boards = boards_of(actor)
    code = request.GET.get("team", "")
    return figure_page(request, actor, figure, boards.chosen(code), code)


@desk_page("GET")
def kept_pill(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return today's kept rate of the board this person sees first, for the top bar to refresh itself."""
    return render(request, "desk/_kept.html", {"kept_rate": kept_rate_of(actor)})


@dataclass(frozen=True)
class KeptRate:
    """Today's kept rate as the top bar shows it. percent: empty while no promise ended today."""

    percent: str
    kept: int
    count: int


def kept_rate_of(actor: Actor) -> KeptRate:
    """Return today's kept rate of the teams this person sees first. Two statements, whatever the day brought."""
    teams = boards_of(actor).chosen("")
    counts = kept_altogether(kept_today([team.pk for team in teams], actor=actor, at=now()).values())
    return KeptRate(percent_of(counts), counts.kept, counts.count)


def _context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    boards = boards_of(actor)
    code = request.GET.get("team", "")
    teams = boards.chosen(code)
    found = standing(teams, actor=actor, at=now())
    is_single = len(teams) == 1
    people = people_of(found, actor=actor) if is_single else []
    hours = hours_of(found, actor=actor)
    return {
        "standing": found,
        "team": teams[0] if is_single else None,
        "team_code": code,
        "places": _places(boards, teams),
        "figures": _figures(found, people, code),
        "quotes_detail": _quotes_detail(found),
        "slots": _slots(found),
        "hours": _hours(hours),
        "opened_count": sum(one.opened for one in hours),
        "closed_count": sum(one.closed for one in hours),
        "opened_url": _figure_url("opened", code),
        "closed_url": _figure_url("closed", code),
        "unanswered_url": _figure_url("unanswered", code),
        "due_url": _figure_url("due", code),
        "waiting_rows": [(row, length(row.on_the_clock), length(row.in_open_time)) for row in found.longest_waiting],
        "team_rows": [] if is_single else [_team_row(one) for one in found.teams],
        "person_rows": [_person_row(*one, code, found) for one in people[:PEOPLE_LIMIT]],
        "person_count": len(people),
        "is_shortened": len(people) > PEOPLE_LIMIT,
        "risk_is_shortened": found.due_count > RISK_LIMIT,
        "wall_url": reverse("wall") + "?" + urlencode({"team": [team.code for team in teams]}, doseq=True),
        "query": urlencode({"team": code}) if code else "",
        "colleagues": _colleagues(people) if actor.may("cases.assign") else [],
        **_handing(teams, actor, found.at),
        "may_set_presence": actor.may("organisation.edit_shifts"),
    }


def _handing(teams: list[Any], actor: Actor, at: datetime) -> dict[str, Any]:
    """Return the offers nobody has answered, and the cases that went to and fro; two statements."""
    team_ids = [team.pk for team in teams]
    return {
        "offers": [
            (one, str(one.to_staff or one.to_team), length(at - one.offered_at))
            for one in waiting_handoffs(team_ids, actor=actor)[:ROWS_SHOWN]
        ],
        "to_and_fro": list(cases_to_and_fro(team_ids, actor=actor)[:ROWS_SHOWN]),
    }


def _places(boards: Boards, teams: list[Any]) -> list[Choice]:
    here = {team.pk for team in teams}
    address = reverse("board")
    places = [Choice(team.name, f"{address}?team={team.code}", here == {team.pk}) for team in boards.teams]
    if len(places) > 1:
        places.insert(0, Choice(_("All teams"), f"{address}?team={ALL}", len(here) == len(boards.teams)))
    return places


def _figures(found: Standing, people: list[tuple[Person, Owning]], code: str) -> list[Figure]:
    longest = found.longest_waiting[0] if found.longest_waiting else None
    capacity = sum(person.staff.capacity for person, _owning in people if person.is_member)
    return [
        Figure(
            _("Open cases"),
            str(found.open_count),
            _("%(running)s running, %(count)s wait for an answer")
            % {"running": found.running_count, "count": found.unanswered_count},
            _figure_url("open", code),
        ),
        Figure(
            _("At risk in two hours"),
            str(found.due_count),
            _("promises fall due by then"),
            _figure_url("due", code),
            "soon" if found.due_count else "kept",
        ),
        Figure(
            _("Broken, not answered since"),
            str(found.broken_count),
            _("promises were broken and nobody has answered"),
            _figure_url("broken", code),
            "broken" if found.broken_count else "kept",
        ),
        Figure(
            _("Waiting longest"),
            length(longest.on_the_clock) if longest else "–",
            _("%(time)s of it in open time") % {"time": length(longest.in_open_time)}
            if longest
            else _("nobody waits for an answer"),
            reverse("case", args=[longest.case.reference]) if longest else "",
        ),
        _kept_figure(found, code),
        Figure(
            _("Available now"),
            str(found.available_count),
            _("of %(count)s people, room for %(capacity)s cases") % {"count": found.member_count, "capacity": capacity}
            if people
            else _("of %(count)s people") % {"count": found.member_count},
        ),
    ]


def _kept_figure(found: Standing, code: str) -> Figure:
    kept = found.kept
    if not kept.count:
        return Figure(_("Kept today"), "–", _("no promise ended today yet"))
    detail = _("%(kept)s of %(count)s promises that ended today") % {"kept": kept.kept, "count": kept.count}
    return Figure(_("Kept today"), f"{percent_of(kept)}%", detail, _figure_url("missed", code), "kept")


def _quotes_detail(found: Standing) -> str:
    """Return how often quoted times held, as the small print of the figure of kept promises; empty without any."""
    quotes = found.quotes
    if not quotes.count:
        return ""
    return _("Quoted time held in %(percent)s%% (n=%(count)s), last 30 days") % {
        "percent": percent_of(quotes),
        "count": quotes.count,
    }


def _slots(found: Standing) -> list[Bar]:
    most = max((count for _ends_at, count in found.slots), default=0)
    return [Bar(house_clock(ends_at), count, _share(count, most, _BAR_HEIGHT)) for ends_at, count in found.slots]


def _hours(hours: list[Hour]) -> list[Bar]:
    most = max((max(one.opened, one.closed) for one in hours), default=0)
    return [
        Bar(
            f"{one.hour:02}:00",
            one.opened,
            _share(one.opened, most, _BAR_HEIGHT),
            one.closed,
            _share(one.closed, most, _BAR_HEIGHT),
            x=one.hour * _HOUR_WIDTH,
        )
        for one in hours
    ]


def _team_row(one: Any) -> dict[str, Any]:
    code = one.team.code
    return {
        "standing": one,
        "url": f"{reverse('board')}?{urlencode({'team': code})}",
        "percent": percent_of(one.kept),
        "open_url": _figure_url("open", code),
        "due_url": _figure_url("due", code),
        "broken_url": _figure_url("broken", code),
        "kept_url": _figure_url("missed", code),
    }


def _person_row(person: Person, owning: Owning, code: str, found: Standing) -> dict[str, Any]:
    staff = person.staff
    waited = found.at - owning.waiting_since if owning.waiting_since else None
    return {
        "person": person,
        "presence": Presence(staff.presence),
        "presence_url": _with_team(reverse("board_presence", args=[staff.pk]), code),
        "due_count": owning.due_count,
        "load_percent": _share(person.running_count, staff.capacity, 100) if staff.capacity else 100,
        "is_full": person.running_count >= staff.capacity,
        "waited": length(waited) if waited is not None else "",
        "load_url": _figure_url("load", code, staff.pk),
        "due_url": _figure_url("due", code, staff.pk),
        "waiting_url": _figure_url("unanswered", code, staff.pk),
    }


def _colleagues(people: list[tuple[Person, Owning]]) -> list[tuple[int, str, int, int]]:
    """Return who of the team could own a case, with what runs with them and how much they can take; by load."""
    members = [one for one, _owning in people if one.is_member]
    members.sort(key=lambda one: (one.staff.presence != Presence.AVAILABLE, one.running_count, one.staff.name))
    return [(one.staff.pk, one.staff.name, one.running_count, one.staff.capacity) for one in members]


def _with_team(address: str, code: str) -> str:
    return f"{address}?{urlencode({'team': code})}" if code else address


def _share(count: int, most: int, height: int) -> int:
    """Return how much of the height a count takes; something is never drawn as nothing."""
    return min(height, max(1, count * height // most)) if count and most else 0


def _figure_url(figure: str, code: str, owner_id: int | None = None) -> str:
    values = {"team": code, "owner": owner_id}
    query = urlencode({name: value for name, value in values.items() if value})
    address = reverse("board_figure", args=[figure])
    return f"{address}?{query}" if query else address
