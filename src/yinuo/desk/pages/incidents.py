"""Major incidents: what surges, which run, and one of them with its cases and the words said to all their customers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.actions import add_to_incident, decide_incident, end_incident
from yinuo.cases.forms import OUTCOME_LABELS, ActForm
from yinuo.cases.models import Channel, Incident, IncidentState
from yinuo.cases.queries import (
    incident_of,
    incident_shown,
    part_cases,
    parts_page,
    past_incidents,
    running_incidents,
    suggested_parts,
    surges,
)
from yinuo.cases.rules import OUTCOMES
from yinuo.desk.actions import start_broadcast
from yinuo.desk.queries.bulk import broadcasts_of, chosen_cases
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal

_LONGEST = 4000


class DecisionForm(ActForm):
    approved = forms.ChoiceField(choices=[("1", ""), ("0", "")])
    reason = forms.CharField(max_length=300, required=False)


class BroadcastForm(ActForm):
    """The words, in one language or both; close_as: when the cases are closed with them."""

    text = forms.CharField(max_length=_LONGEST, required=False, strip=False)
    text_en = forms.CharField(max_length=_LONGEST, required=False, strip=False)
    close_as = forms.ChoiceField(choices=[(code, code) for code in OUTCOMES], required=False)
    seen = forms.BooleanField(required=False)


@desk_page("GET")
def incidents(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what surges, which incidents are proposed or run, and which are over."""
    actor.require("cases.view")
    context = {
        "surges": surges(actor=actor, at=now()),
        "running": running_incidents(actor=actor),
        "past": past_incidents(actor=actor),
    }
    return render(request, "desk/incidents.html", context)


@desk_page("GET")
def incident(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Show an incident: how it stands, its cases with the most urgent first, what was said to their customers."""
    return _page(request, actor, incident_of(reference, actor=actor))


@desk_page("POST")
def decision(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Approve a proposed incident, or refuse it."""

    def act(found: Incident) -> None:
        values = DecisionForm(request.POST).checked()
        decide_incident(incident=found, approved=values["approved"] == "1", reason=values["reason"], by=actor, at=now())

    return _done(request, actor, reference, act)


@desk_page("POST")
def parts(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Make the chosen cases part of the incident; each that could not be says why."""

    def act(found: Incident) -> None:
        numbers = [*request.POST.getlist("case"), *request.POST.get("numbers", "").replace(",", " ").split()]
        added = add_to_incident(incident=found, cases=chosen_cases(numbers, actor=actor), by=actor, at=now())
        text = ngettext("%(count)s case added.", "%(count)s cases added.", added.count) % {"count": added.count}
        messages.success(request, text)
        for _number, refusal in added.refused[:10]:
            messages.warning(request, refusal.sentence())

    return _done(request, actor, reference, act)


@desk_page("POST")
def ending(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Say that the incident is over."""

    def act(found: Incident) -> None:
        end_incident(incident=found, by=actor, at=now())

    return _done(request, actor, reference, act)


@desk_page("POST")
def broadcast(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Show whom the words would reach; seen, say them: for ten seconds they can be taken back."""
    found = incident_of(reference, actor=actor)
    actor.require("cases.declare_incident")
    try:
        values = BroadcastForm(request.POST).checked()
        if not values["seen"]:
            return _page(request, actor, found, preview=_preview(found, actor, values))
        run = start_broadcast(
            incident=found,
            text=values["text"],
            text_en=values["text_en"],
            close_as=values["close_as"],
            by=actor,
            at=now(),
        )
    except Refusal as refusal:
        return _page(request, actor, found, refusal=refusal)
    return redirect("bulk_run", run_id=run.pk)


def _preview(found: Incident, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Return whom the words would reach, by road and by language, and which of the two texts."""
    cases = part_cases(found, actor=actor).open()
    roads = cases.values_list("channel").annotate(count=Count("pk")).order_by("-count")
    total = cases.count()
    english = cases.filter(language__startswith="en").count()
    texts = [(values["text"].strip() or values["text_en"].strip(), total)]
    if values["text"].strip() and values["text_en"].strip():
        texts = [(values["text"].strip(), total - english), (values["text_en"].strip(), english)]
    return {
        "total": total,
        "roads": [(str(Channel(channel).label), count) for channel, count in roads],
        "texts": texts,
        "close_label": OUTCOME_LABELS.get(values["close_as"], ""),
    }


def _done(request: HttpRequest, actor: Actor, reference: str, act: Any) -> HttpResponse:
    found = incident_of(reference, actor=actor)
    try:
        act(found)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(request, actor, found, refusal=refusal)
    return redirect("incident", reference=found.case.reference)


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Incident,
    *,
    refusal: Refusal | None = None,
    preview: dict[str, Any] | None = None,
) -> HttpResponse:
    at = now()
    cases, next_key = parts_page(found, actor=actor, after=request.GET.get("after", ""))
    address = reverse("incident", args=[found.case.reference])
    may_lead = actor.may("cases.declare_incident")
    is_open = found.state == IncidentState.OPEN
    context = {
        "incident": found,
        "shown": incident_shown(found, actor=actor, at=at),
        "cases": cases,
        "more_url": f"{address}?after={next_key}" if next_key else "",
        "suggested": suggested_parts(found, actor=actor, at=at) if is_open and actor.may("cases.note") else [],
        "broadcasts": broadcasts_of(found),
        "may_lead": may_lead,
        "may_add": is_open and actor.may("cases.note"),
        "may_tell": may_lead and actor.may("cases.reply"),
        "outcomes": OUTCOME_LABELS.items(),
        "times_usual": found.evidence.get("times_usual"),
        "preview": preview,
        "refusal": refusal,
        "posted": request.POST,
        "staff_id": actor.staff_id,
    }
    return render(request, "desk/incident.html", context, status=refusal.status if refusal else 200)
