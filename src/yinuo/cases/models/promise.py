"""What was promised on a case, and how it ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yinuo.organisation.models import Department, Region, Team
from yinuo.standards.models import StandardVersion

from .case import Case


class PromiseKind(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_ANSWER = "next_answer", _("Next answer")
    NEXT_UPDATE = "next_update", _("Next update")
    RESOLUTION = "resolution", _("Resolution")
    CALL_BACK = "call_back", _("Call back")
    VISIT = "visit", pgettext_lazy("promise", "Visit")
    PARTS = "parts", _("Spare parts")
    TASK = "task", pgettext_lazy("promise", "Task of another team")
    OWN = "own", _("Own word")


class PromiseEnd(models.TextChoices):
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Consent(models.TextChoices):
    """How the customer stands to a time that took the place of another."""

    NONE = "none", _("Not asked")
    AGREED = "agreed", _("The customer agreed")
    TOLD = "told", _("The customer was told")


class Promise(models.Model):
    """A time we gave this customer. Live until it ends in exactly one way; followed by another, never made anew.

    A promise of kind `task` is another team's word to the owner, not ours to the customer. While it is paused a promise
    can neither break nor warn; its due instant moves when the pause ends, by the open time in it, and never otherwise.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    task = models.ForeignKey(
        "cases.Task", null=True, on_delete=models.PROTECT, related_name="promises", help_text="Whose word it is."
    )
    kind = models.CharField(max_length=20, choices=PromiseKind.choices)
    subject = models.CharField(
        max_length=200, blank=True, db_default="", help_text="What was promised, in the words of who promised it."
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40, blank=True, db_default="", help_text="The actor's key.")
    starts_at = models.DateTimeField(help_text="From when its time counts; before `made_at` when it counts back.")
    within_minutes = models.PositiveIntegerField(
        null=True, help_text="The open time the standard gives; null when the instant itself was given."
    )
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    is_live = models.BooleanField(default=True)
    paused_since = models.DateTimeField(null=True)
    runs_for_customer = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(is_live=True, paused_since=None) & ~models.Q(kind="task"), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="Live, not paused, and given to the customer: may be the next promise of its case.",
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True, db_default="", help_text="The actor's key.")
    end = models.CharField(max_length=10, choices=PromiseEnd.choices, blank=True)
    ended_reason = models.CharField(
        max_length=300, blank=True, db_default="", help_text="Why it was replaced or withdrawn."
    )
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    consent = models.CharField(max_length=10, choices=Consent.choices, default=Consent.NONE, db_default="none")
    business_seconds = models.PositiveIntegerField(
        null=True, help_text="Open time from the start to the end, pauses left out; set when it ends."
    )
    calendar_seconds = models.PositiveIntegerField(
        null=True, help_text="Time by the clock from the start to the end, pauses left out; set when it ends."
    )
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
            models.CheckConstraint(
                name="only_a_live_promise_is_paused", condition=Q(paused_since=None) | Q(is_live=True)
            ),
            models.CheckConstraint(
                name="an_ended_promise_is_measured_by_both_clocks",
                condition=Q(business_seconds=None, calendar_seconds=None)
                | Q(is_live=False, business_seconds__isnull=False, calendar_seconds__isnull=False),
            ),
            # Of the others several may run at once: two visits, three words given.
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(is_live=True, kind__in=["first_response", "next_answer", "next_update", "resolution"]),
                name="one_live_promise_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(is_live=True, paused_since=None), name="promises_due"),
            models.Index(
                fields=["warn_at", "id"],
                condition=Q(is_live=True, paused_since=None, warned_at=None),
                name="promises_to_warn_of",
            ),
            models.Index(fields=["end", "ended_at", "id"], condition=Q(is_live=False), name="promises_by_ending"),
        ]


class PromisePause(models.Model):
    """While a case waited for its customer, or was closed, this promise did not run."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="pauses")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    business_seconds = models.PositiveIntegerField(
        null=True, help_text="The open time in it, by which the due instant moved; null while it lasts."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise"], condition=Q(until=None), name="one_pause_at_a_time"),
            models.CheckConstraint(
                name="an_ended_pause_says_how_long_it_was",
                condition=Q(until=None, business_seconds=None)
                | Q(until__gte=models.F("since"), business_seconds__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["promise", "since"], name="pauses_of_a_promise")]


class PromiseTally(models.Model):
    """How many promises to customers ended kept and broken on a day of the house; a follower counts them, each once.

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
