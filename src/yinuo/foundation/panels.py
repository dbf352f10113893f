"""Panels beside a conversation: any folder may put one there, and the page that shows them knows none of them.

A folder declares its panels in its `panels.py`, which is found by itself:

    @panel("knowledge", title=_("Knowledge"), template="knowledge/panel.html", order=40, permission="knowledge.view")
    def knowledge(case, actor, at):
        \"\"\"Return what the template shows; None: there is nothing to show, and no panel.\"\"\"
        return {"articles": articles_for(case, actor=actor)}

This floor knows neither cases nor actors: it keeps the list, `desk` hands them over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Show = Callable[[Any, Any, datetime], Mapping[str, Any] | None]
_PANELS: dict[str, "Panel"] = {}


@dataclass(frozen=True)
class Panel:
    """A panel by its code. title: text, perhaps lazily translated; the context's `panel_aside` stands beside it.

    permission: of the actor; empty lets everybody in who may see the case. is_lazy: fetched when it comes into sight,
    for what is dear or seldom looked at. is_live: fetched anew when something happens to the case.
    """

    code: str
    title: Any
    template: str
    order: int
    show: Show
    permission: str = ""
    is_lazy: bool = False
    is_live: bool = False


def panel(
    code: str,
    *,
    title: Any,
    template: str,
    order: int,
    permission: str = "",
    lazy: bool = False,
    live: bool = False,
) -> Callable[[Show], Show]:
    """Return a decorator: the function becomes a panel. It is given the case, the actor and the present instant.

    order: the smaller stands higher; the desk's own stand at 10 (promises), 20 (customer), 30 and 40 (what they own and
    ordered), 50 (other cases), 90 (the customer's page).
    """

    def register(show: Show) -> Show:
        if code in _PANELS:
            raise ValueError(f"two panels are called {code}")
        _PANELS[code] = Panel(code, title, template, order, show, permission, lazy, live)
        return show

    return register


def known_panels() -> list[Panel]:
    """Return every declared panel, the highest first."""
    return sorted(_PANELS.values(), key=lambda one: (one.order, one.code))


def forget_panel(code: str) -> None:
    """Take a panel away again, for tests that declare one."""
    _PANELS.pop(code, None)
