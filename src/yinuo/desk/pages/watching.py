"""Who else has a case open: the page says "I am here", and shows who said so too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.queries import case_by_reference
from yinuo.desk import actions
from yinuo.desk.models import Typing
from yinuo.desk.queries.watching import others_here
from yinuo.foundation.clock import now


@desk_page("POST")
def case_watching(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Take word that somebody is in the case, types in it, or has left it."""
    if request.POST.get("gone"):
        actions.say_gone(reference=reference, by=actor)
    else:
        typing = request.POST.get("typing", "")
        kind = Typing(typing) if typing in Typing.values else None
        actions.say_here(reference=reference, typing=kind, by=actor, at=now())
    return HttpResponse(status=204)


@desk_page("GET")
def case_here(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Show who else is in the case."""
    case = case_by_reference(reference, actor=actor)
    return render(request, "desk/_here_refresh.html", {"here": others_here(case, actor=actor, at=now())})
