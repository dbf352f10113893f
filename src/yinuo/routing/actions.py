"""The only writer of categories."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Team

from .facts import CategoryChanged
from .models import Category


class CategoryIncomplete(Refusal):
    code = "routing.category_incomplete"
    status = 422

    def sentence(self) -> str:
        return _("Give the category a name in both languages, and words of at most 60 characters.")


@dataclass(frozen=True)
class CategoryDraft:
    """Everything about a category that people set. words: any language; the same word twice counts once."""

    code: str
    name_zh: str
    name_en: str
    words: tuple[str, ...] = ()
    team: Team | None = None
    is_active: bool = True


@transaction.atomic
def save_category(*, draft: CategoryDraft, by: Actor, at: datetime) -> Category:
    """Add a category at the end, or change the one with that code.

    Refuses with CategoryIncomplete, NotAllowed. Announces CategoryChanged.
    """
    by.require("routing.edit")
    words = list(dict.fromkeys(word for word in (" ".join(one.split()) for one in draft.words) if word))
    if not draft.name_zh.strip() or not draft.name_en.strip() or any(len(word) > 60 for word in words):  # noqa: PLR2004 - the column's length
        raise CategoryIncomplete
    category, _is_new = Category.objects.select_for_update().get_or_create(
        code=draft.code, defaults={"position": Category.objects.count() + 1}
    )
    category.name_zh, category.name_en = draft.name_zh.strip(), draft.name_en.strip()
    category.words, category.team, category.is_active = words, draft.team, draft.is_active
    category.save()
    announce(CategoryChanged(category_id=category.pk), by=by, at=at)
    return category
