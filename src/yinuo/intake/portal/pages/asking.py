"""Asking a question: the form, what it seems to be about, and the case that comes of it."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from yinuo.cases.pages.files import kept_files
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.intake.portal.actions import Question
from yinuo.intake.portal.actions import ask as ask_question
from yinuo.intake.portal.doors import open_page, session_here
from yinuo.intake.portal.floods import count_attempt, network_of
from yinuo.intake.portal.forms import AskForm
from yinuo.intake.portal.queries import house_name
from yinuo.routing.queries import categories, category_of

from .frame import page

_HOUR = timedelta(hours=1)
_FROM_A_NETWORK = 20
_FROM_A_CONTACT = 6
_GUESSES = 600


@open_page("GET", "POST", is_listed=True)
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form; POST makes a case of it and leads to its page, the same one however often it is sent."""
    if request.method == "GET":
        return _form_page(request, _form(request))
    form = _form(request, request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    at = now()
    session = session_here(request)
    try:
        count_attempt("ask.network", network_of(request), most=_FROM_A_NETWORK, within=_HOUR, at=at)
        for contact in (form.cleaned_data.get("mail"), form.cleaned_data["phone"]):
            if contact:
                count_attempt("ask.contact", contact.lower(), most=_FROM_A_CONTACT, within=_HOUR, at=at)
        case = ask_question(question=_question(form), customer=session.customer if session else None, at=at)
    except Refusal as refusal:
        return _form_page(request, form, refusal=refusal, status=refusal.status)
    return redirect("track_received", token=case.track_token)


@open_page("POST")
def category(request: HttpRequest) -> HttpResponse:
    """Return the choice of categories with the one that the text so far seems to be about; a choice made stays."""
    count_attempt("ask.category", network_of(request), most=_GUESSES, within=_HOUR, at=now())
    among = categories()
    chosen, guessed = request.POST.get("category", ""), request.POST.get("guessed", "")
    guess = category_of(request.POST.get("text", ""), among)
    form = AskForm(
        categories=among,
        is_signed_in=session_here(request) is not None,
        house="",
        initial={"category": guess if chosen in {"", guessed} else chosen, "guessed": guess},
    )
    return render(request, "portal/_categories.html", {"form": form, "guess": guess})


def _form(request: HttpRequest, *sent: Any) -> AskForm:
    return AskForm(*sent, categories=categories(), is_signed_in=session_here(request) is not None, house=house_name())


def _form_page(
    request: HttpRequest, form: AskForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "refusal": refusal, "guess_url": reverse("ask_category")}
    return page(request, "ask", context, here="ask", status=status)


def _question(form: AskForm) -> Question:
    values = form.cleaned_data
    return Question(
        key=values["key"],
        text=values["text"],
        name=values.get("name", ""),
        mail=values.get("mail", ""),
        phone=values["phone"],
        number=values["number"],
        category=values["category"],
        language=get_language() or "zh-hans",
        files=kept_files(values["files"]),
    )
