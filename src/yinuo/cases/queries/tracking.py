"""A case as its customer sees it: progress, promises, changes and what was said; no notes, no full names of staff."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from yinuo.cases import rules
from yinuo.cases.models import Case

from .conversation import OWN_EVENTS, Event, Talk, conversation
from .finding import PUBLIC_KINDS
from .ledger import PromiseShown, ledger, next_promise
from .quoting import QuoteShown, shown_quote

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯")


@dataclass(frozen=True)
class Tracked:
    """What the tracking page shows. entries: what was said and what happened, in the order of time.

    may_write: what they write stays in this case; otherwise it becomes a new one that follows it. living: how it stands
    is how this case stands: the one itself, or the one it went into when that is somebody else's, of which nothing else
    is shown.
    """

    case: Case
    living: Case
    owner_name: str
    entries: list[Talk | Event]
    hidden_count: int
    promises: list[PromiseShown]
    next: PromiseShown | None
    quote: QuoteShown | None
    may_write: bool

    @property
    def has_paused(self) -> bool:
        return any(promise.state == "paused" for promise in self.promises)


def tracked(case: Case, *, at: datetime, whole: bool = False) -> Tracked:
    """Return the case for its customer at `at`; files and messages are the public ones only; `whole`: all of them."""
    promises = [promise for promise in ledger(case, at=at) if promise.is_to_customer]
    said = conversation(case, kinds=PUBLIC_KINDS, whole=whole)
    living = case.merged_into or case
    may_write = living.is_open or rules.may_start_again(state=living.state, settles_at=living.settles_at, at=at)
    entries = [one for one in said.entries if isinstance(one, Talk) or not (one.is_ours or one.what in OWN_EVENTS)]
    return Tracked(
        case=case,
        living=living,
        owner_name=given_name(living.owner.name) if living.owner else "",
        entries=[entry if isinstance(entry, Talk) else _for_customer(entry) for entry in entries],
        hidden_count=said.hidden_count,
        promises=promises,
        next=next_promise(promises if living is case else ledger(living, at=at)),
        quote=shown_quote(living, at=at),
        may_write=may_write,
    )


def _for_customer(event: Event) -> Event:
    """Return what happened without what is only ours to know: full names, and what colleagues write to each other."""
    is_for_them = event.what in {"promise_replaced", "promise_withdrawn"} or (
        event.what == "case_closed" and not event.by
    )
    own_words = event.detail if is_for_them else ""
    return replace(event, name=given_name(event.name), detail=own_words, by="us" if event.by else "")


def given_name(name: str) -> str:
    """Return the part of a colleague's name that customers read: 晓宁 for 王晓宁, 小陈 for 陈晨, Emma for Emma Chen."""
    name = name.strip()
    if _HAN_NAME.fullmatch(name):
        surname_length = 2 if name.startswith(_COMPOUND) and len(name) > 2 else 1  # noqa: PLR2004 - a surname of two
        given = name[surname_length:]
        # A single character is no form of address in Chinese; "little Chen" is.
        return given if len(given) > 1 else f"小{name[:surname_length]}"
    return name.split()[0] if name else ""
