"""Marks on the lines of the queue: any folder may add one, and the queue knows none of them.

A folder declares its marks in its `marks.py`, which is found by itself:

    @queue_mark("draft")
    def drafts(cases, actor):
        \"\"\"Return the mark of each case that has one, by the case's id; asked once for a page of the queue.\"\"\"
        return {case_id: Mark("edit", _("Your draft")) for case_id in …}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mark:
    """A small sign on a line. label: what it says, read out and shown on pointing. tone: "", soon or broken."""

    icon: str
    label: Any
    tone: str = ""


Marks = Callable[[Sequence[Any], Any], Mapping[int, Mark]]
_MARKS: dict[str, Marks] = {}


def queue_mark(code: str) -> Callable[[Marks], Marks]:
    """Return a decorator: the function says which cases of a page bear the mark. Marks stand in the order of codes."""

    def register(marks: Marks) -> Marks:
        if code in _MARKS:
            raise ValueError(f"two marks are called {code}")
        _MARKS[code] = marks
        return marks

    return register


def marks_of(cases: Sequence[Any], actor: Any) -> dict[int, list[Mark]]:
    """Return the marks of each case of a page that has some, by the case's id."""
    found: dict[int, list[Mark]] = {}
    if cases:
        for _code, marks in sorted(_MARKS.items()):
            for case_id, mark in marks(cases, actor).items():
                found.setdefault(case_id, []).append(mark)
    return found


def forget_mark(code: str) -> None:
    """Take a mark away again, for tests that declare one."""
    _MARKS.pop(code, None)
