"""What a case was taken for, and what it turned out to be."""

from django.db import models

from yinuo.standards.models import StandardVersion

from .case import Case


class Reclassification(models.Model):
    """A case turned out to be of another class, tier or category, so its standard was picked anew."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reclassifications")
    was_class = models.CharField(max_length=20)
    case_class = models.CharField(max_length=20)
    was_tier = models.CharField(max_length=20)
    tier = models.CharField(max_length=20)
    was_category = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=60, blank=True)
    was_version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    standard_version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
