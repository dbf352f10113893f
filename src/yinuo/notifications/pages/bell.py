"""The bell in the shell: how many notifications wait, and the panel below it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after
from yinuo.notifications.queries import MOST_COUNTED, centre, shown, unread_count

_IN_PANEL = 12


@dataclass(frozen=True)
class Bell:
    """What the shell shows. after: the place in the log from which the page must hear of more."""

    staff_id: int
    count: int
    after: str

    @property
    def has_more(self) -> bool:
        return self.count >= MOST_COUNTED

    @property
    def shown_count(self) -> str:
        return f"{MOST_COUNTED - 1}+" if self.has_more else str(self.count)


def bell_of(actor: Actor) -> Bell | None:
    """Return the bell of somebody who has a place on the desk; None for others."""
    if actor.staff_id is None or not actor.may("notifications.view"):
        return None
    after = live_after()
    return Bell(actor.staff_id, unread_count(actor), after)


@desk_page("GET")
def bell(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the number at the bell, for the shell to refresh itself."""
    return render(request, "notifications/_count.html", {"bell": bell_of(actor)})


@desk_page("GET")
def panel(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return what stands below the bell: the newest notifications."""
    return panel_piece(request, actor)


def panel_piece(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the panel with the number at the bell beside it."""
    rows = shown(centre(actor)[:_IN_PANEL], actor=actor)
    up_to = rows[0].at if rows else None
    return render(request, "notifications/_panel.html", {"rows": rows, "up_to": up_to, "bell": bell_of(actor)})
