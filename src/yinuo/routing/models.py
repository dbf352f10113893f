"""What requests are about: the house's own categories, each with the words by which it is guessed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yinuo.foundation.bilingual import Named
from yinuo.organisation.models import Team


class Category(Named):
    """What a request is about, as customers choose it. Its code is what cases keep."""

    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    words = ArrayField(
        models.CharField(max_length=60), default=list, help_text="Words that stand in such requests, in any language."
    )
    team = models.ForeignKey(
        Team,
        null=True,
        on_delete=models.PROTECT,
        related_name="categories",
        help_text="Whose requests these are; empty: the fallback team's.",
    )

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "id"]
