"""A case as its customer sees it, through one of two doors: its unguessable link, or the customer's own signing in.

The link opens this one case and nothing else; who holds it is called what they called themselves in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import live_after, wants_piece
from yinuo.cases import actions
from yinuo.cases.actions.messages import Said
from yinuo.cases.forms import WordsForm
from yinuo.cases.models import Case, MessageKind
from yinuo.cases.pages.files import file_answer, kept_files
from yinuo.cases.pages.shown import open_time, shown_entries
from yinuo.cases.queries import attachment_for, case_by_reference, given_name, tracked, tracked_case
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.intake.portal.doors import Page, open_page, session_here, to_sign_in
from yinuo.intake.portal.floods import count_attempt
from yinuo.intake.portal.forms import ClosingForm, ReopeningForm
from yinuo.intake.portal.queries import actor_of

from .frame import page

_POSTS = 12
_PERIOD = timedelta(minutes=10)


@dataclass(frozen=True)
class Opened:
    """A case with who opened it and by which door. `name`: how they are called on the page."""

    case: Case
    actor: Actor
    name: str
    by_link: bool

    def url(self, what: str = "", *more: Any) -> str:
        """Return the address of a page of this case behind the same door."""
        name = "_".join(part for part in ("track" if self.by_link else "my_case", what) if part)
        return reverse(name, args=[self.case.track_token if self.by_link else self.case.reference, *more])


def case_page(*methods: str) -> Callable[[Page], Page]:
    """Return a decorator: the page gets the case opened by its link (`token`), or by the customer's own session
    (`reference`); behind that door only their own cases are to be found, and visitors are asked to sign in.
    """

    def decorate(inner: Page) -> Page:
        @open_page(*methods)
        def door(request: HttpRequest, token: str = "", reference: str = "", **address: Any) -> HttpResponseBase:
            opened = _by_link(token) if token else _by_session(request, reference)
            if opened is None:
                return to_sign_in(request)
            if request.method == "POST":
                count_attempt("case", opened.case.track_token, most=_POSTS, within=_PERIOD, at=now())
            return inner(request, opened, **address)

        return door

    return decorate


@case_page("GET")
def case(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Show how the case stands."""
    return _page(request, opened)


@case_page("GET")
def received(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Say that the question arrived: its number, who looks after it, by when, and where to follow it."""
    return page(request, "received", _context(opened))


@case_page("POST")
def add_message(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Take what the customer adds; a solved case starts again, and what comes after its time is a new one."""

    def act() -> tuple[str, Case]:
        values = WordsForm(request.POST, request.FILES).checked()
        case = _add(opened, values["text"].strip(), values["files"])
        if case.pk != opened.case.pk:
            return _("We have your message. Because the old request is closed, it has a new number."), case
        return _("We have your message."), case

    return _done(request, opened, act)


@case_page("POST")
def close(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The customer says that it is solved, with a word if they like; of a solved case, that it is so indeed."""

    def act() -> tuple[str, Case]:
        word = ClosingForm(request.POST).checked()["text"]
        if opened.case.is_open:
            actions.close_case(case=opened.case, outcome="solved", summary=word, by=opened.actor, at=now())
            return _("Thank you. If it comes back, write here and we take it up again."), opened.case
        actions.confirm_solved(case=opened.case, word=word, by=opened.actor, at=now())
        return _("Thank you, we are glad. If it comes back, write here: it becomes a new request."), opened.case

    return _done(request, opened, act)


@case_page("POST")
def reopen(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The customer says that it is not solved, by one click, with what is missing if they like."""

    def act() -> tuple[str, Case]:
        values = ReopeningForm(request.POST, request.FILES).checked()
        files, at = kept_files(values["files"]), now()
        said = Said(values["text"].strip(), at, author_name=opened.name, attachments=files)
        with transaction.atomic():
            actions.reopen_case(case=opened.case, reason=said.text, by=opened.actor, at=at)
            if said.text or files:
                actions.add_customer_message(case=opened.case, said=said, channel="portal", by=opened.actor, at=at)
        return _("We have taken it up again."), opened.case

    return _done(request, opened, act)


@case_page("GET")
def file(request: HttpRequest, opened: Opened, attachment_id: int) -> HttpResponseBase:
    """Hand out a file of this case."""
    row = attachment_for(attachment_id, actor=opened.actor, case=opened.case)
    return file_answer(request, row)


@case_page("GET")
def progress(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Return all but the forms, for the page to refresh itself."""
    return render(request, "portal/_case.html", _context(opened))


def _by_link(token: str) -> Opened:
    case = tracked_case(token)
    first = case.messages.filter(kind=MessageKind.CUSTOMER).order_by("id").values_list("author_name", flat=True).first()
    return Opened(case, Actor.customer(case.customer_id), name=first or "", by_link=True)


def _by_session(request: HttpRequest, reference: str) -> Opened | None:
    session = session_here(request)
    if session is None:
        return None
    actor = actor_of(session)
    return Opened(case_by_reference(reference, actor=actor), actor, name=actor.name, by_link=False)


def _add(opened: Opened, text: str, files: Any) -> Case:
    at = now()
    said = Said(text, at, author_name=opened.name, attachments=kept_files(files))
    taken = actions.take_customer_message(case=opened.case, said=said, channel="portal", by=opened.actor, at=at).case
    # A case this one was merged into may be somebody else's: only a new one is theirs for sure.
    return taken if taken.opened_at == at else opened.case


def _done(request: HttpRequest, opened: Opened, act: Callable[[], tuple[str, Case]]) -> HttpResponse:
    try:
        sentence, case = act()
    except Refusal as refusal:
        if wants_piece(request):
            raise
        return _page(request, opened, refusal=refusal, text=request.POST.get("text", ""), status=refusal.status)
    messages.success(request, sentence)
    # The same door leads to the case in which they go on.
    return redirect(replace(opened, case=case).url())


def _page(
    request: HttpRequest, opened: Opened, *, refusal: Refusal | None = None, text: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "live_after": live_after(),
        **_context(opened, whole=request.GET.get("all") == "1"),
        "refusal": refusal,
        "text": text,
    }
    return page(request, "case", context, status=status)


def _context(opened: Opened, *, whole: bool = False) -> dict[str, Any]:
    at = now()
    shown = tracked(opened.case, at=at, whole=whole)
    entries = shown_entries(shown.entries, file_url=lambda pk: opened.url("file", pk))
    for entry in entries:
        if "talk" in entry and entry["talk"].side == "ours":
            entry["author"] = given_name(entry["talk"].message.author_name) or entry["author"]
    return {
        "case": opened.case,
        "opened": opened,
        "urls": {name: opened.url(name) for name in ("messages", "closure", "reopenings", "progress")}
        | {"page": opened.url()},
        "tracked": shown,
        "entries": entries,
        "promises": [
            (
                one,
                open_time(one.within) if one.within else "",
                open_time(one.moved) if one.moved else "",
            )
            for one in shown.promises
        ],
        "is_late": shown.next is not None and shown.next.state == "broken",
    }
