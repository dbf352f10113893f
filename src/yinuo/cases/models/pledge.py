"""How well the pledges are kept: counted by month, and the promises that broke them."""

from django.db import models

from yinuo.standards.models import PledgeVersion

from .promise import Promise


class PledgeTally(models.Model):
    """How many promises a version of a pledge stood on ended kept and broken in a month; each counts once."""

    version = models.ForeignKey(PledgeVersion, on_delete=models.PROTECT, related_name="tallies")
    month = models.DateField(help_text="The first day of the month, in the house's zone, in which the promise ended.")
    kept_count = models.PositiveIntegerField(default=0)
    broken_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "month"], name="one_pledge_tally_for_a_month")]


class PledgeBreach(models.Model):
    """A broken promise that broke a pledge; those of a month are the broken ones of its tally."""

    version = models.ForeignKey(PledgeVersion, on_delete=models.PROTECT, related_name="breaches")
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="breaches")
    broken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "promise"], name="a_promise_breaks_a_pledge_once")]
        indexes = [models.Index(fields=["version", "-broken_at"], name="breaches_of_a_pledge")]
