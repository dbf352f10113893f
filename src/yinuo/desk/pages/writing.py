"""Writing on a case: handing in an answer and taking it back, leaving a note, keeping a draft."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.actions import add_note
from yinuo.cases.actions.messages import Said
from yinuo.cases.forms import TEXT_LENGTH, ReplyForm, WordsForm
from yinuo.cases.models import Case
from yinuo.cases.pages.files import kept_files
from yinuo.cases.queries import case_by_reference, suggested_colleagues
from yinuo.desk import actions
from yinuo.desk.models import DraftKind
from yinuo.desk.queries import offered_answers
from yinuo.foundation.clock import now
from yinuo.foundation.references import id_of
from yinuo.foundation.refusals import NotFound

from .doing import done
from .queue import queue_query
from .workbench import Writing


@desk_page("POST")
def add_reply(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Hand in an answer, to be sent with the closing or the waiting asked for. New words of theirs are shown first."""
    form = ReplyForm(request.POST, request.FILES)

    def act(case: Case) -> None:
        values = form.checked()
        kept = actions.kept_with_draft(case=case, digests=request.POST.getlist("kept"), by=actor)
        written = actions.Written(
            values["text"].strip(),
            [*kept, *kept_files(values["files"])],
            last_seen_id=values["last_seen_id"],
            close_as=values["close_as"],
            waits=values["wait"],
        )
        actions.hand_in_reply(case=case, written=written, by=actor, at=now())
        actions.count_uses(ids=_numbers(request.POST.getlist("canned")), by=actor)

    return done(request, actor, reference, act, writing=Writing("reply", request.POST.get("text", "")), form=form)


@desk_page("POST")
def take_back_reply(request: HttpRequest, actor: Actor, reference: str, reply_id: int) -> HttpResponse:
    """Give an answer that waits, or could not be sent, back to its author's composer."""

    def act(case: Case) -> None:
        typed = request.POST.get("text", "")[:TEXT_LENGTH]
        actions.take_back_reply(case=case, reply_id=reply_id, typed=typed, by=actor, at=now())

    return done(request, actor, reference, act)


@desk_page("POST")
def create_note(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Leave a note that stays among ourselves."""
    form = WordsForm(request.POST, request.FILES)

    def act(case: Case) -> None:
        values = form.checked()
        at = now()
        said = Said(values["text"].strip(), at, author_name=actor.name, attachments=kept_files(values["files"]))
        chosen = _numbers(request.POST.getlist("mentions"))
        with transaction.atomic():
            actions.drop_draft(case=case, kind=DraftKind.NOTE, by=actor)
            add_note(case=case, said=said, chosen=chosen, by=actor, at=at)

    return done(request, actor, reference, act, writing=Writing("note", request.POST.get("text", "")))


@desk_page("GET")
def colleagues(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Return whom a note on this case may call, by words of their name, for the list behind the @."""
    case = case_by_reference(reference, actor=actor)
    actor.require("cases.note")
    found = suggested_colleagues(case, words=request.GET.get("q", "")[:40], actor=actor)
    rows = [
        {"value": person.pk, "label": person.name, "hint": person.title, "text": f"@{person.name} "} for person in found
    ]
    return JsonResponse({"rows": rows})


@desk_page("POST")
def save_draft(request: HttpRequest, actor: Actor, reference: str, kind: str) -> HttpResponse:
    """Keep what is being typed, quietly; the page goes on as it is."""
    if kind not in DraftKind.values:
        raise NotFound
    case = case_by_reference(reference, actor=actor)
    text = WordsForm(request.POST).checked()["text"]
    known = request.POST.get("known", "")
    draft = actions.save_draft(case=case, kind=DraftKind(kind), text=text, known=known, by=actor, at=now())
    return JsonResponse({"saved": draft.version if draft else ""})


@desk_page("GET")
def canned_answers(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Return the canned answers that fit what is typed, filled from this case, for the list behind the slash.

    With `page=1` they stand on a page, each with a link that writes it into the composer: for browsers without scripts.
    """
    case = case_by_reference(reference, actor=actor)
    actor.require("cases.reply")
    words = request.GET.get("q", "")[:40]
    found = offered_answers(case, words=words, actor=actor)
    if request.GET.get("page") == "1":
        context = {"case": case, "answers": found, "words": words, "queue_query": queue_query(request.GET)}
        return render(request, "desk/canned_answers.html", context)
    rows = [
        {
            "value": one.id,
            "label": one.name,
            "hint": f"/{one.shortcut}  {one.text}" if one.shortcut else one.text,
            "text": one.text,
        }
        for one in found
    ]
    return JsonResponse({"rows": rows})


def _numbers(words: list[str]) -> list[int]:
    return [number for word in words if (number := id_of(word)) is not None]
