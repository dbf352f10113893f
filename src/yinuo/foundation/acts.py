"""Acts on a case: any folder may offer one, and the page that lists them knows none of them.

A folder declares its acts in its `case_acts.py` (a module or a package), which is found by itself:

    @case_act("merge", label=_("Merge with another case"), icon="arrows-join", order=40, permission="cases.merge",
              template="desk/acts/merge.html", offered=lambda case, actor: case.is_open)
    def merge(case, actor, at, request):
        \"\"\"Do it: read the form that was posted, call one action. A refusal is shown beside what was typed.\"\"\"
        values = MergeForm(request.POST).checked()
        return merge_cases(source=case, target=…, by=actor, at=at).target

Each stands in the menu of the case's head and opens a form of its own: in a dialog, and without scripts as a page.
This floor knows neither cases nor actors: it keeps the list, `desk` hands them over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Do = Callable[[Any, Any, datetime, Any], Any]
Shown = Callable[[Any, Any, datetime], Mapping[str, Any]]
Offered = Callable[[Any, Any], bool]
_ACTS: dict[str, "CaseAct"] = {}


@dataclass(frozen=True)
class CaseAct:
    """An act by its code. label, submit: texts, perhaps lazily translated; submit stands on the button that does it.

    template: the fields of its form, without the form. shown: what the template needs besides `case`; dear questions
    belong there, for `offered` is asked for every case that is opened. permission: of the actor; empty is everybody's
    who may see the case. shortcut: a key, which must stand in `web/shortcuts.py`.
    """

    code: str
    label: Any
    icon: str
    order: int
    template: str
    do: Do
    shown: Shown
    offered: Offered
    submit: Any
    permission: str = ""
    shortcut: str = ""


def case_act(
    code: str,
    *,
    label: Any,
    icon: str,
    order: int,
    template: str,
    submit: Any = "",
    permission: str = "",
    offered: Offered = lambda _case, _actor: True,
    shown: Shown = lambda _case, _actor, _at: {},
    shortcut: str = "",
) -> Callable[[Do], Do]:
    """Return a decorator: the function becomes an act. It is given the case, the actor, the instant and the request.

    What it returns is the case to show afterwards, or the address of a page that goes on from there; None stays at this
    one. order: the smaller stands higher; ownership
    stands at 10 to 29, promises at 30 to 49, remedies at 50 to 59, what joins cases at 60 to 79, the rest behind.
    """

    def register(do: Do) -> Do:
        if code in _ACTS:
            raise ValueError(f"two acts are called {code}")
        _ACTS[code] = CaseAct(
            code, label, icon, order, template, do, shown, offered, submit or label, permission, shortcut
        )
        return do

    return register


def known_acts() -> list[CaseAct]:
    """Return every declared act, the highest first."""
    return sorted(_ACTS.values(), key=lambda one: (one.order, one.code))


def forget_act(code: str) -> None:
    """Take an act away again, for tests that declare one."""
    _ACTS.pop(code, None)
