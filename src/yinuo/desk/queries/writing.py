"""What somebody is writing on a case: their drafts, and the answers on their way."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.desk.models import Draft, DraftKind, OutgoingReply, ReplyState


@dataclass(frozen=True)
class Leaving:
    """An answer on its way, or one that could not be sent. is_mine: the reader wrote it and may take it back."""

    id: int
    author_name: str
    text: str
    file_names: list[str]
    closes: bool
    waits: bool
    send_at: datetime
    is_failed: bool
    reason: str
    is_mine: bool


def leaving_replies(case: Case, *, actor: Actor) -> list[Leaving]:
    """Return the answers of a case that wait to be sent, and the actor's own that could not be, the oldest first.

    The case was found by `visible_to` before.
    """
    shown = Q(state=ReplyState.WAITING) | Q(state=ReplyState.FAILED, author_id=actor.staff_id)
    rows = OutgoingReply.objects.filter(shown, case=case).select_related("author").order_by("send_at", "id")
    return [
        Leaving(
            id=row.pk,
            author_name=row.author.name,
            text=row.text,
            file_names=[file["name"] for file in row.files],
            closes=bool(row.close_as),
            waits=row.waits,
            send_at=row.send_at,
            is_failed=row.state == ReplyState.FAILED,
            reason=row.reason,
            is_mine=row.author_id == actor.staff_id,
        )
        for row in rows
    ]


def drafts_of(case: Case, *, actor: Actor) -> dict[str, Draft]:
    """Return what the actor has begun to write on a case, by kind."""
    mine = Draft.objects.filter(author_id=actor.staff_id, case=case)
    return {DraftKind(draft.kind).value: draft for draft in mine}
