"""Canned answers: the list, adding, changing with a preview of what the customer would read, deleting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override

from yinuo.access.actors import Actor
from yinuo.desk.actions import delete_canned_answer, save_canned_answer
from yinuo.desk.canned import VARIABLES, filled
from yinuo.desk.models import CannedAnswer
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal

from .canned_form import CannedAnswerForm, canned_initial
from .doors import done, put_refusal, refused, settings_page, show

HERE = "canned_answers"
_FIELDS = {"desk.shortcut_taken": "shortcut", "desk.no_text_given": "text_zh"}
# What the preview reads as; nobody is called so.
_EXAMPLES = {
    "zh-hans": {
        "customer": "王丽",
        "agent": "陈晨",
        "reference": "YN-261122-0386",
        "subject": "洗衣机漏水",
        "due": "11月22日 16:00",
        "product": "滚筒洗衣机 X7",
        "team": "售后组",
    },
    "en": {
        "customer": "Wang Li",
        "agent": "Chen Chen",
        "reference": "YN-261122-0386",
        "subject": "Washing machine leaks",
        "due": "November 22 16:00",
        "product": "Washing machine X7",
        "team": "After-sales",
    },
}


@settings_page("cases.reply", "GET", "POST")
def canned_answers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what this person may use, the most used first; POST adds one."""
    if request.method == "POST":
        return _save(request, actor, None)
    answers = CannedAnswer.objects.visible_to(actor).select_related("team").order_by("-used_count", "name", "pk")
    lines = [(answer, _may_change(answer, actor)) for answer in answers]
    return show(request, actor, "canned_answers", {"lines": lines}, here=HERE)


@settings_page("cases.reply", "GET")
def new_canned_answer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the empty form."""
    return _form(request, actor, CannedAnswerForm(actor=actor), None)


@settings_page("cases.reply", "GET", "POST")
def canned_answer(request: HttpRequest, actor: Actor, answer_id: int) -> HttpResponse:
    """Show one to change; POST changes it."""
    answer = _answer(answer_id, actor)
    if request.method == "POST":
        return _save(request, actor, answer)
    return _form(request, actor, CannedAnswerForm(initial=canned_initial(answer), actor=actor), answer)


@settings_page("cases.reply", "POST")
def canned_answer_deletion(request: HttpRequest, actor: Actor, answer_id: int) -> HttpResponse:
    """Delete one."""
    answer = _answer(answer_id, actor)
    try:
        delete_canned_answer(answer=answer, by=actor)
    except Refusal as refusal:
        return refused(request, refusal, "settings_canned_answers")
    return done(request, _("“%(name)s” was deleted.") % {"name": answer.name}, "settings_canned_answers")


@settings_page("cases.reply", "POST")
def canned_answer_preview(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Return how the texts read for an invented case, while they are typed."""
    return render(request, "settings/_canned_preview.html", {"previews": _previews(request.POST)})


def _save(request: HttpRequest, actor: Actor, answer: CannedAnswer | None) -> HttpResponse:
    form = CannedAnswerForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            saved = save_canned_answer(draft=form.draft(), answer=answer, by=actor, at=now())
        except Refusal as refusal:
            put_refusal(form, refusal, _FIELDS.get(refusal.code))
        else:
            return done(request, _("“%(name)s” is saved.") % {"name": saved.name}, "settings_canned_answers")
    return _form(request, actor, form, answer, status=422)


def _form(
    request: HttpRequest, actor: Actor, form: CannedAnswerForm, answer: CannedAnswer | None, *, status: int = 200
) -> HttpResponse:
    texts = form.data if form.is_bound else form.initial
    context = {
        "form": form,
        "answer": answer,
        "variables": VARIABLES.items(),
        "previews": _previews(texts),
        "may_change": answer is None or _may_change(answer, actor),
    }
    return show(request, actor, "canned_answer", context, here=HERE, status=status)


def _previews(texts: object) -> list[tuple[str, str, str]]:
    """Return (language, text, what is wrong with it) of each text that is written."""
    previews = []
    for language, name in (("zh-hans", "text_zh"), ("en", "text_en")):
        text = str(texts.get(name) or "")  # type: ignore[attr-defined]  # a form's data and its initial values alike
        if not text.strip():
            continue
        try:
            with override(language):
                previews.append((language, filled(text, _EXAMPLES[language]), ""))
        except Refusal as refusal:
            previews.append((language, "", refusal.sentence()))
    return previews


def _answer(answer_id: int, actor: Actor) -> CannedAnswer:
    answer = CannedAnswer.objects.visible_to(actor).filter(pk=answer_id).first()
    if answer is None:
        raise NotFound
    return answer


def _may_change(answer: CannedAnswer, actor: Actor) -> bool:
    return answer.owner_id == actor.staff_id or (answer.owner_id is None and actor.may("desk.share_answers"))
