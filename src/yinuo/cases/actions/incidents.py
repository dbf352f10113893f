"""A major incident: proposed by anybody who works on cases, decided by who leads, with the cases that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import IncidentDecided, IncidentEnded, IncidentProposed, JoinedIncident, LeftIncident
from yinuo.cases.models import Case, Incident, IncidentPart, IncidentState
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal

from .locking import locked_case


@dataclass(frozen=True)
class Added:
    """How adding cases to an incident went: how many are part of it now, and why others are not."""

    count: int
    refused: list[tuple[str, Refusal]] = field(default_factory=list)


@transaction.atomic
def propose_incident(
    *, case: Case, summary: str, evidence: dict[str, Any] | None = None, by: Actor, at: datetime
) -> Incident:
    """Propose that a case is the head of a major incident; nothing happens to any case before somebody approves.

    Refuses with NotAllowed, NotFound, CaseIsMerged, CaseIsClosed, EmptyMessage, AlreadyInIncident.
    Announces IncidentProposed.
    """
    by.require("cases.note")
    if not summary.strip():
        raise rules.EmptyMessage
    case = locked_case(case, by)
    if not case.is_open:
        raise rules.CaseIsClosed(reference=case.reference)
    _refuse_in_incident(case)
    incident = Incident.objects.create(
        case=case, summary=summary.strip(), evidence=evidence or {}, proposed_at=at, proposed_by=by.key
    )
    announce(IncidentProposed(case_id=case.pk, team_id=case.team_id, incident_id=incident.pk), by=by, at=at)
    return incident


@transaction.atomic
def decide_incident(*, incident: Incident, approved: bool, reason: str = "", by: Actor, at: datetime) -> Incident:
    """Approve a proposed incident, so that it runs, or refuse it.

    Refuses with NotAllowed, NotFound, IncidentDecided. Announces IncidentDecided.
    """
    by.require("cases.declare_incident")
    found = _locked(incident, by)
    if found.state != IncidentState.PROPOSED:
        raise rules.IncidentDecided
    found.state = IncidentState.OPEN if approved else IncidentState.REFUSED
    found.decided_at, found.decided_by, found.decision = at, by.key, reason.strip()[:300]
    found.save(update_fields=["state", "decided_at", "decided_by", "decision"])
    announce(IncidentDecided(case_id=found.case_id, incident_id=found.pk, is_approved=approved), by=by, at=at)
    return found


@transaction.atomic
def add_to_incident(*, incident: Incident, cases: Sequence[Case], by: Actor, at: datetime) -> Added:
    """Make cases part of a running incident; each keeps its owner and its promises, and each refused one says why.

    Refuses with NotAllowed, NotFound, IncidentNotOpen. Announces JoinedIncident for each.
    """
    by.require("cases.note")
    found = _locked(incident, by)
    if found.state != IncidentState.OPEN:
        raise rules.IncidentNotOpen
    refused = []
    # In the order of their ids, so that two who add overlapping lists wait, not block.
    for case in sorted(cases, key=lambda one: one.pk):
        try:
            _add(found, case, by=by, at=at)
        except Refusal as refusal:
            refused.append((case.reference, refusal))
    return Added(len(cases) - len(refused), refused)


@transaction.atomic
def take_from_incident(*, case: Case, by: Actor, at: datetime) -> None:
    """Let a case be part of an incident no longer. Refuses with NotAllowed, NotFound, NotInIncident.

    Announces LeftIncident.
    """
    by.require("cases.note")
    case = locked_case(case, by)
    part = IncidentPart.objects.filter(case=case).select_related("incident").first()
    if part is None:
        raise rules.NotInIncident(reference=case.reference)
    part.delete()
    left = LeftIncident(case_id=case.pk, incident_id=part.incident_id, other_case_id=part.incident.case_id)
    announce(left, by=by, at=at)


@transaction.atomic
def end_incident(*, incident: Incident, by: Actor, at: datetime) -> Incident:
    """Say that an incident is over. Its cases stay as they are: each is closed on its own.

    Refuses with NotAllowed, NotFound, IncidentNotOpen. Announces IncidentEnded.
    """
    by.require("cases.declare_incident")
    found = _locked(incident, by)
    if found.state != IncidentState.OPEN:
        raise rules.IncidentNotOpen
    found.state, found.ended_at, found.ended_by = IncidentState.ENDED, at, by.key
    found.save(update_fields=["state", "ended_at", "ended_by"])
    announce(IncidentEnded(case_id=found.case_id, incident_id=found.pk), by=by, at=at)
    return found


def _locked(incident: Incident, by: Actor) -> Incident:
    visible = Case.objects.visible_to(by).values("pk")
    found = Incident.objects.select_for_update(of=("self",)).filter(pk=incident.pk, case__in=visible).first()
    if found is None:
        raise NotFound
    return found


def _add(incident: Incident, case: Case, *, by: Actor, at: datetime) -> None:
    case = locked_case(case, by)
    if not case.is_open:
        raise rules.CaseIsClosed(reference=case.reference)
    _refuse_in_incident(case)
    IncidentPart.objects.create(incident=incident, case=case, added_at=at, added_by=by.key)
    joined = JoinedIncident(
        case_id=case.pk, staff_id=case.owner_id, incident_id=incident.pk, other_case_id=incident.case_id
    )
    announce(joined, by=by, at=at)


def _refuse_in_incident(case: Case) -> None:
    if Incident.objects.filter(case=case).exists() or IncidentPart.objects.filter(case=case).exists():
        raise rules.AlreadyInIncident(reference=case.reference)
