"""The sources the search looks into: each folder adds its own, and the bar and the page show all of them alike.

A folder writes a module called `search` with

    @search_source("knowledge", label=gettext_lazy("Knowledge"), place=30, all_url=_list_url)
    def articles(actor: Actor, words: str, limit: int) -> list[Hit]: ...

A source returns at most `limit` hits that this actor may see, masks what is personal, and answers within 50 ms at the
size of a large house: it is asked while somebody types. Nothing is counted, so nothing leaks by a count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.queries import cases_found
from yinuo.customers.queries import customers_found
from yinuo.foundation.words import SHORTEST

Find = Callable[[Actor, str, int], "list[Hit]"]


@dataclass(frozen=True)
class Hit:
    """One thing that was found. avatar: a person's name whose avatar stands beside it instead of the icon."""

    title: str
    url: str
    icon: str
    detail: str = ""
    at: datetime | None = None
    avatar: str = ""
    is_vip: bool = False
    state: str = ""


@dataclass(frozen=True)
class Source:
    """Where is looked. place: its order. all_url: words -> the list with everything found, or None without a list."""

    key: str
    label: str | Promise
    place: int
    find: Find
    all_url: Callable[[Actor, str], str] | None = None


@dataclass(frozen=True)
class Group:
    """What one source found. is_more: there is more than is shown. all_url: or empty."""

    key: str
    label: str
    hits: list[Hit]
    is_more: bool
    all_url: str


_sources: dict[str, Source] = {}


def search_source(
    key: str, *, label: str | Promise, place: int, all_url: Callable[[Actor, str], str] | None = None
) -> Callable[[Find], Find]:
    """Return a decorator that adds a source; see the module's docstring."""

    def add(find: Find) -> Find:
        _sources[key] = Source(key, label, place, find, all_url)
        return find

    return add


def searched(actor: Actor, words: str, *, limit: int) -> list[Group]:
    """Return what each source found, in order, without those that found nothing; nothing below two characters."""
    text = " ".join(words.split())
    if len(text) < SHORTEST:
        return []
    groups = []
    for source in sorted(_sources.values(), key=lambda one: one.place):
        hits = source.find(actor, text, limit + 1)
        all_url = source.all_url(actor, text) if source.all_url else ""
        if hits:
            groups.append(Group(source.key, str(source.label), hits[:limit], len(hits) > limit, all_url))
    return groups


def _list_url(address: str) -> Callable[[Actor, str], str]:
    return lambda _actor, words: f"{reverse(address)}?{urlencode({'q': words})}"


@search_source("cases", label=gettext_lazy("Cases"), place=10, all_url=_list_url("case_list"))
def _cases(actor: Actor, words: str, limit: int) -> list[Hit]:
    return [
        Hit(
            title=case.subject,
            url=reverse("case", args=[case.reference]),
            icon="inbox",
            detail=f"{case.reference} · {case.customer.name}",
            at=case.last_message_at,
            avatar=case.customer.name,
            is_vip=case.customer.is_vip,
            state=case.state,
        )
        for case in cases_found(actor, words, limit=limit)
    ]


@search_source("customers", label=gettext_lazy("Customers"), place=20, all_url=_list_url("customers"))
def _customers(actor: Actor, words: str, limit: int) -> list[Hit]:
    return [
        Hit(
            title=customer.name,
            url=reverse("customer", args=[customer.pk]),
            icon="user",
            detail=" · ".join(
                [
                    *([customer.company.name] if customer.company else []),
                    *(one.masked for one in customer.shown_identities),
                ]
            ),
            avatar=customer.name,
            is_vip=customer.is_vip,
        )
        for customer in customers_found(actor, words, limit=limit)
    ]
