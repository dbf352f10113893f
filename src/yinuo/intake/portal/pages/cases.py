"""The customer's own page of a case, opened by its unguessable link: how it stands, what is promised, what was said."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yinuo.access.actors import Actor
from yinuo.access.doors import live_after, wants_piece
from yinuo.cases import actions
from yinuo.cases.actions.messages import Said
from yinuo.cases.forms import ReasonForm, WordsForm
from yinuo.cases.models import Case
from yinuo.cases.pages.files import FILE_POLICY, file_answer, kept_files
from yinuo.cases.pages.shown import open_time, shown_entries
from yinuo.cases.queries import attachment_for, given_name, tracked, tracked_case
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal

_POSTS = 12
_PERIOD = timedelta(minutes=10)
Page = Callable[..., HttpResponseBase]


class TooManyPosts(Refusal):
    code = "portal.too_many_posts"
    status = 429

    def sentence(self) -> str:
        return _("A lot was sent from here within the last minutes. Please wait ten minutes, then send again.")


class TooLongClosed(Refusal):
    code = "portal.too_long_closed"

    def sentence(self) -> str:
        return _("This request was closed a while ago. Please write to us anew and name its number, %(reference)s.") % (
            self.details
        )


def tracking_page(*methods: str) -> Callable[[Page], Page]:
    """Return a decorator: the page gets the case of the link and the customer as actor; nobody keeps or indexes it."""

    def decorate(page: Page) -> Page:
        @require_http_methods(methods)
        @never_cache
        @wraps(page)
        def door(request: HttpRequest, token: str, **address: Any) -> HttpResponseBase:
            case = tracked_case(token)
            if request.method == "POST":
                _count_post(token)
            response = page(request, case, Actor.customer(case.customer_id, name=case.customer.name), **address)
            response["X-Robots-Tag"] = "noindex, nofollow"
            # Not `no-referrer`: browsers then send `Origin: null`, and the check against forged forms would refuse
            # every answer. With `same-origin` the link still never reaches another site.
            response["Referrer-Policy"] = "same-origin"
            return response

        return door

    return decorate


@tracking_page("GET")
def track(request: HttpRequest, case: Case, _actor: Actor) -> HttpResponse:
    """Show how the case stands."""
    return _page(request, case)


@tracking_page("POST")
def add_message(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """Take what the customer adds; a case closed within the window starts again."""

    def act() -> str:
        values = WordsForm(request.POST, request.FILES).checked()
        _refuse_after_window(case)
        at = now()
        said = Said(values["text"].strip(), at, author_name=actor.name, attachments=kept_files(values["files"]))
        actions.add_customer_message(case=case, said=said, channel="portal", by=actor, at=at)
        return _("We have your message.")

    return _done(request, case, act)


@tracking_page("POST")
def close(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """The customer says that it is solved."""

    def act() -> str:
        actions.close_case(case=case, outcome="solved", by=actor, at=now())
        return _("Thank you. If it comes back, write here and we take it up again.")

    return _done(request, case, act)


@tracking_page("POST")
def reopen(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """The customer says that it is not solved."""

    def act() -> str:
        reason = ReasonForm(request.POST).checked()["reason"]
        _refuse_after_window(case)
        at = now()
        # What they write is their message; it starts the case again by itself.
        said = Said(reason, at, author_name=actor.name)
        actions.add_customer_message(case=case, said=said, channel="portal", by=actor, at=at)
        return _("We have taken it up again.")

    return _done(request, case, act)


@tracking_page("GET")
@FILE_POLICY  # type: ignore[arg-type]  # its annotation knows no arguments
def tracked_file(request: HttpRequest, case: Case, actor: Actor, attachment_id: int) -> HttpResponseBase:
    """Hand out a file of this case."""
    row = attachment_for(attachment_id, actor=actor, case=case)
    return file_answer(row, inline=request.GET.get("inline") == "1")


@tracking_page("GET")
def tracked_piece(request: HttpRequest, case: Case, _actor: Actor) -> HttpResponse:
    """Return all but the forms, for the page to refresh itself."""
    return render(request, "portal/_case.html", _context(case))


def _done(request: HttpRequest, case: Case, act: Callable[[], str]) -> HttpResponse:
    try:
        sentence = act()
    except Refusal as refusal:
        if wants_piece(request):
            raise
        return _page(request, case, refusal=refusal, text=request.POST.get("text", ""), status=refusal.status)
    messages.success(request, sentence)
    return redirect("track", token=case.track_token)


def _page(
    request: HttpRequest, case: Case, *, refusal: Refusal | None = None, text: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "live_after": live_after(),
        **_context(case, whole=request.GET.get("all") == "1"),
        "refusal": refusal,
        "text": text,
    }
    return render(request, "portal/case.html", context, status=status)


def _context(case: Case, *, whole: bool = False) -> dict[str, Any]:
    at = now()
    shown = tracked(case, at=at, whole=whole)
    entries = shown_entries(shown.talks, file_url=lambda pk: reverse("tracked_file", args=[case.track_token, pk]))
    for entry in entries:
        if entry["talk"].side == "ours":
            entry["author"] = given_name(entry["talk"].message.author_name) or entry["author"]
    return {
        "case": case,
        "tracked": shown,
        "entries": entries,
        "promises": [(one, open_time(one.within)) for one in shown.promises if one.within is not None],
        "is_late": shown.next is not None and shown.next.state == "broken",
    }


def _refuse_after_window(case: Case) -> None:
    if not tracked(case, at=now()).may_write:
        raise TooLongClosed(reference=case.reference)


def _count_post(token: str) -> None:
    key = f"track-posts:{token}"
    cache.add(key, 0, timeout=int(_PERIOD.total_seconds()))
    if cache.incr(key) > _POSTS:
        raise TooManyPosts
