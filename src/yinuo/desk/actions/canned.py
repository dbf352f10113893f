"""Canned answers: adding, changing, deleting, and counting how often they are used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.desk.canned import check_text
from yinuo.desk.models import CannedAnswer
from yinuo.foundation.refusals import NotFound, Refusal


class NoTextGiven(Refusal):
    code = "desk.no_text_given"
    status = 422

    def sentence(self) -> str:
        return _("Write the text in at least one of the two languages.")


class ShortcutTaken(Refusal):
    """Two answers that one person sees would open by the same word."""

    code = "desk.shortcut_taken"
    status = 422

    def sentence(self) -> str:
        return _("The word %(shortcut)s already opens “%(name)s”. Choose another.") % self.details


@dataclass(frozen=True)
class CannedDraft:
    """What a canned answer shall say. Whose it is: the team's of team_id, everybody's (is_shared), else one's own."""

    name: str
    text_zh: str = ""
    text_en: str = ""
    shortcut: str = ""
    team_id: int | None = None
    is_shared: bool = False


@transaction.atomic
def save_canned_answer(
    *, draft: CannedDraft, answer: CannedAnswer | None = None, by: Actor, at: datetime
) -> CannedAnswer:
    """Add a canned answer or change one.

    One's own need `cases.reply`, those of a team or everybody `desk.share_answers`. Refuses with NotAllowed, NotFound,
    NoTextGiven, UnknownVariable, ShortcutTaken.
    """
    is_shared = draft.is_shared or draft.team_id is not None
    by.require("desk.share_answers" if is_shared else "cases.reply")
    row = _locked(answer, by) if answer else CannedAnswer()
    if not draft.text_zh.strip() and not draft.text_en.strip():
        raise NoTextGiven
    check_text(draft.text_zh)
    check_text(draft.text_en)
    _refuse_taken(draft.shortcut, row.pk, by)
    row.name, row.shortcut = draft.name.strip(), draft.shortcut
    row.text_zh, row.text_en = draft.text_zh.strip(), draft.text_en.strip()
    row.team_id = draft.team_id
    row.owner_id = None if is_shared else by.staff_id
    row.changed_at, row.changed_by = at, by.key
    row.save()
    return row


@transaction.atomic
def delete_canned_answer(*, answer: CannedAnswer, by: Actor) -> None:
    """Delete a canned answer; what was sent with it stays. Refuses with NotAllowed, NotFound."""
    _locked(answer, by).delete()


def count_uses(*, ids: Iterable[int], by: Actor) -> None:
    """Count that answers were sent which began with these; the most used stand first."""
    used = CannedAnswer.objects.visible_to(by).filter(pk__in=set(ids))
    CannedAnswer.objects.filter(pk__in=used.values("pk")).update(used_count=F("used_count") + 1)


def _locked(answer: CannedAnswer, by: Actor) -> CannedAnswer:
    row = CannedAnswer.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=answer.pk).first()
    if row is None:
        raise NotFound
    by.require("cases.reply" if row.owner_id else "desk.share_answers")
    return row


def _refuse_taken(shortcut: str, own_id: int | None, by: Actor) -> None:
    taken = CannedAnswer.objects.visible_to(by).filter(shortcut=shortcut).exclude(pk=own_id).first()
    if shortcut and taken:
        raise ShortcutTaken(shortcut=f"/{shortcut}", name=taken.name)
