"""Service standards: the ordered list of what we offer, each with versions that open cases keep."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yinuo.foundation.bilingual import Named
from yinuo.foundation.models import Calendar


class CaseClass(models.TextChoices):
    """How fast the field expects a case of this class to move: 2 h, 24 h, 72 h."""

    EMERGENCY = "emergency", _("Emergency")
    IMPORTANT = "important", _("Important")
    ROUTINE = "routine", _("Routine")


class Standard(Named):
    """One line of the ordered list; the first active line whose conditions all fit is taken.

    An empty condition fits everything.
    """

    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    tier = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    case_class = models.CharField(max_length=20, blank=True, choices=CaseClass.choices)
    category = models.CharField(max_length=60, blank=True)
    region_code = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["position", "id"]


class StandardVersion(models.Model):
    """The times of a standard from one edit to the next, in open time of its calendar; never changed, only followed."""

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT)
    first_response_minutes = models.PositiveIntegerField()
    next_answer_minutes = models.PositiveIntegerField()
    next_update_minutes = models.PositiveIntegerField(
        help_text="After a broken promise: by when the customer hears again."
    )
    resolution_minutes = models.PositiveIntegerField()
    warning_share = models.DecimalField(
        max_digits=3, decimal_places=2, default="0.80", help_text="Share of the time after which the owner is warned."
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="one_standard_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(first_response_minutes__gt=0, next_answer_minutes__gt=0)
                & models.Q(next_update_minutes__gt=0, resolution_minutes__gt=0),
                name="standard_times_are_positive",
            ),
        ]
        ordering = ["standard", "number"]


class Revision(models.Model):
    """One row whose number changes with every edit, so that every process knows when its copy is old.

    The number is random: one that counted would come again after an edit that was rolled back.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_revision_row")]
