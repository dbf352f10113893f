"""The conversation of a case: what was said, and between it what happened, in the order of time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby

from django.db import connection
from django.db.models import Prefetch, Q
from django.utils import timezone

from yinuo.cases.facts import (
    AnswerQuoted,
    CaseClosed,
    CaseEscalated,
    CaseHeldForDecision,
    CaseOpened,
    CaseReclassified,
    CaseReopened,
    CaseSettled,
    CasesLinked,
    CasesMerged,
    CaseSplit,
    CasesUnlinked,
    HandoffOffered,
    HandoffRefused,
    HandoffTimedOut,
    HandoffWithdrawn,
    JoinedIncident,
    LeftIncident,
    MergeUndone,
    OwnerChanged,
    OwnerDecided,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseReplaced,
    PromiseWithdrawn,
    SolutionConfirmed,
    TaskAsked,
    TaskDone,
    TaskRefused,
    TaskWithdrawn,
)
from yinuo.cases.mentions import Piece, pieces
from yinuo.cases.models import (
    Attachment,
    Case,
    Channel,
    Closure,
    Consent,
    DecisionCause,
    EscalationTelling,
    Message,
    MessageKind,
    Ownership,
    Promise,
    PromiseEnd,
    PromiseKind,
)
from yinuo.cases.rules import GIVEN_KINDS, INTERNAL_KINDS, MERGE_UNDONE, MERGED
from yinuo.cases.store import stored_kind
from yinuo.foundation.facts import COLUMNS, RecordedFact, recorded
from yinuo.organisation.models import Staff, Team

SHOWN_TYPES = tuple(
    fact.fact_type
    for fact in (
        CaseOpened,
        PromiseMade,
        AnswerQuoted,
        PromiseReplaced,
        PromiseKept,
        PromiseBroken,
        PromiseWithdrawn,
        OwnerChanged,
        HandoffOffered,
        HandoffRefused,
        HandoffTimedOut,
        HandoffWithdrawn,
        CaseHeldForDecision,
        OwnerDecided,
        TaskAsked,
        TaskDone,
        TaskRefused,
        TaskWithdrawn,
        CaseClosed,
        SolutionConfirmed,
        CaseSettled,
        CaseReclassified,
        CaseReopened,
        CasesLinked,
        CasesMerged,
        CaseSplit,
        CasesUnlinked,
        JoinedIncident,
        LeftIncident,
        MergeUndone,
        CaseEscalated,
    )
)
# Who among us offers a case to whom is nobody's business outside.
OWN_EVENTS = frozenset(
    fact.fact_type.partition(".")[2]
    for fact in (
        CaseEscalated,
        CaseReclassified,
        HandoffOffered,
        HandoffRefused,
        HandoffTimedOut,
        HandoffWithdrawn,
        CaseHeldForDecision,
        OwnerDecided,
        TaskAsked,
        TaskDone,
        TaskRefused,
        TaskWithdrawn,
    )
)
_AMONG_US = {"cases_linked", "cases_unlinked", "case_split", "joined_incident", "left_incident"}
MESSAGE_LIMIT = 40
TEXT_LIMIT = 4000
QUOTED_LIMIT = 1000
# So that a page stays within 120 kB: what the messages on it may weigh, and what one weighs besides its text.
_PAGE_BYTES = 41_000
_MESSAGE_BYTES = 1_200
_PICTURE_LIMIT = 8
_OF_TEAMS = {
    fact.fact_type
    for fact in (HandoffOffered, HandoffTimedOut, HandoffWithdrawn, TaskAsked, TaskDone, TaskRefused, TaskWithdrawn)
}
_ROW_OF = {
    "promise_replaced": "promise_id",
    "promise_withdrawn": "promise_id",
    "case_reclassified": "reclassification_id",
    "owner_changed": "ownership_id",
    "handoff_offered": "handoff_id",
    "handoff_refused": "handoff_id",
    "owner_decided": "decision_id",
    "task_asked": "task_id",
    "task_done": "task_id",
    "task_refused": "task_id",
    "task_withdrawn": "task_id",
}


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
    note that calls some. thanks: taken or overruled, of a message that was taken as thanks. day: set on the first entry
    of a local day.
    """

    message: Message
    side: str
    text: str
    quoted: str
    is_cut: bool
    files: list[File]
    at: datetime
    pieces: list[Piece] = field(default_factory=list)
    thanks: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened. what: the fact's short name, such as `promise_kept`; the rest as it applies.

    other: the number of the case it has to do with; is_ours: nothing for the customer to read.
    until: the time that was quoted.
    """

    what: str
    at: datetime
    by: str = ""
    detail: str = ""
    name: str = ""
    promises: list[tuple[str, datetime | None]] = field(default_factory=list)
    other: str = ""
    is_ours: bool = False
    until: datetime | None = None
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
    messages = Message.objects.filter(_said_in(case), kind__in=list(kinds)).order_by("-at", "-id")
    files = Prefetch("attachments", Attachment.objects.order_by("id"))
    # The HTML may be megabytes; the page only needs to know that there is one.
    shown = (
        messages.annotate(has_html=~Q(html=""))
        .select_related("thanks")
        .defer("html")
        .prefetch_related(files, "mentions")
    )
    found = list(shown) if whole else _fitting(shown[:MESSAGE_LIMIT])
    found.reverse()
    hidden_count = messages.count() - len(found)
    since = found[0].at if hidden_count else None
    talks = [_talk(message) for message in found]
    events = [event for event in _events(case) if since is None or event.at >= since]
    entries: list[Talk | Event] = [*talks, *events]
    merged = sorted(entries, key=_place)
    return Conversing(list(_with_days(merged)), max((m.pk for m in found), default=0), hidden_count)


def _said_in(case: Case) -> Q:
    """Return the filter on what was said in a case; of one that was merged, what it gave away."""
    if case.merged_into_id is None:
        return Q(case=case)
    moved = [
        pk for ids in case.merges_away.filter(undone_at=None).values_list("conversation_ids", flat=True) for pk in ids
    ]
    return Q(conversation__in=moved) | Q(conversation__came_from=case)


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
        thanks=_thanks(message),
    )


def _thanks(message: Message) -> str:
    thanks = getattr(message, "thanks", None)
    return "" if thanks is None else "overruled" if thanks.overruled_at else "taken"


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
        facts = [recorded(row) for row in cursor.fetchall()]
    # A replaced promise tells of the new one itself; what teams promise each other stands with their tasks.
    told = {fact.payload["new_promise_id"] for fact in facts if "new_promise_id" in fact.payload}
    return [
        fact
        for fact in facts
        if fact.payload.get("kind") not in INTERNAL_KINDS
        and not (fact.type == PromiseMade.fact_type and fact.payload["promise_id"] in told)
    ]


def _events(case: Case) -> list[Event]:
    facts = _facts(case)
    names = _names(facts)
    closures = iter(Closure.objects.filter(case=case).exclude(outcome=MERGED).order_by("id"))
    others = _others(facts)
    reasons = _reasons(case, {fact.type.partition(".")[2] for fact in facts})
    told = _told(facts)
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
                detail=told.get(same[0].payload["escalation_id"], "")
                if short == "case_escalated"
                else _detail(short, same[0], closure, reasons),
                name=_name(same[0], names),
                promises=[_promised(fact) for fact in same if "kind" in fact.payload],
                until=_until(same[0]),
                other=others.get(same[0].payload.get("other_case_id", 0), ""),
                is_ours=short in _AMONG_US or same[0].payload.get("changes_audience", False),
            )
        )
    # The reason stands once: what the centre decided lends it to the change it brought about.
    decided = {event.at for event in events if event.what == "owner_decided"}
    return [
        replace(event, detail="") if event.what == "owner_changed" and event.at in decided else event
        for event in events
    ]


def _name(fact: RecordedFact, names: dict[str, str]) -> str:
    team_id = fact.subjects["team_id"]
    return names.get(f"staff:{fact.subjects['staff_id']}") or names.get(f"team:{team_id}", "")


def _reasons(case: Case, happened: set[str]) -> dict[tuple[str, int], str]:
    """Return the words behind what happened, by the event and the id of its row; asked for what happened only."""
    owners = Ownership.objects.filter(case=case).values_list("pk", "reason")
    reasons = {("owner_changed", pk): reason for pk, reason in owners} | _changes(case, happened)
    if "handoff_offered" in happened:
        for pk, reason, answer in case.handoffs.values_list("pk", "reason", "answer"):
            reasons["handoff_offered", pk], reasons["handoff_refused", pk] = reason, answer
    if "owner_decided" in happened:
        for pk, reason in case.owner_decisions.values_list("pk", "reason"):
            reasons["owner_decided", pk] = reason
    if "task_asked" in happened:
        for pk, needed in case.tasks.values_list("pk", "needed"):
            for what in ("task_asked", "task_done", "task_refused", "task_withdrawn"):
                reasons[what, pk] = needed[:120]
    return reasons


def _changes(case: Case, happened: set[str]) -> dict[tuple[str, int], str]:
    """Return why times were moved by agreement, and why a case was taken for another class."""
    reasons: dict[tuple[str, int], str] = {}
    if "promise_replaced" in happened:
        replaced = Promise.objects.filter(case=case, end=PromiseEnd.REPLACED).exclude(replaced_by__consent=Consent.NONE)
        reasons |= {("promise_replaced", pk): reason for pk, reason in replaced.values_list("pk", "ended_reason")}
    if "promise_withdrawn" in happened:
        # What was given by hand and taken back by hand; what joining cases ended has its own line.
        taken = Promise.objects.filter(case=case, end=PromiseEnd.WITHDRAWN, kind__in=GIVEN_KINDS)
        taken = taken.exclude(ended_reason__in=["", MERGE_UNDONE]).filter(case__merged_into=None)
        reasons |= {("promise_withdrawn", pk): reason for pk, reason in taken.values_list("pk", "ended_reason")}
    if "case_reclassified" in happened:
        rows = case.reclassifications.values_list("pk", "reason")
        reasons |= {("case_reclassified", pk): reason for pk, reason in rows}
    return reasons


def _others(facts: list[RecordedFact]) -> dict[int, str]:
    ids = {fact.payload["other_case_id"] for fact in facts if "other_case_id" in fact.payload}
    return dict(Case.objects.filter(pk__in=ids).values_list("pk", "reference")) if ids else {}


def _detail(what: str, fact: RecordedFact, closure: Closure | None, reasons: dict[tuple[str, int], str]) -> str:
    if what == "case_opened":
        return str(Channel(fact.payload["channel"]).label)
    if what == "case_held_for_decision":
        return str(DecisionCause(fact.payload["cause"]).label)
    row_id = fact.payload.get(_ROW_OF.get(what, ""))
    if row_id:
        return reasons.get((what, row_id), "")
    if what == "case_closed" and closure is not None:
        return closure.summary
    if what in {"cases_merged", "merge_undone", "case_split"}:
        return "source" if fact.payload.get("is_source", fact.payload.get("is_new")) else "target"
    return ""


def _told(facts: list[RecordedFact]) -> dict[int, str]:
    """Return who was told of each escalation among the facts, by its id."""
    ids = [fact.payload["escalation_id"] for fact in facts if fact.type == CaseEscalated.fact_type]
    names: dict[int, list[str]] = {}
    if ids:
        tellings = EscalationTelling.objects.filter(escalation__in=ids).order_by("pk")
        for escalation_id, name in tellings.values_list("escalation_id", "staff__name"):
            names.setdefault(escalation_id, []).append(name)
    return {escalation_id: ", ".join(found) for escalation_id, found in names.items()}


def _promised(fact: RecordedFact) -> tuple[str, datetime | None]:
    due_at = fact.payload.get("due_at")
    return str(PromiseKind(fact.payload["kind"]).label), datetime.fromisoformat(due_at) if due_at else None


def _until(fact: RecordedFact) -> datetime | None:
    answer_by = fact.payload.get("answer_by")
    return datetime.fromisoformat(answer_by) if answer_by else None


def _names(facts: list[RecordedFact]) -> dict[str, str]:
    ids = {fact.subjects["staff_id"] for fact in facts if fact.subjects["staff_id"]}
    ids |= {int(fact.actor.partition(":")[2]) for fact in facts if fact.actor.startswith("staff:")}
    names = {f"staff:{pk}": name for pk, name in Staff.objects.filter(pk__in=ids).values_list("pk", "name")}
    team_ids = {fact.subjects["team_id"] for fact in facts if fact.type in _OF_TEAMS} - {None}
    if team_ids:
        names |= {f"team:{team.pk}": team.name for team in Team.objects.filter(pk__in=team_ids)}
    return names
