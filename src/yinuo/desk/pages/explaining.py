"""Why a promise is due then: the page that counts it out, step by step."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.pages.shown import open_time
from yinuo.cases.queries import case_by_reference, explanation
from yinuo.foundation.clock import now


@desk_page("GET")
def promise_explained(request: HttpRequest, actor: Actor, reference: str, promise_id: int) -> HttpResponse:
    """Show from when a promise counts, each open interval and pause until it is due, and whose turn it was."""
    at = now()
    case = case_by_reference(reference, actor=actor)
    found = explanation(case, promise_id, actor=actor, at=at)
    whose = {
        "ours": _("Our turn"),
        "customer": _("The customer's turn"),
        "other_team": _("Another team's turn"),
        "closed": _("Closed"),
    }
    context = {
        "case": case,
        "found": found,
        "within": open_time(found.shown.within) if found.shown.within else "",
        "paused": _length(found.paused),
        "steps": [
            {
                "step": step,
                "times": [_span(since, until) for since, until in step.spans],
                "length": _length(step.open_time),
                "sum": _length(step.sum),
                "lasts": step.spans[0][1] is None,
            }
            for step in found.steps
        ],
        "totals": [(key, whose[key], _length(length)) for key, length in found.totals],
        "bar": [(share, whose[share.whose]) for share in found.bar],
        "open_seconds": _seconds(found.promise.business_seconds),
        "clock_seconds": _seconds(found.promise.calendar_seconds),
    }
    return render(request, "desk/promise_explained.html", context)


def _span(since: object, until: object) -> str:
    return f"{_clock(since)}–{_clock(until)}" if until else f"{_clock(since)}–"


def _clock(instant: object) -> str:
    return timezone.localtime(instant).strftime("%H:%M")  # type: ignore[arg-type]


def _length(length: timedelta) -> str:
    return open_time(length) if length else _("0 min")


def _seconds(seconds: int | None) -> str:
    return "" if seconds is None else _length(timedelta(seconds=seconds))
