"""The centre: all that somebody was told, by kind, read and unread; what is opened there counts as read."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.foundation.api import Order, PageWish, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.notifications.actions import mark_all_read, mark_read
from yinuo.notifications.kinds import kinds_for
from yinuo.notifications.models import Notification
from yinuo.notifications.queries import centre, shown, unread_count

from .bell import bell_of, panel_piece

_PAGE_LENGTH = 30
_ORDER = Order("notifications", "at", is_falling=True)


@dataclass(frozen=True)
class _Chip:
    label: str
    url: str
    is_current: bool = False
    count: int | None = None


@desk_page("GET")
def notifications(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits to be read, or with `show=all` everything that is kept."""
    is_all, kind = request.GET.get("show") == "all", _kind(request.GET.get("kind", ""), actor)
    rows = centre(actor) if is_all else centre(actor).unread()
    wish = PageWish.model_construct(limit=_PAGE_LENGTH, after=request.GET.get("after", ""))
    page = page_of(rows.filter(kind=kind) if kind else rows, _ORDER, wish, lambda row: row)
    found = shown(page["items"], actor=actor)
    context = {
        "rows": found,
        "up_to": found[0].at if found else None,
        "is_all": is_all,
        "kind": kind,
        "kinds": kinds_for(actor),
        "chips": _chips(actor, kind, is_all=is_all),
        "older_url": _address(kind, is_all=is_all, after=page["next"]) if page["next"] else "",
        "newest_url": _address(kind, is_all=is_all) if wish.after else "",
        "here": _address(kind, is_all=is_all),
    }
    return render(request, "notifications/centre.html", context)


@desk_page("GET")
def open_notification(_request: HttpRequest, actor: Actor, notification_id: int) -> HttpResponse:
    """Go to the thing; who goes there has read of it. Refuses with NotFound when it is not theirs to see any more.

    A plain link, so that it opens in a tab of its own too, and from a push or a mail.
    """
    row = _mine(actor, notification_id)
    (found,) = shown([row], actor=actor)
    mark_read(notification_id=row.pk, by=actor, at=now())
    return redirect(found.url)


@desk_page("POST")
def create_reading(request: HttpRequest, actor: Actor, notification_id: int) -> HttpResponse:
    """Take one as read without going there."""
    row = _mine(actor, notification_id)
    mark_read(notification_id=row.pk, by=actor, at=now())
    if not wants_piece(request):
        return redirect("notifications")
    row.refresh_from_db()
    (found,) = shown([row], actor=actor)
    return render(request, "notifications/_read.html", {"row": found, "bell": bell_of(actor)})


@desk_page("POST")
def create_readings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take all that the person had before them as read, or those of a kind."""
    kind = _kind(request.POST.get("kind", ""), actor)
    mark_all_read(up_to=_instant(request.POST.get("up_to", "")), kind=kind, by=actor, at=now())
    if wants_piece(request):
        return panel_piece(request, actor)
    return redirect(_address(kind, is_all=request.POST.get("show") == "all"))


def _mine(actor: Actor, notification_id: int) -> Notification:
    row = Notification.objects.visible_to(actor).filter(pk=notification_id).first()
    if row is None:
        raise NotFound
    return row


def _kind(code: str, actor: Actor) -> str:
    return code if code in {kind.code for kind in kinds_for(actor)} else ""


def _instant(text: str) -> Any:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _chips(actor: Actor, kind: str, *, is_all: bool) -> list[_Chip]:
    return [
        _Chip(_("Unread"), _address(kind, is_all=False), is_current=not is_all, count=unread_count(actor)),
        _Chip(_("All"), _address(kind, is_all=True), is_current=is_all),
    ]


def _address(kind: str, *, is_all: bool, after: str = "") -> str:
    query = {"show": "all" if is_all else "", "kind": kind, "after": after}
    text = urlencode({name: value for name, value in query.items() if value})
    return reverse("notifications") + (f"?{text}" if text else "")
