"""What the composer shows: what its person has begun to write here, and the answers on their way."""

from typing import Any

from django.template.defaultfilters import filesizeformat

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.cases.queries.finding import may_work_on
from yinuo.desk.queries import drafts_of, leaving_replies


def leaving_context(case: Case, actor: Actor) -> dict[str, Any]:
    """Return what `_leaving.html` shows below the conversation."""
    may_reply = case.is_open and actor.may("cases.reply") and may_work_on(case, actor)
    return {"leaving": leaving_replies(case, actor=actor), "may_reply": may_reply}


def composer_context(case: Case, actor: Actor) -> dict[str, Any]:
    """Return what `_composer.html` shows of drafts."""
    drafts = drafts_of(case, actor=actor)
    reply = drafts.get("reply")
    files = reply.files if reply else []
    return {
        "reply_draft": reply,
        "note_draft": drafts.get("note"),
        "kept_files": [{**file, "size": filesizeformat(file["size"])} for file in files],
    }
