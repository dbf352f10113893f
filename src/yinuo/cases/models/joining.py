"""Cases that belong together: what was merged into what, with all that is needed to undo it; what is linked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .case import Case
from .closing import Closure


class Merge(models.Model):
    """One case went into another. It keeps what was moved, so that an undoing moves exactly that back.

    before: what the columns of both cases said that the merge changed. promises: ids; `withdrawn` of the source,
    `carried` from the source's to the target's, `displaced` of the target by a carried one. elsewhere: what other
    folders moved along, by the name they gave (`cases/moving.py`).
    """

    source = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merges_away")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="merges_in")
    closure = models.OneToOneField(Closure, on_delete=models.PROTECT, related_name="merge")
    reason = models.CharField(max_length=300)
    changes_audience = models.BooleanField(help_text="The two cases are of different customers; somebody confirmed it.")
    conversation_ids = ArrayField(models.BigIntegerField())
    participant_ids = ArrayField(models.BigIntegerField())
    message_count = models.PositiveIntegerField()
    before = models.JSONField()
    promises = models.JSONField()
    elsewhere = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_merge_is_of_two_cases", condition=~Q(source=F("target"))),
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="a_case_is_merged_away_once_at_a_time"
            ),
            models.CheckConstraint(
                name="an_undone_merge_says_when_and_by_whom",
                condition=Q(undone_at=None, undone_by="") | Q(undone_at__isnull=False) & ~Q(undone_by=""),
            ),
        ]
        indexes = [models.Index(fields=["target", "-id"], condition=Q(undone_at=None), name="merges_into_a_case")]


class LinkKind(models.TextChoices):
    """What the one case is to the other, read from the one: it follows, is caused by, was split from."""

    RELATED = "related", pgettext_lazy("link", "Related to")
    DUPLICATE = "duplicate", _("Duplicate of")
    CAUSED_BY = "caused_by", _("Caused by")
    FOLLOWS = "follows", pgettext_lazy("link", "Follows")
    SPLIT_FROM = "split_from", _("Split from")


class CaseLink(models.Model):
    """Two cases have to do with each other; shown in both. Of `related` the older case stands first."""

    one = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=12, choices=LinkKind.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other", "kind"], name="a_link_once_of_a_kind"),
            models.CheckConstraint(name="a_link_is_between_two_cases", condition=~Q(one=F("other"))),
        ]
