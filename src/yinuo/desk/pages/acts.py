"""What is done to a case on the workbench. Each act is a resource somebody posts to; a refusal keeps what was typed."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinuo.access.actions import record_reveal
from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.cases import actions, rules
from yinuo.cases.actions.messages import Said
from yinuo.cases.forms import ActForm, ClosureForm, OwnerForm, ReasonForm, ReplyForm, WordsForm
from yinuo.cases.models import Case
from yinuo.cases.pages.files import kept_files
from yinuo.cases.queries import case_by_reference
from yinuo.customers.models import Customer, Identity
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.models import Staff

from .workbench import Writing, back_to_case, bench, case_piece, news_since


@desk_page("POST")
def add_reply(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Answer the customer, and close the case with it when asked to. New words of theirs are shown first."""
    form = ReplyForm(request.POST, request.FILES)

    def act(case: Case) -> None:
        values = form.checked()
        at = now()
        said = Said(values["text"].strip(), at, author_name=actor.name, attachments=kept_files(values["files"]))
        with transaction.atomic():
            actions.reply(case=case, said=said, last_seen_id=values["last_seen_id"], by=actor, at=at)
            if values["close_as"]:
                actions.close_case(case=case, outcome=values["close_as"], by=actor, at=at)

    return _done(request, actor, reference, act, writing=Writing("reply", request.POST.get("text", "")), form=form)


@desk_page("POST")
def create_note(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Leave a note that stays among ourselves."""
    form = WordsForm(request.POST, request.FILES)

    def act(case: Case) -> None:
        values = form.checked()
        at = now()
        said = Said(values["text"].strip(), at, author_name=actor.name, attachments=kept_files(values["files"]))
        actions.add_note(case=case, said=said, by=actor, at=at)

    return _done(request, actor, reference, act, writing=Writing("note", request.POST.get("text", "")))


@desk_page("POST")
def create_closure(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """End the case."""

    def act(case: Case) -> None:
        values = ClosureForm(request.POST).checked()
        actions.close_case(case=case, outcome=values["outcome"], summary=values["summary"], by=actor, at=now())

    return _done(request, actor, reference, act)


@desk_page("POST")
def create_reopening(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Start a closed case again."""

    def act(case: Case) -> None:
        actions.reopen_case(case=case, reason=_values(ReasonForm, request)["reason"], by=actor, at=now())

    return _done(request, actor, reference, act)


@desk_page("POST")
def set_owner(request: HttpRequest, actor: Actor, reference: str) -> HttpResponse:
    """Make a colleague accountable; for those who may."""

    def act(case: Case) -> None:
        values = _values(OwnerForm, request)
        to = Staff.objects.filter(pk=values["owner"]).first()
        if to is None:
            raise NotFound
        actions.change_owner(case=case, to=to, reason=values["reason"], by=actor, at=now())

    return _done(request, actor, reference, act)


@desk_page("POST")
def create_reveal(request: HttpRequest, actor: Actor, reference: str, what: str) -> HttpResponse:
    """Show one personal value in clear, in this answer only; it is written down who looked.

    what: the id of an identity, or `address`.
    """
    case = case_by_reference(reference, actor=actor)
    customer = Customer.objects.visible_to(actor).filter(pk=case.customer_id).first()
    if customer is None:
        raise NotFound
    field, value = _personal_value(customer, what)
    record_reveal(customer_id=customer.pk, field=field, reason=case.reference, by=actor, at=now())
    if wants_piece(request):
        return render(request, "desk/_revealed.html", {"value": value})
    return bench(request, actor, case, writing=Writing(revealed={what: value}))


def _values(form: type[ActForm], request: HttpRequest) -> dict[str, Any]:
    return form(request.POST).checked()


def _done(
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


def _personal_value(customer: Customer, what: str) -> tuple[str, str]:
    if what == "address":
        if not customer.address:
            raise NotFound
        return "address", customer.address
    identity = Identity.objects.filter(customer=customer, pk=int(what)).first() if what.isdecimal() else None
    if identity is None:
        raise NotFound
    return identity.kind, identity.value
