"""When the first answer will probably come: what the customer was told on opening, and what history teaches of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.organisation.models import Department, Region, Team

from .case import Case


class QuoteReason(models.TextChoices):
    """Why the promise itself was told instead of a sooner time."""

    THIN = "thin", _("Too little history")
    NOT_BELIEVED = "not_believed", _("The newest estimates held too seldom")
    NO_SOONER = "no_sooner", _("The promise is no later than the estimate")


class Quote(models.Model):
    """When the first answer was said to come probably; the method and the method's inputs stand with it.

    `estimated_by` is what history said, even when the promise was told instead (`falls_back`), so that the method is
    measured while it is not used. Both are decided at `settle_at`, the later of the two; a case that ended before
    without an answer decides nothing (`held` stays empty).
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="quote", primary_key=True)
    quoted_at = models.DateTimeField()
    answer_by = models.DateTimeField(help_text="What the customer was told; never later than promised.")
    estimated_by = models.DateTimeField(null=True)
    falls_back = models.BooleanField()
    reason = models.CharField(max_length=20, choices=QuoteReason.choices, blank=True)
    method = models.CharField(max_length=20)
    group = models.CharField(max_length=120, blank=True, help_text="The group of like cases that the estimate is from.")
    inputs = models.JSONField(help_text="Waiting customers, colleagues there, answers of the group, its level.")
    settle_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    held = models.BooleanField(null=True)
    estimate_held = models.BooleanField(null=True)
    is_learnt = models.BooleanField(default=False, help_text="Its answer is among those that history is made of.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_quote_is_decided_when_it_is_settled",
                condition=Q(held=None, estimate_held=None) | Q(settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_quote_falls_back_for_a_reason",
                condition=Q(falls_back=True) & ~Q(reason="")
                | Q(falls_back=False, reason="", estimated_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["settle_at"], condition=Q(settled_at=None), name="quotes_to_settle")]


class AnswerPace(models.Model):
    """How fast the cases of a group were answered: its newest answers, and what a quote needs of them, ready.

    `answers` holds pairs of open seconds and the load of the moment in hundredths (null: not known), the oldest first.
    The group's name is made by `rules.quoting.groups`.
    """

    group = models.CharField(max_length=120, primary_key=True)
    answers = models.JSONField(default=list)
    level = models.FloatField()
    outcomes = models.CharField(max_length=100, blank=True)
    base_seconds = models.FloatField(null=True, help_text="Empty while too little is known.")
    exponent = models.FloatField(default=0.0)
    answer_count = models.PositiveIntegerField(default=0)
    is_believed = models.BooleanField(default=True)
    changed_at = models.DateTimeField()


class QuoteTally(models.Model):
    """How many quoted times held and were missed, by the day of the house on which they were decided.

    Times that were the promise itself are not among them. Scopes as in `PromiseTally`.
    """

    settled_on = models.DateField()
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="quote_tallies")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    tier = models.CharField(max_length=20)
    held_count = models.PositiveIntegerField(default=0)
    missed_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settled_on", "team", "department", "region", "tier"],
                nulls_distinct=False,
                name="one_quote_tally_for_a_day_and_scope",
            )
        ]
