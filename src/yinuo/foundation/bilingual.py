"""Things that carry a name in both languages: teams, regions, products, standards."""

from django.db import models
from django.utils.translation import get_language


class Named(models.Model):
    """A row with a stable code for machines and a name per language for people."""

    code = models.SlugField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the language of the person who looks."""
        return self.name_zh if reads_chinese() else self.name_en


def reads_chinese() -> bool:
    """Return whether the person who looks reads Chinese; everybody else gets the English name or text."""
    return (get_language() or "").startswith("zh")
