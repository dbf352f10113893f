"""Who is accountable for a case."""

from django.db import models
from django.db.models import Q

from yinuo.organisation.models import Staff

from .case import Case


class Ownership(models.Model):
    """Who was accountable from when to when, and why it began."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ownerships")
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="ownerships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="one_owner_at_a_time")]
