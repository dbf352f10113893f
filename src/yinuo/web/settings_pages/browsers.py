"""Browsers that show one's notifications: adding this one, trying one, removing one."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.notifications.actions import subscribe_browser, try_browser, unsubscribe_browser

from .doors import done, refused, settings_page

# The first that fits names it: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone|iPad", "iOS"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@settings_page("notifications.edit", "POST")
def own_browsers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Let the browser that asks show one's notifications."""
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        subscribe_browser(**given, browser=name_of(request.headers.get("User-Agent", "")), by=actor, at=now())
    except Refusal as refusal:
        return refused(request, refusal, "settings_notifications")
    return done(request, _("This browser shows your notifications from now on."), "settings_notifications")


@settings_page("notifications.edit", "POST")
def removal(request: HttpRequest, actor: Actor, subscription_id: int) -> HttpResponse:
    """Let a browser show nothing any more."""
    unsubscribe_browser(subscription_id=subscription_id, by=actor, at=now())
    return done(request, _("That browser shows your notifications no more."), "settings_notifications")


@settings_page("notifications.edit", "POST")
def trial(request: HttpRequest, actor: Actor, subscription_id: int) -> HttpResponse:
    """Send a trial to a browser."""
    try_browser(subscription_id=subscription_id, by=actor, at=now())
    return done(request, _("A trial is on its way. It should appear within some seconds."), "settings_notifications")


def name_of(agent: str) -> str:
    """Return a name to know a browser by, such as `Firefox · Windows`."""
    names = [next((name for sign, name in known if re.search(sign, agent)), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names)) or _("Browser")
