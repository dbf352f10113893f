"""Components of lists: chips, tabs, table head with sorting, keyset pager, timeline item, step, queue item."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yinuo.foundation.lists import ShownList
from yinuo.web.components.declare import Choice, Optional, Required, component
from yinuo.web.components.icons import ICON_NAMES
from yinuo.web.components.library import register


@dataclass(frozen=True)
class Place:
    """One chip, tab or rail entry: where it leads, whether we are there, and how many things wait there."""

    label: str
    url: str
    is_current: bool = False
    count: int | None = None
    icon: str = ""
    on_phone: bool = True
    is_marked: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table. sort_url: empty when it cannot be sorted. sorted: "", "ascending" or "descending"."""

    label: str
    sort_url: str = ""
    sorted: str = ""
    is_number: bool = False


@component(register, "web/components/chips.html", places=Required(), label=Required())
def chips(*, places: Iterable[Place], label: str) -> dict[str, Any]:
    """Filters that live in the address: each chip is a link. `label` names the group for screen readers."""
    return {"places": places, "label": label}


@component(register, "web/components/tabs.html", places=Required(), label=Required())
def tabs(*, places: Iterable[Place], label: str) -> dict[str, Any]:
    """Pages of one subject, as links. `label` names the group for screen readers."""
    return {"places": places, "label": label}


@component(register, "web/components/breadcrumbs.html", places=Required())
def breadcrumbs(*, places: Iterable[Place]) -> dict[str, Any]:
    """The way back: the pages above this one, from the top. The page itself is named by its heading below."""
    return {"places": places}


@component(register, "web/components/table_head.html", columns=Required())
def table_head(*, columns: Iterable[Column]) -> dict[str, Any]:
    """The head of a table; a sortable column is a link that sorts by it."""
    return {"columns": columns}


@component(
    register,
    "web/components/pager.html",
    newer_url=Optional(""),
    older_url=Optional(""),
    shown_count=Required(),
    total_count=Optional(None),
)
def pager(**values: Any) -> dict[str, Any]:
    """Links to the neighbouring pages of a keyset list; says how many are shown, and of how many when known."""
    return values


@component(
    register,
    "web/components/timeline_item.html",
    title=Required(),
    at=Required(),
    icon=Choice(*ICON_NAMES, default="history"),
    detail=Optional(""),
    tone=Choice("plain", "soon", "broken", default="plain"),
)
def timeline_item(*, title: str, at: datetime, icon: str, detail: str, tone: str) -> dict[str, Any]:
    """One thing that happened, for a list with the class `yn-timeline`."""
    return {"title": title, "at": at, "icon": icon, "detail": detail, "tone": tone}


@component(
    register, "web/components/step.html", label=Required(), state=Choice("done", "now", "open"), detail=Optional("")
)
def step(*, label: str, state: str, detail: str) -> dict[str, Any]:
    """One step of a path, for a list with the class `yn-steps`; the state is said to screen readers too."""
    return {"label": label, "state": state, "detail": detail}


@component(
    register,
    "web/components/queue_item.html",
    extra=True,
    name=Required(),
    url=Required(),
    subject=Required(),
    last=Optional(""),
    at=Optional(None),
    promise=Optional(None),
    channel=Choice("", *ICON_NAMES, default=""),
    is_vip=Choice(True, False, default=False),
    marks=Optional(()),
    is_current=Choice(True, False, default=False),
    now=Optional(None),
)
def queue_item(**values: Any) -> dict[str, Any]:
    """One case in a queue: who, what, the last words, when, its marks, and the time left of its next promise."""
    return values


@component(register, "web/components/filter_bar.html", list=Required())
def filter_bar(*, list: ShownList) -> dict[str, Any]:  # noqa: A002 - what the templates call it
    """The filters of a list with what is set; a plain form, and each set filter a link that takes it away."""
    return {"list": list}


@component(register, "web/components/column_menu.html", list=Required(), action=Required())
def column_menu(*, list: ShownList, action: str) -> dict[str, Any]:  # noqa: A002 - what the templates call it
    """Which columns are shown; the choice is remembered."""
    return {"list": list, "action": action}


@component(register, "web/components/export_menu.html", list=Required(), action=Required())
def export_menu(*, list: ShownList, action: str) -> dict[str, Any]:  # noqa: A002 - what the templates call it
    """The whole list as a file, with the filters and columns on the screen."""
    return {"list": list, "action": action}


@component(register, "web/components/list_count.html", list=Required())
def list_count(*, list: ShownList) -> dict[str, Any]:  # noqa: A002 - what the templates call it
    """How many rows fit; where counting stopped, a link that counts to the end."""
    return {"list": list}


@component(register, "web/components/list_table.html", list=Required())
def list_table(*, list: ShownList) -> dict[str, Any]:  # noqa: A002 - what the templates call it
    """The rows with sortable heads and the links to the neighbouring pages; cards on a phone."""
    return {"list": list}
