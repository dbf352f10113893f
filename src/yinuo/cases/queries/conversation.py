"""The conversation of a case: what was said, and between it what happened, in the order of time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.db import connection
from django.db.models import Prefetch, Q
from django.utils import timezone

from yinuo.cases.facts import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    OwnerChanged,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseWithdrawn,
)
from yinuo.cases.mentions import Piece, pieces
from yinuo.cases.models import Attachment, Case, Channel, Closure, Message, MessageKind, Ownership, PromiseKind
from yinuo.cases.store import stored_kind
from yinuo.foundation.facts import COLUMNS, RecordedFact, recorded
from yinuo.organisation.models import Staff

SHOWN_TYPES = tuple(
    fact.fact_type
    for fact in (
        CaseOpened,
        PromiseMade,
        PromiseKept,
        PromiseBroken,
        PromiseWithdrawn,
        OwnerChanged,
        CaseClosed,
        CaseReopened,
    )
)
MESSAGE_LIMIT = 40
TEXT_LIMIT = 4000
QUOTED_LIMIT = 1000
# So that a page stays within 120 kB: what the messages on it may weigh, and what one weighs besides its text.
_PAGE_BYTES = 41_000
_MESSAGE_BYTES = 1_200
_PICTURE_LIMIT = 8


@dataclass(frozen=True)
class File:
    """An attachment as shown. kind: what its bytes say it is (`sniffing.Kind.name`); `other` is only to keep."""

    id: int
    name: str
    size: int
    kind: str


@dataclass(frozen=True)
class Talk:
    """Something said. side: theirs, ours, note or machine. pieces: the text cut at the names it calls, of a
    note that calls some. day: set on the first entry of a local day.
    """

    message: Message
    side: str
    text: str
    quoted: str
    is_cut: bool
    files: list[File]
    at: datetime
    pieces: list[Piece] = field(default_factory=list)
    day: date | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened. what: the fact's short name, such as `promise_kept`; the rest as it applies."""

    what: str
    at: datetime
    by: str = ""
    detail: str = ""
    name: str = ""
    promises: list[tuple[str, datetime | None]] = field(default_factory=list)
    day: date | None = None


@dataclass(frozen=True)
class Conversing:
    """The conversation. last_message_id: the newest message of all; hidden_count: earlier messages left out."""

    entries: list[Talk | Event]
    last_message_id: int
    hidden_count: int


def conversation(case: Case, *, kinds: Iterable[str] = tuple(MessageKind), whole: bool = False) -> Conversing:
    """Return the newest messages of the case, as many as one page holds, with the events since the first of them.

    whole: all messages. The case was found by `visible_to` before. A text is cut at TEXT_LIMIT characters.
    """
    messages = Message.objects.filter(case=case, kind__in=list(kinds)).order_by("-at", "-id")
    files = Prefetch("attachments", Attachment.objects.order_by("id"))
    # The HTML may be megabytes; the page only needs to know that there is one.
    shown = messages.annotate(has_html=~Q(html="")).defer("html").prefetch_related(files, "mentions")
    found = list(shown) if whole else _fitting(shown[:MESSAGE_LIMIT])
    found.reverse()
    hidden_count = messages.count() - len(found)
    since = found[0].at if hidden_count else None
    talks = [_talk(message) for message in found]
    events = [event for event in _events(case) if since is None or event.at >= since]
    entries: list[Talk | Event] = [*talks, *events]
    merged = sorted(entries, key=_place)
    return Conversing(list(_with_days(merged)), max((m.pk for m in found), default=0), hidden_count)


def _place(entry: Talk | Event) -> tuple[datetime, int, int]:
    """An opening stands above its first message; what an answer or a message brought about stands below it."""
    if isinstance(entry, Talk):
        return entry.at, 1, entry.message.pk
    return entry.at, 0 if entry.what == "case_opened" else 2, 0


