"""Incidents as people see them: what surges, what could be part of one, and how its cases stand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.models import URGENCY, Case, CaseQuerySet, Incident, IncidentPart, IncidentState
from yinuo.foundation.refusals import NotFound

PARTS_SHOWN = 50
_SUGGESTED = 50
_COMPARED = 500
_HOUR = timedelta(hours=1)
_RUNNING = (IncidentState.PROPOSED, IncidentState.OPEN)


@dataclass(frozen=True)
class Candidate:
    """Many cases of one category and region in a short time, with the figures that say so; newest: the latest."""

    category: str
    region: str
    surge: rules.Surge
    newest: list[Case]


@dataclass(frozen=True)
class IncidentShown:
    """How an incident stands. at_risk: due within two hours, or broken and not made good."""

    incident: Incident
    part_count: int
    customer_count: int
    open_count: int
    at_risk_count: int


def surges(*, actor: Actor, at: datetime) -> list[Candidate]:
    """Return where cases come far more often than usual, the most first; only cases this actor may know of."""
    since = at - rules.SURGE_WITHIN
    cases = Case.objects.visible_to(actor).exclude(category="").filter(opened_at__lte=at)
    lately = _counts(cases.filter(opened_at__gt=since))
    few = [key for key, count in lately.items() if rules.Surge(count, 0).is_surge]
    if not few:
        return []
    before = cases.filter(category__in={category for category, _region in few})
    usual = _counts(before.filter(opened_at__gt=since - rules.USUAL_OVER, opened_at__lte=since))
    found = []
    for category, region_id in few:
        per_hour = usual.get((category, region_id), 0) / (rules.USUAL_OVER / _HOUR)
        surge = rules.Surge(lately[category, region_id], per_hour)
        if surge.is_surge:
            alike = cases.filter(category=category, region_id=region_id, opened_at__gt=since, state="open")
            newest = list(alike.select_related("customer", "region").order_by("-opened_at", "-id")[:5])
            if newest:
                region = newest[0].region
                found.append(Candidate(category, region.name if region else "", surge, newest))
    return sorted(found, key=lambda one: -one.surge.count)


def surge_around(case: Case, *, at: datetime) -> rules.Surge | None:
    """Return how many cases of this case's category and region came lately; None for one without a category."""
    if not case.category:
        return None
    alike = Case.objects.filter(category=case.category, region=case.region_id)
    since = at - rules.SURGE_WITHIN
    usual = alike.filter(opened_at__gt=since - rules.USUAL_OVER, opened_at__lte=since).count()
    lately = alike.filter(opened_at__gt=since, opened_at__lte=at).count()
    return rules.Surge(lately, usual / (rules.USUAL_OVER / _HOUR))


def incident_of(reference: str, *, actor: Actor) -> Incident:
    """Return the incident that a case leads. Refuses with NotFound."""
    visible = Case.objects.visible_to(actor)
    incidents = Incident.objects.select_related("case__customer", "case__owner", "case__region")
    incident = incidents.filter(case__in=visible, case__reference=reference.upper()).first()
    if incident is None:
        raise NotFound
    return incident


def running_incidents(*, actor: Actor) -> list[Incident]:
    """Return the incidents that are proposed or run, the newest first."""
    visible = Case.objects.visible_to(actor)
    incidents = Incident.objects.filter(state__in=_RUNNING, case__in=visible)
    return list(incidents.select_related("case").annotate(part_count=Count("parts")).order_by("-id"))


def past_incidents(*, actor: Actor, limit: int = 20) -> list[Incident]:
    """Return the newest incidents that are over or were refused."""
    incidents = Incident.objects.exclude(state__in=_RUNNING).filter(case__in=Case.objects.visible_to(actor))
    return list(incidents.select_related("case").annotate(part_count=Count("parts")).order_by("-id")[:limit])


