"""What staff can be told of. Later folders declare their kinds and the things these are about, in their `notices.py`.

A notification stores ids. The name of the thing, its address and whether its reader may know of it at all are asked of
the folder that declared it, each time it is shown: who lost the right to see a case sees nothing of it here either.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from yinuo.access.actors import Actor

from .rules import Ways


class Sentence(Protocol):
    """Returns what happened to the thing called `name`, `count` times, without any personal text; translated."""

    def __call__(self, name: str, count: int) -> str: ...


@dataclass(frozen=True)
class ShownSubject:
    """A thing as its reader may see it. name: short and neutral, such as a case number. detail: for the centre only."""

    name: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Subject:
    """A sort of things that notifications are about.

    visible: the ids an actor may know of, as a query that yields one column. shown: how those of the given ids look
    that the actor may know of, in a number of queries that does not grow with the ids.
    """

    name: str
    visible: Callable[[Actor], QuerySet[Any]]
    shown: Callable[[Actor, Collection[int]], Mapping[int, ShownSubject]]


@dataclass(frozen=True)
class Kind:
    """One kind of news. permission: who has it can be told of this kind, nobody else."""

    code: str
    subject: str
    label: Any
    sentence: Sentence
    icon: str
    permission: str
    default: Ways
    is_urgent: bool


_SUBJECTS: dict[str, Subject] = {}
_KINDS: dict[str, Kind] = {}


def subject(name: str, *, visible: Callable[[Actor], QuerySet[Any]], shown: Any) -> Subject:
    """Declare a sort of things that notifications are about."""
    if name in _SUBJECTS:
        raise ValueError(f"two subjects are called {name}")
    return _SUBJECTS.setdefault(name, Subject(name, visible, shown))


def kind(
    code: str,
    *,
    subject: str,
    label: Any,
    sentence: Sentence,
    icon: str,
    permission: str,
    default: Ways,
    is_urgent: bool = False,
) -> Kind:
    """Declare a kind of news. label: what it is called in the preferences, "a customer writes on my case"."""
    if code in _KINDS:
        raise ValueError(f"two kinds are called {code}")
    return _KINDS.setdefault(code, Kind(code, subject, label, sentence, icon, permission, default, is_urgent))


def kind_called(code: str) -> Kind:
    """Return the kind with this code; KeyError for one that nobody declared."""
    return _KINDS[code]


def known_kinds() -> list[Kind]:
    """Return every declared kind, in the order of declaration."""
    return list(_KINDS.values())


def kinds_for(actor: Actor) -> list[Kind]:
    """Return the kinds this person can be told of."""
    return [one for one in known_kinds() if actor.may(one.permission)]


def known_subjects() -> list[Subject]:
    """Return every sort of things, in the order of declaration."""
    return list(_SUBJECTS.values())
