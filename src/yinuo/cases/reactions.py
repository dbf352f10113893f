"""What cases tell staff of: who owns a case hears what others do with it, and when its promises run out.

Promises that end are counted, too (`tally.py`, `pledge_tally.py`); cases climb their ladders (`climbing.py`); who hears
of offers stands in `telling_handoffs.py`. First answers teach the quotes to come (`learning.py`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.facts import Fact, RecordedFact
from yinuo.foundation.followers import follower
from yinuo.notifications.actions import Notice, notify
from yinuo.notifications.kinds import Kind
from yinuo.organisation.models import TeamMembership

from . import notices
from .climbing import climb_ladders
from .facts import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CustomerAnswered,
    CustomerWrote,
    FollowUpDue,
    IncidentProposed,
    JoinedIncident,
    NoteAdded,
    OwnerChanged,
    PromiseBroken,
    PromiseSoonDue,
    StaffMentioned,
)
from .learning import learn_answer_times
from .models import Case, Message, Watch
from .pledge_tally import tally_pledges
from .tally import tally_promises
from .telling_handoffs import tell_of_handoffs
from .telling_tasks import tell_of_tasks

__all__ = [
    "climb_ladders",
    "learn_answer_times",
    "tally_pledges",
    "tally_promises",
    "tell_of_handoffs",
    "tell_of_tasks",
    "tell_staff",
]

NOTICES = Actor.system("notices")
# What was said longer ago than this before we had it comes from an import: history, not news.
_NEWS_FOR = timedelta(days=1)
_TOLD: dict[type[Fact], Kind] = {
    CaseOpened: notices.OWNED,
    CaseReopened: notices.REOPENED,
    CustomerAnswered: notices.COLLEAGUE_WROTE,
    CustomerWrote: notices.CUSTOMER_WROTE,
    IncidentProposed: notices.INCIDENT_PROPOSED,
    JoinedIncident: notices.JOINED_INCIDENT,
    FollowUpDue: notices.FOLLOW_UP,
    NoteAdded: notices.COLLEAGUE_WROTE,
    OwnerChanged: notices.OWNED,
    PromiseBroken: notices.BROKEN,
    PromiseSoonDue: notices.SOON_DUE,
    StaffMentioned: notices.MENTIONED,
}
# What watchers are told of; the closing, too, which its owner is not.
_NEWS = frozenset(
    fact.fact_type
    for fact in (CustomerWrote, CustomerAnswered, NoteAdded, OwnerChanged, PromiseBroken, CaseClosed, CaseReopened)
)
_KIND_OF = {fact.fact_type: kind for fact, kind in _TOLD.items()}
_WRITTEN = (CustomerWrote.fact_type, CustomerAnswered.fact_type, NoteAdded.fact_type)


@dataclass(frozen=True)
class _Known:
    """What the log does not say of the cases and messages in a batch."""

    cases: Mapping[int, Case]
    messages: Mapping[int | None, Message]
    firsts: Mapping[int, Message]
    leaders: Mapping[int, Sequence[int]]
    watchers: Mapping[int, Sequence[int]]
    reopened: frozenset[tuple[int, int | None]]
    mentioned: frozenset[tuple[int, int | None]]


@follower("cases.tell_staff", kinds=[*_TOLD, CaseClosed], batch_size=200)
def tell_staff(facts: Sequence[RecordedFact]) -> None:
    """Tell owners what happens on their cases, and leaders which promises their teams broke."""
    known = _known(facts)
    notify(notices=(notice for fact in facts for notice in _notices(fact, known)), by=NOTICES, at=now())


def _notices(fact: RecordedFact, known: _Known) -> Iterator[Notice]:
    case = known.cases.get(fact.case_id or 0)
    if case is None or fact.payload.get("born_late") or _is_history(fact, known):
        return
    if fact.type in _WRITTEN and (fact.at == case.opened_at or (fact.tx, fact.case_id) in known.reopened):
        return  # The first message, and the one that reopened the case, are told of with the case itself.
    if fact.type in _NEWS:
        yield from _to_watchers(fact, case, known)
    if fact.type == CaseClosed.fact_type:
        return
    kind = _KIND_OF[fact.type]
    reader_id = case.owner_id if kind is notices.COLLEAGUE_WROTE else fact.subjects["staff_id"]
    if reader_id and (kind is notices.MENTIONED or (fact.payload.get("message_id"), reader_id) not in known.mentioned):
        yield _notice(kind, reader_id, fact)
    if kind is notices.BROKEN:
        yield from (_notice(notices.TEAM_BROKEN, leader_id, fact) for leader_id in known.leaders[case.team_id])
    if kind is notices.INCIDENT_PROPOSED:
        yield from (_notice(kind, leader_id, fact) for leader_id in known.leaders.get(case.team_id, ()))


def _to_watchers(fact: RecordedFact, case: Case, known: _Known) -> Iterator[Notice]:
    """Tell who watches; whoever owns the case, or is called by the note, hears of it already."""
    for staff_id in known.watchers.get(case.pk, ()):
        is_told = staff_id == case.owner_id or (fact.payload.get("message_id"), staff_id) in known.mentioned
        if not is_told:
            yield _notice(notices.WATCHED, staff_id, fact)


def _notice(kind: Kind, staff_id: int, fact: RecordedFact) -> Notice:
    due_at = fact.payload.get("due_at")
    moment = datetime.fromisoformat(due_at) if due_at else None
    return Notice.of_fact(fact, kind=kind, staff_id=staff_id, subject_id=fact.case_id or 0, moment=moment)


def _is_history(fact: RecordedFact, known: _Known) -> bool:
    is_opening = fact.type == CaseOpened.fact_type
    message = known.firsts.get(fact.case_id or 0) if is_opening else known.messages.get(fact.payload.get("message_id"))
    return message is not None and message.stored_at - message.at > _NEWS_FOR


def _known(facts: Sequence[RecordedFact]) -> _Known:
    case_ids = {fact.case_id for fact in facts}
    cases = {case.pk: case for case in Case.objects.filter(pk__in=case_ids).only("owner_id", "team_id", "opened_at")}
    opened = {fact.case_id for fact in facts if fact.type == CaseOpened.fact_type}
    named = {fact.payload["message_id"] for fact in facts if "message_id" in fact.payload}
    wanted = Q(pk__in=named) | Q(case_id__in=opened)
    messages = list(Message.objects.filter(wanted).only("case_id", "at", "stored_at").order_by("-id"))
    leaders: dict[int, list[int]] = defaultdict(list)
    memberships = TeamMembership.objects.filter(team_id__in={case.team_id for case in cases.values()}, is_leader=True)
    for team_id, staff_id in memberships.order_by("staff_id").values_list("team_id", "staff_id"):
        leaders[team_id].append(staff_id)
    watchers: dict[int, list[int]] = defaultdict(list)
    watches = Watch.objects.filter(case_id__in=case_ids, staff__left_at=None).order_by("staff_id")
    for case_id, staff_id in watches.values_list("case_id", "staff_id"):
        watchers[case_id].append(staff_id)
    return _Known(
        watchers=watchers,
        cases=cases,
        messages={message.pk: message for message in messages},
        firsts={message.case_id: message for message in messages},
        leaders=leaders,
        mentioned=frozenset(
            (fact.payload["message_id"], fact.subjects["staff_id"])
            for fact in facts
            if fact.type == StaffMentioned.fact_type
        ),
        reopened=frozenset((fact.tx, fact.case_id) for fact in facts if fact.type == CaseReopened.fact_type),
    )
