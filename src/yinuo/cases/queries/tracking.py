"""A case as its customer sees it by link: progress, promises and what was said; no notes, no full names of staff."""

import re
from dataclasses import dataclass
from datetime import datetime

from yinuo.cases import rules
from yinuo.cases.models import Case

from .conversation import Talk, conversation
from .finding import PUBLIC_KINDS
from .ledger import PromiseShown, ledger, next_promise

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯")


@dataclass(frozen=True)
class Tracked:
    """What the tracking page shows. may_write: the customer may still write here, by the reopening window."""

    case: Case
    owner_name: str
    talks: list[Talk]
    hidden_count: int
    promises: list[PromiseShown]
    next: PromiseShown | None
    may_write: bool


def tracked(case: Case, *, at: datetime, whole: bool = False) -> Tracked:
    """Return the case for its customer at `at`; files and messages are the public ones only; `whole`: all of them."""
    promises = ledger(case, at=at)
    said = conversation(case, kinds=PUBLIC_KINDS, whole=whole)
    may_write = case.is_open or (case.closed_at is not None and rules.may_reopen(closed_at=case.closed_at, at=at))
    return Tracked(
        case=case,
        owner_name=given_name(case.owner.name) if case.owner else "",
        talks=[entry for entry in said.entries if isinstance(entry, Talk)],
        hidden_count=said.hidden_count,
        promises=promises,
        next=next_promise(promises),
        may_write=may_write,
    )


def given_name(name: str) -> str:
    """Return the part of a colleague's name that customers read: 晓宁 for 王晓宁, 小陈 for 陈晨, Emma for Emma Chen."""
    name = name.strip()
    if _HAN_NAME.fullmatch(name):
        surname_length = 2 if name.startswith(_COMPOUND) and len(name) > 2 else 1  # noqa: PLR2004 - a surname of two
        given = name[surname_length:]
        # A single character is no form of address in Chinese; "little Chen" is.
        return given if len(given) > 1 else f"小{name[:surname_length]}"
    return name.split()[0] if name else ""
