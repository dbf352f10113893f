"""One cause behind many cases: the incident, led from a case of its own kind, and the cases that are part of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .case import Case


class IncidentState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("incident", "Proposed")
    OPEN = "open", _("Running")
    REFUSED = "refused", pgettext_lazy("incident", "Refused")
    ENDED = "ended", pgettext_lazy("incident", "Over")


class Incident(models.Model):
    """A major incident: somebody proposed it from a case, the parent; somebody who leads decided it.

    evidence: what the figures said when it was proposed, as numbers (`rules.Surge`).
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="incident")
    state = models.CharField(max_length=10, choices=IncidentState.choices, default=IncidentState.PROPOSED)
    summary = models.TextField(help_text="What is behind it, among ourselves.")
    evidence = models.JSONField(default=dict)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=40)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_incident_is_decided_before_it_runs",
                condition=Q(state="proposed", decided_at=None) | ~Q(state="proposed") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_incident_that_is_over_says_since_when",
                condition=Q(state="ended", ended_at__isnull=False) | ~Q(state="ended") & Q(ended_at=None),
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="incidents_by_state")]


class IncidentPart(models.Model):
    """A case that has this incident behind it. It keeps its own owner and its own promises."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="parts")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="incident_part")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=40)
