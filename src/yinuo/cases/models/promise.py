"""What was promised on a case, and how it ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.organisation.models import Department, Region, Team
from yinuo.standards.models import StandardVersion

from .case import Case


class PromiseKind(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_ANSWER = "next_answer", _("Next answer")
    NEXT_UPDATE = "next_update", _("Next update")
    RESOLUTION = "resolution", _("Resolution")


class PromiseEnd(models.TextChoices):
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Promise(models.Model):
    """A time we gave this customer. Live until it ends in exactly one way; never changed, only followed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=20, choices=PromiseKind.choices)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    is_live = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=PromiseEnd.choices, blank=True)
    standard_version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="promises")
    calendar_version_id = models.BigIntegerField()
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="promise_is_live_or_ended_in_one_way",
                condition=Q(is_live=True, ended_at=None, end="")
                | Q(is_live=False, ended_at__isnull=False) & ~Q(end=""),
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(is_live=True), name="one_live_promise_of_a_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(is_live=True), name="promises_due"),
            models.Index(
                fields=["warn_at", "id"], condition=Q(is_live=True, warned_at=None), name="promises_to_warn_of"
            ),
            models.Index(fields=["end", "ended_at", "id"], condition=Q(is_live=False), name="promises_by_ending"),
        ]


class PromiseTally(models.Model):
    """How many promises ended kept and broken on a day of the house; a follower counts them, each once.

    Team, department, region and tier are those of the case when its promise ended, so that a tally is read within the
    same scopes as cases are.
    """

    ended_on = models.DateField(help_text="The day in the house's zone on which the promise ended, by its own instant.")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="promise_tallies")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    tier = models.CharField(max_length=20)
    kept_count = models.PositiveIntegerField(default=0)
    broken_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_on", "team", "department", "region", "tier"],
                nulls_distinct=False,
                name="one_promise_tally_for_a_day_and_scope",
            )
        ]
