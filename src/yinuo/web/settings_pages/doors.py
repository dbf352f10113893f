"""The door of the settings: signed in, allowed, the right method; and what every page of the settings shows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yinuo.access.actors import Actor
from yinuo.access.doors import actor_of
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.web.components.lists import Place

Page = Callable[..., HttpResponse]


def settings_page(permission: str | None, *methods: str) -> Callable[[Page], Page]:
    """Return a decorator: visitors are asked to sign in, those without the permission are refused (NotAllowed).

    permission None: everybody who is signed in. The page is called with the request, the actor, and what the address
    holds. Nothing of the settings is kept in caches: they name people, servers and keys.
    """

    def decorate(page: Page) -> Page:
        @require_http_methods(methods)
        @login_required
        @never_cache
        @wraps(page)
        def door(request: HttpRequest, **address: Any) -> HttpResponse:
            actor = actor_of(request)
            if permission is not None:
                actor.require(permission)
            return page(request, actor, **address)

        return door

    return decorate


def sections(actor: Actor, here: str = "") -> list[Place]:
    """Return the sections of the settings this person may open, in order."""
    known = [
        ("mailboxes", _("Mailboxes"), "mail.configure"),
        ("mails", _("Mails needing a look"), "mail.replay"),
        ("canned_answers", _("Canned answers"), "cases.reply"),
        ("closing", _("Solving and reopening"), "cases.edit_rules"),
        ("standards", _("Standards"), "standards.edit"),
        ("ladders", _("Escalation"), "standards.edit"),
        ("pledges", _("Pledges"), "standards.edit"),
        ("calendars", _("Calendars"), "standards.edit"),
        ("authority", _("Authority and budgets"), "remedies.configure"),
        ("company", _("Our company"), "organisation.edit"),
        ("people", _("People"), "organisation.edit"),
        ("structure", _("Teams and departments"), "organisation.edit"),
        ("health", _("Health"), "settings.view"),
        ("account", _("My account"), None),
        ("notifications", _("My notifications"), "notifications.view"),
    ]
    return [
        Place(label, reverse(f"settings_{name}"), is_current=name == here)
        for name, label, permission in known
        if permission is None or actor.may(permission)
    ]


@settings_page(None, "GET")
def start(_request: HttpRequest, actor: Actor) -> HttpResponse:
    """Go to the first section that is open to this person."""
    return redirect(sections(actor)[0].url)


def show(
    request: HttpRequest, actor: Actor, template: str, context: dict[str, Any], *, here: str, status: int = 200
) -> HttpResponse:
    """Return a page of the settings; `here` is the section it belongs to."""
    places = sections(actor, here)
    trail = [Place(_("Settings"), reverse("settings")), *(place for place in places if place.is_current)]
    # The section's own page is named by its heading.
    is_own = request.path == trail[-1].url
    context = {"sections": places, "trail": trail[:-1] if is_own else trail, **context}
    return render(request, f"settings/{template}.html", context, status=status)


def done(request: HttpRequest, sentence: str, to: str, *address: Any) -> HttpResponse:
    """Say what was done and go to a page by its name."""
    messages.success(request, sentence)
    return redirect(to, *address)


def refused(request: HttpRequest, refusal: Refusal, to: str, *address: Any) -> HttpResponse:
    """Say why a button did nothing, on the page it stood on."""
    messages.warning(request, refusal.sentence())
    return redirect(to, *address)


def moved_one(order: list[int], row_id: int, *, up: bool) -> list[int]:
    """Return the ids with one moved a line up or down; at the end of the list it stays. Refuses with NotFound."""
    if row_id not in order:
        raise NotFound
    here = order.index(row_id)
    there = here + (-1 if up else 1)
    moved = list(order)
    if 0 <= there < len(order):
        moved[here], moved[there] = moved[there], moved[here]
    return moved


def put_refusal(form: forms.Form, refusal: Refusal, field: str | None = None) -> None:
    """Put the refusal's sentence beside the field it is about, or above the form."""
    form.add_error(field if field in form.fields else None, refusal.sentence())
