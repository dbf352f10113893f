"""Drafts: what somebody has begun to write, kept for them until it is sent."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from yinuo.access.actors import Actor
from yinuo.cases.actions import AttachmentDraft
from yinuo.cases.models import Case, Message, MessageKind
from yinuo.desk import rules
from yinuo.desk.models import Draft, DraftKind, OutgoingReply, ReplyState

# A saving that was under way when Send was pressed arrives within this.
_LATE = timedelta(minutes=1)
_PERMISSIONS = {DraftKind.REPLY: "cases.reply", DraftKind.NOTE: "cases.note"}


@transaction.atomic
def save_draft(*, case: Case, kind: DraftKind, text: str, known: str = "", by: Actor, at: datetime) -> Draft | None:
    """Keep what somebody has typed so far; files already kept stay. Nothing typed and no file is no draft.

    known: the `version` of the draft that the typing began with, empty when there was none. Saving comes by itself and
    may arrive late: after the answer was sent, taken back, or changed on another device. The case was found by
    `visible_to` before. Refuses with DraftMovedOn, NotAllowed.
    """
    by.require(_PERMISSIONS[kind])
    _one_at_a_time(case, by)
    mine = Draft.objects.filter(author_id=by.staff_id, case=case, kind=kind)
    draft = mine.first()
    if known != (draft.version if draft else "") or _was_said(case, kind, text, by=by, at=at):
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
    _one_at_a_time(case, by)
    draft = Draft.objects.filter(author_id=by.staff_id, case=case, kind=DraftKind.REPLY).first()
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
    """Forget a draft, because it is being sent; call it first in the transaction that sends."""
    _one_at_a_time(case, by)
    Draft.objects.filter(author_id=by.staff_id, case=case, kind=kind).delete()


def kept_with_draft(*, case: Case, digests: list[str], by: Actor) -> list[AttachmentDraft]:
    """Return the files of somebody's own draft of an answer that they still want to send, by their hash."""
    draft = Draft.objects.filter(author_id=by.staff_id, case=case, kind=DraftKind.REPLY).first()
    return [AttachmentDraft(**file) for file in (draft.files if draft else []) if file["digest"] in digests]


def _was_said(case: Case, kind: DraftKind, text: str, *, by: Actor, at: datetime) -> bool:
    """Return whether these words have just been handed in: a saving that arrives late is no draft."""
    if kind == DraftKind.NOTE:
        notes = Message.objects.filter(case=case, kind=MessageKind.NOTE, author=by.key, stored_at__gt=at - _LATE)
        return notes.filter(text=text.strip()).exists()
    replies = OutgoingReply.objects.filter(case=case, author_id=by.staff_id, made_at__gt=at - _LATE)
    waiting = replies.filter(state=ReplyState.WAITING, text=text.strip())
    return waiting.exists() or replies.filter(state=ReplyState.SENT, message__text=text.strip()).exists()


def _one_at_a_time(case: Case, by: Actor) -> None:
    """Let somebody's savings and sendings on a case follow each other until the transaction ends.

    Two of them at once would each see the state before the other, and a draft would outlive its answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"draft:{case.pk}:{by.key}"])


def _put(case: Case, kind: DraftKind, *, text: str, files: list[Any], by: Actor, at: datetime) -> Draft:
    values = {"text": text, "files": files, "saved_at": at}
    draft, _is_new = Draft.objects.update_or_create(author_id=by.staff_id, case=case, kind=kind, defaults=values)
    return draft
