"""Drafts: what somebody has begun to write, kept for them until it is sent."""

from datetime import datetime
from typing import Any

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.actions import AttachmentDraft
from yinuo.cases.models import Case
from yinuo.desk import rules
from yinuo.desk.models import Draft, DraftKind, OutgoingReply, ReplyState

_PERMISSIONS = {DraftKind.REPLY: "cases.reply", DraftKind.NOTE: "cases.note"}


@transaction.atomic
def save_draft(*, case: Case, kind: DraftKind, text: str, known: str = "", by: Actor, at: datetime) -> Draft | None:
    """Keep what somebody has typed so far; files already kept stay. Nothing typed and no file is no draft.

    known: the `version` of the draft that the typing began with, empty when there was none. Saving comes by itself and
    may arrive late: after the answer was sent, taken back, or changed on another device. The case was found by
    `visible_to` before. Refuses with DraftMovedOn, NotAllowed.
    """
    by.require(_PERMISSIONS[kind])
    mine = Draft.objects.select_for_update().filter(author_id=by.staff_id, case=case, kind=kind)
    draft = mine.first()
    if known != (draft.version if draft else "") or (kind == DraftKind.REPLY and _is_on_its_way(case, text, by)):
        raise rules.DraftMovedOn
    if not text.strip() and not (draft and draft.files):
        mine.delete()
        return None
    if draft is None:
        return _put(case, kind, text=text, files=[], by=by, at=at)
    draft.text, draft.saved_at = text, at
    draft.save(update_fields=["text", "saved_at"])
    return draft


def add_to_draft(*, case: Case, text: str, files: list[dict[str, Any]], typed: str, by: Actor, at: datetime) -> Draft:
    """Put words and files in front of what somebody has typed meanwhile as an answer, and keep both as their draft."""
    draft = Draft.objects.select_for_update().filter(author_id=by.staff_id, case=case, kind=DraftKind.REPLY).first()
    kept = draft.files if draft else []
    known = {file["digest"] for file in files}
    both = "\n\n".join(part for part in (text, typed.strip()) if part)
    return _put(
        case,
        DraftKind.REPLY,
        text=both,
        files=[*files, *(file for file in kept if file["digest"] not in known)],
        by=by,
        at=at,
    )


def drop_draft(*, case: Case, kind: DraftKind, by: Actor) -> None:
    """Forget a draft, because it was sent or is not wanted."""
    Draft.objects.filter(author_id=by.staff_id, case=case, kind=kind).delete()


def kept_with_draft(*, case: Case, digests: list[str], by: Actor) -> list[AttachmentDraft]:
    """Return the files of somebody's own draft of an answer that they still want to send, by their hash."""
    draft = Draft.objects.filter(author_id=by.staff_id, case=case, kind=DraftKind.REPLY).first()
    return [AttachmentDraft(**file) for file in (draft.files if draft else []) if file["digest"] in digests]


def _is_on_its_way(case: Case, text: str, by: Actor) -> bool:
    waiting = OutgoingReply.objects.filter(case=case, author_id=by.staff_id, state=ReplyState.WAITING)
    return waiting.filter(text=text.strip()).exists()


def _put(case: Case, kind: DraftKind, *, text: str, files: list[Any], by: Actor, at: datetime) -> Draft:
    values = {"text": text, "files": files, "saved_at": at}
    draft, _is_new = Draft.objects.update_or_create(author_id=by.staff_id, case=case, kind=kind, defaults=values)
    return draft
