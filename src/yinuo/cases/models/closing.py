"""How a case ended, how each team lets it start again, and why it did; and which messages were only thanks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.organisation.models import Team

from .case import Case
from .conversation import Message


class ReopenRule(models.TextChoices):
    """How long a solved case of a team waits for the customer's word before it closes for good."""

    ALWAYS = "always", _("As long as it takes")
    WITHIN = "within", _("For a number of days")
    NEVER = "never", _("Not at all")


class ReopenOwner(models.TextChoices):
    """Who is accountable for a case that starts again."""

    KEEP = "keep", _("Its owner, even when away")
    PRESENT = "present", _("Its owner, or the leader while the owner is away")
    LEADER = "leader", _("The leader of the team")


class ClosingRule(models.Model):
    """How a team closes and reopens. A team without a row has the usual rule: `rules.USUAL_CLOSING`."""

    team = models.OneToOneField(Team, primary_key=True, on_delete=models.CASCADE, related_name="closing_rule")
    reopening = models.CharField(max_length=10, choices=ReopenRule.choices)
    days = models.PositiveSmallIntegerField(help_text="How many, where the rule goes by days.")
    owner = models.CharField(max_length=10, choices=ReopenOwner.choices)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=365), name="a_closing_rule_waits_between_one_day_and_a_year"
            )
        ]


class Closure(models.Model):
    """How and why a case ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closures")
    outcome = models.CharField(max_length=40)
    summary = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    confirmed_at = models.DateTimeField(null=True, help_text="When the customer said themselves that it is solved.")


class Reopening(models.Model):
    """Why a closed case started again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    closure = models.OneToOneField(Closure, on_delete=models.PROTECT, related_name="reopening")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Thanks(models.Model):
    """A customer's message that only thanks or confirms: it started no clock and opened nothing. See `rules.thanks`.

    overruled_at: somebody said that it needs an answer after all, and its clock was started.
    """

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, related_name="thanks")
    says_solved = models.BooleanField()
    overruled_at = models.DateTimeField(null=True)
    overruled_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overruled_at=None, overruled_by="") | Q(overruled_at__isnull=False) & ~Q(overruled_by=""),
                name="thanks_are_overruled_by_somebody_at_an_instant",
            )
        ]
