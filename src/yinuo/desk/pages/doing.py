"""How every act on a case is answered: with the case as it is then, or with what was typed and why it was refused."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinuo.access.actors import Actor
from yinuo.access.doors import wants_piece
from yinuo.cases import rules
from yinuo.cases.forms import ReplyForm
from yinuo.cases.models import Case
from yinuo.cases.queries import case_by_reference
from yinuo.foundation.refusals import Refusal

from .workbench import Writing, back_to_case, bench, case_piece, news_since


def done(
    request: HttpRequest,
    actor: Actor,
    reference: str,
    act: Callable[[Case], None],
    *,
    writing: Writing | None = None,
    form: ReplyForm | None = None,
) -> HttpResponse:
    """Do the act and show the case as it is then; a refusal is shown beside what was typed."""
    case = case_by_reference(reference, actor=actor)
    try:
        act(case)
    except rules.NewMessagesArrived as refusal:
        return _ask_first(request, actor, case, refusal, writing or Writing(), form)
    except Refusal as refusal:
        if wants_piece(request):
            raise
        writing = writing or Writing()
        writing.refusal = refusal
        return bench(request, actor, case, writing=writing, status=refusal.status)
    if not wants_piece(request):
        return back_to_case(request, case)
    return case_piece(request, actor, case_by_reference(reference, actor=actor))


def _ask_first(
    request: HttpRequest,
    actor: Actor,
    case: Case,
    refusal: Refusal,
    writing: Writing,
    form: ReplyForm | None,
) -> HttpResponse:
    """Show what the customer said meanwhile; sending once more sends."""
    news = news_since(case, form.cleaned_data["last_seen_id"] or 0) if form else []
    newest_id = max((one.message.pk for one in news), default=0)
    if wants_piece(request):
        context = {"refusal": refusal, "news": news, "newest_id": newest_id}
        return render(request, "desk/_news_first.html", context, status=refusal.status)
    writing.refusal, writing.news, writing.last_seen_id = refusal, news, newest_id
    return bench(request, actor, case, writing=writing, status=refusal.status)
