"""Attention raised on a case: the rungs its promises climb, and who was told. The owner stays."""

from django.db import models
from django.db.models import Q

from yinuo.organisation.models import Staff
from yinuo.standards.models import Rung

from .case import Case
from .promise import Promise


class Escalation(models.Model):
    """A rung that a promise will reach, or has reached and not yet made good.

    A rung that is no longer to be reached is taken away; one that was reached stays, and ends when somebody answers the
    customer or the case closes.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations")
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="escalations")
    rung = models.ForeignKey(Rung, on_delete=models.PROTECT, related_name="escalations")
    due_at = models.DateTimeField(help_text="When the rung is reached.")
    reached_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "rung"], name="a_rung_is_reached_once_by_a_promise"),
            models.CheckConstraint(
                name="only_a_reached_rung_ends", condition=Q(ended_at=None) | Q(reached_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(reached_at=None), name="escalations_due"),
            models.Index(
                fields=["case"], condition=Q(reached_at__isnull=False, ended_at=None), name="escalations_running"
            ),
        ]


class EscalationTelling(models.Model):
    """Who is told that a rung was reached: at once, or when their working hours begin."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="tellings")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="escalation_tellings")
    tell_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True, help_text="Until the escalation ends.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["escalation", "staff"], name="told_once_of_a_rung"),
        ]
        indexes = [
            models.Index(fields=["tell_at", "id"], condition=Q(told_at=None), name="tellings_due"),
            models.Index(fields=["staff"], condition=Q(is_open=True), name="tellings_open_of_staff"),
        ]
