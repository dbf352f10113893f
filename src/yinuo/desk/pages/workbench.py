"""The workbench: the queue, the conversation of one case, and what stands beside it, on one page."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after, wants_piece
from yinuo.cases.actions.closing import may_reopen
from yinuo.cases.forms import OUTCOME_LABELS
from yinuo.cases.models import Case
from yinuo.cases.pages.shown import channel_icon, shown_entries
from yinuo.cases.queries import (
    attention,
    case_by_reference,
    conversation,
)
from yinuo.cases.queries.finding import may_work_on
from yinuo.cases.queries.tasks import next_blocking
from yinuo.desk.queries import drafts_of, offered_answer
from yinuo.desk.queries.watching import others_here
from yinuo.foundation.clock import now
from yinuo.foundation.references import is_reference
from yinuo.foundation.refusals import NotFound, Refusal

from .bulk import acts_context
from .composing import composer_context, leaving_context
from .handing import offer_context
from .offering import offered_acts
from .queue import queue_context, queue_query
from .side import shown_panels


@dataclass
class Writing:
    """What somebody was about to do when it was refused: shown again with the reason, nothing typed is lost."""

    act: str = "reply"
    text: str = ""
    refusal: Refusal | None = None
    news: list[Any] = field(default_factory=list)
    last_seen_id: int | None = None
    revealed: dict[str, str] = field(default_factory=dict)
    canned_ids: list[int] = field(default_factory=list)


@desk_page("GET")
def workbench(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the queue with its first case open beside it; a whole case number leads straight to its case."""
    words = request.GET.get("q", "").strip()
    if is_reference(words) and (reference := _visible_reference(words, actor)):
        return redirect("case", reference=reference)
    return bench(request, actor, None)


@desk_page("GET")
def case_page(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Show one case on the workbench; htmx gets the case alone. The number of a merged one leads to the living."""
    case = case_by_reference(reference, actor=actor)
    write = "note" if request.GET.get("write") == "note" else "reply"
    if wants_piece(request):
        return case_piece(request, actor, case)
    if case.reference != reference.upper():
        return back_to_case(request, case)
    writing = Writing(act=write)
    if request.GET.get("canned") and actor.may("cases.reply"):
        writing.text, writing.canned_ids = _with_canned(case, request.GET["canned"], actor)
    return bench(request, actor, case, writing=writing)


@desk_page("GET")
def conversation_piece(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Return the conversation and the line below the title, for the page to refresh itself."""
    case = case_by_reference(reference, actor=actor)
    context = _conversation_context(request, case, actor) | _head_context(case, actor) | leaving_context(case, actor)
    return render(request, "desk/_conversation_refresh.html", context)


def bench(
    request: HttpRequest, actor: Actor, case: Case | None, *, writing: Writing | None = None, status: int = 200
) -> HttpResponse:
    """Return the whole page with a case open; without one, the first of the queue is."""
    at, after = now(), live_after()
    context = {**queue_context(request, actor, at=at), "live_after": after}
    if context["choosing"]:
        context |= acts_context(request, actor)
    is_chosen = case is not None
    if case is None and context["queue"].rows:
        case = case_by_reference(context["queue"].rows[0].case.reference, actor=actor)
    if case is not None:
        context |= case_context(request, actor, case, writing=writing or Writing(), at=at)
        context["current_reference"] = case.reference
    context |= {"pane": "conversation" if is_chosen else "queue", "search_words": request.GET.get("q", "")}
    response = render(request, "desk/workbench.html", context, status=status)
    # Formatted mails stand in frames; what django-csp's decorator sets, for every way that leads to this page.
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def case_piece(request: HttpRequest, actor: Actor, case: Case, *, writing: Writing | None = None) -> HttpResponse:
    """Return the case alone, as htmx puts it on the workbench."""
    context = case_context(request, actor, case, writing=writing or Writing(), at=now())
    return render(request, "desk/_case.html", {**context, "queue_query": queue_query(request.GET)})


def case_context(request: HttpRequest, actor: Actor, case: Case, *, writing: Writing, at: datetime) -> dict[str, Any]:
    """Return what `_case.html` shows of a case."""
    may_work = may_work_on(case, actor)
    return {
        **_conversation_context(request, case, actor),
        **_head_context(case, actor),
        **leaving_context(case, actor),
        **composer_context(case, actor),
        "here": others_here(case, actor=actor, at=at),
        "panels": shown_panels(case, actor, at, request, {"revealed": writing.revealed}),
        "writing": writing,
        "outcomes": OUTCOME_LABELS.items(),
        "may_note": actor.may("cases.note"),
        "may_close": may_work and case.is_open and actor.may("cases.close"),
        "may_reopen": may_work
        and not case.is_open
        and case.merged_into_id is None
        and actor.may("cases.reopen")
        and may_reopen(case, by=actor, at=at),
        "case_acts": offered_acts(case, actor) if may_work else [],
    }


def back_to_case(request: HttpRequest, case: Case) -> HttpResponseRedirect:
    """Return to the case with the queue as it was."""
    query = queue_query(request.GET)
    return HttpResponseRedirect(reverse("case", args=[case.reference]) + (f"?{query}" if query else ""))


def _with_canned(case: Case, chosen: str, actor: Actor) -> tuple[str, list[int]]:
    """Return what stands in the composer with a canned answer behind it, and which; nothing for one unheard of."""
    answer = offered_answer(case, answer_id=chosen, actor=actor)
    if answer is None:
        return "", []
    draft = drafts_of(case, actor=actor).get("reply")
    return "\n".join(filter(None, [draft.text if draft else "", answer.text])), [answer.id]


def _visible_reference(words: str, actor: Actor) -> str:
    try:
        return case_by_reference(words, actor=actor).reference
    except NotFound:
        return ""


def _conversation_context(request: HttpRequest, case: Case, actor: Actor) -> dict[str, Any]:
    conversing = conversation(case, whole=request.GET.get("all") == "1")
    return {
        "case": case,
        "entries": shown_entries(conversing.entries, file_url=lambda pk: reverse("attachment", args=[pk])),
        "last_message_id": conversing.last_message_id,
        "hidden_count": conversing.hidden_count,
        "may_reply_to_thanks": actor.may("cases.reply"),
    }


def _head_context(case: Case, actor: Actor) -> dict[str, Any]:
    return {
        "case": case,
        "channel_icon": channel_icon(case.channel),
        "is_mine": case.owner_id == actor.staff_id,
        "customer_name": case.customer.name,
        "is_vip": case.customer.is_vip,
        "escalation": attention([case.pk]).get(case.pk),
        "may_see_customers": actor.may("customers.view"),
        **offer_context(case, actor),
        "blocking_task": next_blocking(case),
    }


def news_since(case: Case, last_seen_id: int) -> list[Any]:
    """Return what the customer said after a message, for the question before sending."""
    entries = conversation(case, kinds=("customer",)).entries
    return [one for one in entries if hasattr(one, "message") and one.message.pk > last_seen_id]
