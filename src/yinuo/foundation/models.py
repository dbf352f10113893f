"""Tables of the foundation: the fact log, followers' positions, seals of the log, business calendars.

`foundation_fact` is partitioned by month and written by `announce` alone; its migration is plain SQL.
"""

from django.db import models

from .bilingual import Named


class FactRow(models.Model):
    """Read-only view of the log for time lines and tests; see `facts.py` for writing."""

    id = models.BigIntegerField(primary_key=True)
    tx = models.BigIntegerField()
    type = models.TextField()
    version = models.SmallIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.TextField()
    case_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    staff_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    payload = models.JSONField()

    class Meta:
        managed = False
        db_table = "foundation_fact"


class FactSeal(models.Model):
    """The hash over one recorded day of the log, chained to the day before; open until the day is over."""

    day = models.DateField(primary_key=True)
    fact_count = models.BigIntegerField(default=0)
    digest = models.BinaryField()
    previous_digest = models.BinaryField()
    tx = models.BigIntegerField()
    last_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)


class Calendar(Named):
    """A business calendar by name; what its hours are stands in its versions."""

    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_calendar"
            )
        ]


class Heartbeat(models.Model):
    """When a long-running process was last seen alive; written every few seconds."""

    process = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=20)
    seen_at = models.DateTimeField()


class CalendarVersion(models.Model):
    """The hours, holidays and exceptions of a calendar from one edit to the next; never changed, only followed."""

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(help_text="The shape is that of `BusinessCalendar.to_json`.")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="one_calendar_version_per_number")]
        ordering = ["calendar", "number"]
