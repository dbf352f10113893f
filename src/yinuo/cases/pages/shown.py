"""Values of the queries dressed for templates: addresses, icons, sizes in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from yinuo.cases.models import Channel
from yinuo.cases.queries import Event, Talk

CHANNEL_ICONS = {
    Channel.MAIL: "mail",
    Channel.FORM: "file-text",
    Channel.PORTAL: "world",
    Channel.PHONE: "phone",
    Channel.COUNTER: "building-store",
    Channel.API: "link",
}
# The most telling first: of what happened at one instant, it lends the line its icon and stands at its beginning.
EVENT_LOOKS = {
    "promise_broken": ("alert-circle", "broken"),
    "cases_merged": ("git-merge", "plain"),
    "case_split": ("route", "plain"),
    "joined_incident": ("sitemap", "soon"),
    "left_incident": ("sitemap", "plain"),
    "cases_linked": ("link", "plain"),
    "cases_unlinked": ("link", "plain"),
    "merge_undone": ("arrow-back-up", "plain"),
    "case_escalated": ("arrow-up", "broken"),
    "case_reopened": ("rotate", "soon"),
    "case_closed": ("checks", "kept"),
    "case_settled": ("lock", "plain"),
    "solution_confirmed": ("thumb-up", "kept"),
    "case_opened": ("circle-plus", "plain"),
    "case_held_for_decision": ("scale", "soon"),
    "owner_decided": ("scale", "plain"),
    "owner_changed": ("arrow-forward-up", "plain"),
    "task_refused": ("circle-x", "soon"),
    "task_done": ("clipboard-check", "kept"),
    "task_asked": ("clipboard-list", "plain"),
    "task_withdrawn": ("arrow-back-up", "plain"),
    "handoff_offered": ("arrow-forward-up", "plain"),
    "handoff_refused": ("arrow-back-up", "soon"),
    "handoff_timed_out": ("arrow-back-up", "soon"),
    "handoff_withdrawn": ("arrow-back-up", "plain"),
    "case_reclassified": ("flag", "plain"),
    "promise_replaced": ("calendar-time", "plain"),
    "promise_kept": ("circle-check", "kept"),
    "promise_made": ("heart-handshake", "plain"),
    "answer_quoted": ("clock", "plain"),
    "promise_withdrawn": ("circle-x", "plain"),
}
_TELLING = list(EVENT_LOOKS)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class ShownFile:
    """A file as a chip, or to look at or listen to in place: then `inline_url` shows it."""

    id: int
    name: str
    size: str
    url: str
    kind: str
    inline_url: str


@dataclass(frozen=True)
class Choice:
    """A chip or an entry of a menu. count: a number, or its words where counting stopped."""

    label: str
    url: str
    is_current: bool = False
    count: int | str | None = None


def channel_icon(channel: str) -> str:
    """Return the icon of a channel."""
    return CHANNEL_ICONS[Channel(channel)]


def shown_entries(entries: Iterable[Talk | Event], *, file_url: Callable[[int], str]) -> list[dict[str, Any]]:
    """Return the entries of a conversation for `_conversation.html`; what happened at one instant is one line.

    file_url gives the address of a file by its id.
    """
    shown = []
    for (is_talk, _at), group in groupby(entries, key=lambda one: (isinstance(one, Talk), one.at)):
        if is_talk:
            shown += [_talk(one, file_url) for one in group if isinstance(one, Talk)]
        else:
            shown.append(_line([one for one in group if isinstance(one, Event)]))
    return shown


def open_time(length: timedelta) -> str:
    """Return a standard's time in words: hours and the minutes beyond them, whichever there are."""
    hours, rest = divmod(length, _HOUR)
    minutes = rest // timedelta(minutes=1)
    if not minutes:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def _talk(talk: Talk, file_url: Callable[[int], str]) -> dict[str, Any]:
    files = [
        ShownFile(
            id=file.id,
            name=file.name,
            size=filesizeformat(file.size),
            url=file_url(file.id),
            kind=file.kind,
            inline_url="" if file.kind == "other" else f"{file_url(file.id)}?inline=1",
        )
        for file in talk.files
    ]
    return {
        "talk": talk,
        "day": talk.day,
        "is_notice": talk.message.kind == "notice",
        "author": talk.message.author_name or _("Sent by the system"),
        "files": [file for file in files if file.kind == "other"],
        "pictures": [file for file in files if file.kind == "picture"],
        "media": [file for file in files if file.kind in {"audio", "video"}],
        "papers": [file for file in files if file.kind in {"pdf", "text"}],
    }


def _line(events: list[Event]) -> dict[str, Any]:
    day = next((event.day for event in events if event.day), None)
    parts = sorted(events, key=lambda event: _TELLING.index(event.what))
    icon, tone = EVENT_LOOKS[parts[0].what]
    return {"parts": parts, "day": day, "at": events[0].at, "icon": icon, "tone": tone}
