"""How a case ended, and why it started again."""

from django.db import models

from .case import Case


class Closure(models.Model):
    """How and why a case ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closures")
    outcome = models.CharField(max_length=40)
    summary = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)


class Reopening(models.Model):
    """Why a closed case started again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    closure = models.OneToOneField(Closure, on_delete=models.PROTECT, related_name="reopening")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