def _with_days(entries: list[Talk | Event]) -> Iterator[Talk | Event]:
    zone = timezone.get_current_timezone()
    previous = None
    for entry in entries:
        day = entry.at.astimezone(zone).date()
        yield entry if day == previous else type(entry)(**{**entry.__dict__, "day": day})
        previous = day


_SIDES = {
    MessageKind.CUSTOMER: "theirs",
    MessageKind.REPLY: "ours",
    MessageKind.NOTICE: "ours",
    MessageKind.NOTE: "note",
    MessageKind.AUTOMATIC: "machine",
}


def _fitting(messages: Iterable[Message]) -> list[Message]:
    """Return the first of the messages, the newest first, that one page holds; at least one."""
    fitting: list[Message] = []
    left = _PAGE_BYTES
    for message in messages:
        texts = message.text[:TEXT_LIMIT] + message.quoted[:QUOTED_LIMIT]
        left -= _MESSAGE_BYTES + len(texts.encode())
        if fitting and left < 0:
            break
        fitting.append(message)
    return fitting


def _talk(message: Message) -> Talk:
    names = [mention.name for mention in message.mentions.all()]
    return Talk(
        message=message,
        side=_SIDES[MessageKind(message.kind)],
        text=message.text[:TEXT_LIMIT],
        quoted=message.quoted[:QUOTED_LIMIT],
        is_cut=len(message.text) > TEXT_LIMIT or len(message.quoted) > QUOTED_LIMIT,
        files=_files(message),
        at=message.at,
        pieces=pieces(message.text[:TEXT_LIMIT], names) if names else [],
    )


def _files(message: Message) -> list[File]:
    pictures = 0
    files = []
    for row in message.attachments.all():
        kind = stored_kind(row.digest).name
        pictures += kind == "picture"
        files.append(File(row.pk, row.name, row.size, "other" if pictures > _PICTURE_LIMIT else kind))
    return files


def _facts(case: Case) -> list[RecordedFact]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM foundation_fact WHERE case_id = %s AND type = ANY(%s) ORDER BY at, id",  # noqa: S608 - column names are literals
            [case.pk, list(SHOWN_TYPES)],
        )
        return [recorded(row) for row in cursor.fetchall()]


def _events(case: Case) -> list[Event]:
    facts = _facts(case)
    names = _names(facts)
    closures = iter(Closure.objects.filter(case=case).order_by("id"))
    reasons = dict(Ownership.objects.filter(case=case).values_list("pk", "reason"))
    events = []
    for (what, at, actor), group in groupby(facts, key=lambda fact: (fact.type, fact.at, fact.actor)):
        same = list(group)
        short = what.partition(".")[2]
        closure = next(closures, None) if short == "case_closed" else None
        events.append(
            Event(
                what=short,
                at=at,
                by=names.get(actor, ""),
                detail=_detail(short, same[0], closure, reasons),
                name=names.get(f"staff:{same[0].subjects['staff_id']}", ""),
                promises=[_promised(fact) for fact in same if "kind" in fact.payload],
            )
        )
    return events


def _detail(what: str, fact: RecordedFact, closure: Closure | None, reasons: dict[int, str]) -> str:
    if what == "case_opened":
        return str(Channel(fact.payload["channel"]).label)
    if what == "owner_changed":
        return reasons.get(fact.payload["ownership_id"], "")
    if what == "case_closed" and closure is not None:
        return closure.summary
    return ""


def _promised(fact: RecordedFact) -> tuple[str, datetime | None]:
    due_at = fact.payload.get("due_at")
    return str(PromiseKind(fact.payload["kind"]).label), datetime.fromisoformat(due_at) if due_at else None


def _names(facts: list[RecordedFact]) -> dict[str, str]:
    ids = {fact.subjects["staff_id"] for fact in facts if fact.subjects["staff_id"]}
    ids |= {int(fact.actor.partition(":")[2]) for fact in facts if fact.actor.startswith("staff:")}
    return {f"staff:{pk}": name for pk, name in Staff.objects.filter(pk__in=ids).values_list("pk", "name")}
