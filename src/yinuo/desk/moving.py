"""What the desk moves along when a case is merged: what somebody is writing in it, and answers on their way.

Nobody's words are lost: who was writing in both cases has both in one draft. Undone, whatever is still unsent returns.
"""

from datetime import datetime
from typing import Any

from yinuo.cases.models import Case
from yinuo.cases.moving import moves_along
from yinuo.desk.models import Draft, OutgoingReply, ReplyState

_UNSENT = (ReplyState.WAITING, ReplyState.FAILED)


def move_writing(source: Case, target: Case, _at: datetime) -> dict[str, Any]:
    """Move drafts and unsent answers; return their ids, without those that joined their author's own draft there."""
    # An answer that is being sent this instant is locked; whoever sends it finds out where it belongs.
    waiting = OutgoingReply.objects.select_for_update(skip_locked=True).filter(case=source, state__in=_UNSENT)
    reply_ids = sorted(waiting.values_list("pk", flat=True))
    OutgoingReply.objects.filter(pk__in=reply_ids).update(case=target)
    moved = []
    for draft in Draft.objects.select_for_update().filter(case=source).order_by("id"):
        own = Draft.objects.filter(case=target, author=draft.author_id, kind=draft.kind).first()
        if own is None:
            draft.case = target
            draft.save(update_fields=["case"])
            moved.append(draft.pk)
            continue
        own.text = "\n\n".join(text for text in (own.text, draft.text) if text)
        own.files = [*own.files, *draft.files]
        own.saved_at = max(own.saved_at, draft.saved_at)
        own.save(update_fields=["text", "files", "saved_at"])
        draft.delete()
    return {"replies": reply_ids, "drafts": moved}


def move_writing_back(kept: dict[str, Any], source: Case, target: Case, _at: datetime) -> None:
    """Move back what was moved and is still unsent."""
    replies = OutgoingReply.objects.filter(pk__in=kept["replies"], case=target, state__in=_UNSENT)
    replies.update(case=source)
    Draft.objects.filter(pk__in=kept["drafts"], case=target).update(case=source)


moves_along("desk.writing", move=move_writing, back=move_writing_back)