def incident_shown(incident: Incident, *, actor: Actor, at: datetime) -> IncidentShown:
    """Return how an incident stands, by one statement; only cases this actor may know of are counted."""
    soon = at + timedelta(hours=2)
    counts = part_cases(incident, actor=actor).aggregate(
        parts=Count("pk"),
        customers=Count("customer", distinct=True),
        open=Count("pk", filter=Q(state="open")),
        risk=Count("pk", filter=Q(state="open") & (Q(next_due_at__lte=soon) | Q(broken_since__isnull=False))),
    )
    return IncidentShown(incident, counts["parts"], counts["customers"], counts["open"], counts["risk"])


def part_cases(incident: Incident, *, actor: Actor) -> CaseQuerySet:
    """Return the cases that are part of an incident and that this actor may know of."""
    return Case.objects.visible_to(actor).filter(incident_part__incident=incident)


def parts_page(incident: Incident, *, actor: Actor, after: str = "") -> tuple[list[Case], str]:
    """Return a page of an incident's open cases, the most urgent first, then the closed; and the key of the next."""
    cases = part_cases(incident, actor=actor).select_related("customer", "owner").annotate(urgent_at=URGENCY)
    place = _read_key(after)
    if place:
        urgent_at, pk = place
        later = Q(urgent_at__gt=urgent_at) | Q(urgent_at=urgent_at, pk__gt=pk) | Q(urgent_at=None)
        cases = cases.filter(later) if urgent_at else cases.filter(urgent_at=None, pk__gt=pk)
    rows = list(cases.order_by("urgent_at", "pk")[: PARTS_SHOWN + 1])
    last = rows[PARTS_SHOWN - 1] if len(rows) > PARTS_SHOWN else None
    return rows[:PARTS_SHOWN], _written_key(last) if last else ""


def suggested_parts(incident: Incident, *, actor: Actor, at: datetime) -> list[Case]:
    """Return open cases that could be part of an incident: of its category and region, or with a like subject.

    They came since shortly before its case did.
    """
    parent = incident.case
    cases = Case.objects.visible_to(actor).open().exclude(pk=parent.pk).filter(incident_part=None, incident=None)
    lately = cases.filter(opened_at__gt=parent.opened_at - rules.SURGE_WITHIN, opened_at__lte=at)
    rows = lately.select_related("customer").order_by("-opened_at", "-id")[:_COMPARED]
    return [case for case in rows if _is_alike(case, parent)][:_SUGGESTED]


def incident_behind(case: Case, *, actor: Actor) -> Incident | None:
    """Return the running incident that this case, which is part of none, could have behind it."""
    if not case.is_open or IncidentPart.objects.filter(case=case).exists():
        return None
    visible = Case.objects.visible_to(actor).exclude(pk=case.pk)
    running = Incident.objects.filter(state=IncidentState.OPEN, case__in=visible).select_related("case")
    return next((one for one in running.order_by("-id")[:20] if _could_be_behind(one, case)), None)


def _could_be_behind(incident: Incident, case: Case) -> bool:
    return case.opened_at > incident.case.opened_at - rules.SURGE_WITHIN and _is_alike(case, incident.case)


def _is_alike(case: Case, parent: Case) -> bool:
    same = bool(parent.category) and case.category == parent.category and case.region_id == parent.region_id
    return same or rules.likeness(case.subject, parent.subject) >= rules.ALIKE


def _counts(cases: CaseQuerySet) -> dict[tuple[str, int | None], int]:
    rows = cases.values_list("category", "region_id").annotate(count=Count("id")).order_by()
    return {(category, region_id): count for category, region_id, count in rows}


def _written_key(case: Case) -> str:
    urgent_at = case.urgent_at  # type: ignore[attr-defined]  # annotated
    return f"{urgent_at.timestamp() if urgent_at else ''}_{case.pk}"


def _read_key(text: str) -> tuple[datetime | None, int] | None:
    instant, _sign, number = text.partition("_")
    try:
        return (datetime.fromtimestamp(float(instant), tz=UTC) if instant else None), int(number)
    except (ValueError, OverflowError, OSError):
        return None
