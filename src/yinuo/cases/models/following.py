"""Who keeps an eye on a case besides its owner, and when somebody wants to be reminded of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.organisation.models import Staff

from .case import Case


class FollowUpEnd(models.TextChoices):
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class FollowUp(models.Model):
    """A reminder of a case at a chosen time, for one person; on open and on ended cases alike. No promise: ours alone.

    told_at: when its person was told that it is due; a new time makes it untold again.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_ups")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="follow_ups", db_index=False)
    due_at = models.DateTimeField()
    words = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=FollowUpEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                name="a_follow_up_runs_or_ended_in_one_way",
            )
        ]
        indexes = [
            models.Index(fields=["staff", "due_at"], condition=Q(ended_at=None), name="follow_ups_of_somebody"),
            models.Index(fields=["due_at", "id"], condition=Q(ended_at=None, told_at=None), name="follow_ups_to_tell"),
        ]


class Watch(models.Model):
    """Somebody follows a case that is not theirs: they are told what happens on it, while they may see it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="watches")
    since = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="somebody_watches_a_case_once")]
