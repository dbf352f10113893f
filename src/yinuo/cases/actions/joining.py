"""Joining cases that are one, and parting them again. What was promised to whoever waits longest is never lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CasesMerged, MergeUndone, PromiseMade
from yinuo.cases.models import (
    Case,
    CaseState,
    Closure,
    Conversation,
    Merge,
    Message,
    MessageKind,
    Participant,
    Promise,
    PromiseEnd,
    Reopening,
)
from yinuo.cases.moving import movers
from yinuo.cases.rules import LivePromise
from yinuo.customers.models import Identity, IdentityKind
from yinuo.foundation.facts import announce

from . import promising
from .locking import locked_pair, refuse_merged
from .owning import OFFER_FIELDS, end_offers
from .waiting import end_waiting

_CLOCKS = ("unanswered_since", "broken_since", "waiting_since")
_SUMMARY = ("message_count", "last_message_at", "preview")
_SAVED = (*promising.STATE_FIELDS, *_CLOCKS, *_SUMMARY, *OFFER_FIELDS)


@transaction.atomic
def merge_cases(*, source: Case, target: Case, reason: str, confirmed: bool = False, by: Actor, at: datetime) -> Merge:
    """Move all that was said in `source` to `target`; its number leads there from now on. Both must be open.

    The target keeps its own clocks, but whoever was promised an earlier time still gets it, and the oldest unanswered
    message counts. confirmed: somebody knows that the customers differ, and who will read the answers.
    Refuses with NotAllowed, NotFound, SameCase, CaseIsMerged, CaseIsClosed, OtherCustomer.
    Announces CasesMerged for both, PromiseWithdrawn, PromiseMade.
    """
    by.require("cases.merge")
    if source.pk == target.pk:
        raise rules.SameCase(reference=source.reference)
    source, target = locked_pair(source, target, by)
    _refuse_unless_open(source, target)
    changes_audience = source.customer_id != target.customer_id
    if changes_audience and not confirmed:
        raise rules.OtherCustomer(
            source=source.reference,
            source_customer=source.customer.name,
            target=target.reference,
            target_customer=target.customer.name,
        )
    # What waited for the customer runs on: from here nobody can say in which of the two they would write.
    end_waiting(source, by=by, at=at)
    if source.unanswered_since is not None:
        # Somebody waits for us, so the case does not wait for them: what was paused runs on before it is settled.
        end_waiting(target, by=by, at=at)
    # Late is late: what ran out before the merge is broken, whoever notices it when.
    of_source = promising.break_overdue(source, at=at, renew=False)
    of_target = promising.break_overdue(target, at=at, renew=False)
    merge = Merge(
        source=source,
        target=target,
        reason=reason.strip()[:300],
        changes_audience=changes_audience,
        before={"source": _columns(source), "target": _columns(target)},
        at=at,
        by=by.key,
    )
    merge.promises = _join_promises(source, target, of_source, of_target, by=by, at=at)
    _join_clocks(source, target)
    _move_said(merge)
    _end_source(merge, by=by, at=at)
    merge.save()
    for mover in movers():
        merge.elsewhere[mover.name] = mover.move(source, target, at)
    merge.save(update_fields=["elsewhere"])
    _announce(CasesMerged, merge, by=by, at=at)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: Actor, at: datetime) -> Case:
    """Make two cases of one again and return the one that comes back; what was said since stays with the target.

    The source's promises live again with the times they had: one that ran out meanwhile is broken at that time.
    Refuses with NotAllowed, NotFound, NotMerged, MergedFurther. Announces MergeUndone for both, PromiseMade.
    """
    by.require("cases.merge")
    source, target = locked_pair(merge.source, merge.target, by)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise rules.NotMerged
    if target.merged_into_id is not None:
        into = Case.objects.values_list("reference", flat=True).get(pk=target.merged_into_id)
        raise rules.MergedFurther(reference=target.reference, into=into)
    was_answered = _answered_since(merge, target)
    _move_said_back(merge)
    broken = _part_promises(merge, target, was_answered=was_answered, by=by, at=at)
    _revive_source(merge, source, broken, by=by, at=at)
    _revive_target(merge, target, was_answered=was_answered, by=by, at=at)
    for mover in movers():
        if mover.name in merge.elsewhere:
            mover.back(merge.elsewhere[mover.name], source, target, at)
    merge.undone_at, merge.undone_by = at, by.key
    merge.save(update_fields=["undone_at", "undone_by"])
    _announce(MergeUndone, merge, by=by, at=at)
    return source


def _refuse_unless_open(*cases: Case) -> None:
    for case in cases:
        refuse_merged(case)
        if not case.is_open:
            raise rules.CaseIsClosed(reference=case.reference)


def _columns(case: Case) -> dict[str, Any]:
    """Return the columns that a merge changes, as JSON; instants keep their fractions."""
    values = {name: getattr(case, name) for name in (*_CLOCKS, *_SUMMARY)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _instant(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _join_promises(
    source: Case,
    target: Case,
    of_source: Sequence[LivePromise],
    of_target: Sequence[LivePromise],
    *,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    joined = rules.joined_promises(of_source, of_target)
    promising.end_withdrawn(source, of_source, reason=f"merged into {target.reference}", by=by, at=at)
    promising.end_withdrawn(target, joined.displaced, reason=f"merged with {source.reference}", by=by, at=at)
    carried = [(one, _given_again(one.id, target, by=by, at=at)) for one in joined.carried]
    rest = [one for one in of_target if one not in joined.displaced]
    promising.settle(target, [*rest, *(new for _old, new in carried)], by=by, at=at)
    return {
        "withdrawn": [one.id for one in of_source],
        "carried": {str(old.id): new.id for old, new in carried},
        "displaced": [one.id for one in joined.displaced],
    }


def _given_again(promise_id: int, case: Case, *, by: Actor, at: datetime) -> LivePromise:
    """Give a promise that was withdrawn once more, in this case, with the very times it had."""
    promise = Promise.objects.get(pk=promise_id)
    promise.pk, promise.case, promise.made_at, promise.made_by = None, case, at, by.key
    promise.is_live, promise.end, promise.ended_at, promise.ended_by, promise.ended_reason = True, "", None, "", ""
    promise.replaces = promise.paused_since = promise.business_seconds = promise.calendar_seconds = None
    promise._state.adding = True  # noqa: SLF001 - Django's way to copy a row
    promise.save(force_insert=True)
    made = PromiseMade(
        case_id=case.pk,
        customer_id=case.customer_id,
        promise_id=promise.pk,
        kind=promise.kind,
        starts_at=promise.starts_at,
        within_minutes=promise.within_minutes,
        due_at=promise.due_at,
        standard_version_id=promise.standard_version_id,
        calendar_version_id=promise.calendar_version_id,
        replaces_id=None,
        consent=promise.consent,
    )
    announce(made, by=by, at=at)
    return LivePromise(promise.pk, promise.kind, promise.due_at)


def _join_clocks(source: Case, target: Case) -> None:
    for name in ("unanswered_since", "broken_since"):
        known = [value for value in (getattr(source, name), getattr(target, name)) if value is not None]
        setattr(target, name, min(known, default=None))
    if source.last_message_at > target.last_message_at:
        target.last_message_at, target.preview = source.last_message_at, source.preview
    target.message_count += source.message_count


def _move_said(merge: Merge) -> None:
    conversations = Conversation.objects.filter(case=merge.source)
    merge.conversation_ids = list(conversations.order_by("id").values_list("pk", flat=True))
    known = Participant.objects.filter(case=merge.target).values("lookup")
    people = Participant.objects.filter(case=merge.source).exclude(lookup__in=known)
    merge.participant_ids = list(people.order_by("id").values_list("pk", flat=True))
    if merge.changes_audience and (guest := _guest(merge)):
        merge.elsewhere["cases.guest"] = guest.pk
    merge.message_count = Message.objects.filter(conversation_id__in=merge.conversation_ids).update(case=merge.target)
    conversations.filter(came_from=None).update(came_from=merge.source)
    conversations.update(case=merge.target)
    Participant.objects.filter(pk__in=merge.participant_ids).update(case=merge.target)


def _guest(merge: Merge) -> Participant | None:
    """Let the source's customer, who is another one, take part by mail: nobody who wrote is left without answer."""
    mail = Identity.objects.filter(customer=merge.source.customer_id, kind=IdentityKind.MAIL).order_by("id").first()
    if mail is None or Participant.objects.filter(case=merge.target, lookup=mail.lookup).exists():
        return None
    return Participant.objects.create(
        case=merge.target,
        name=merge.source.customer.name[:120],
        address=mail.value,
        lookup=mail.lookup,
        masked=mail.masked,
        added_at=merge.at,
    )


def _end_source(merge: Merge, *, by: Actor, at: datetime) -> None:
    """Close the source and let its number, and those that led to it, lead to the target."""
    source = merge.source
    merge.closure = Closure.objects.create(
        case=source, outcome=rules.MERGED, summary=merge.target.reference, at=at, by=by.key
    )
    end_offers(source, by=by, at=at)
    source.state, source.closed_at, source.message_count = CaseState.CLOSED, at, 0
    source.settles_at, source.settled_at = None, at  # nobody is asked whether a merged case is solved
    source.next_promise_id = source.next_due_at = source.has_live_promise = None
    source.unanswered_since = source.broken_since = None
    # Before the source itself leads on: nothing may ever lead to a case that does.
    Case.objects.filter(merged_into=source).order_by("pk").update(merged_into=merge.target)
    source.merged_into = merge.target
    source.save(update_fields=[*_SAVED, "merged_into"])
    merge.target.save(update_fields=_SAVED)


def _answered_since(merge: Merge, target: Case) -> bool:
    return Message.objects.filter(case=target, kind=MessageKind.REPLY, stored_at__gte=merge.at).exists()


def _move_said_back(merge: Merge) -> None:
    Message.objects.filter(conversation_id__in=merge.conversation_ids).update(case=merge.source)
    conversations = Conversation.objects.filter(pk__in=merge.conversation_ids)
    conversations.update(case=merge.source)
    conversations.filter(came_from=merge.source).update(came_from=None)
    Participant.objects.filter(pk=merge.elsewhere.get("cases.guest")).delete()
    here = Participant.objects.filter(case=merge.source).values("lookup")
    Participant.objects.filter(pk__in=merge.participant_ids).exclude(lookup__in=here).update(case=merge.source)


def _part_promises(merge: Merge, target: Case, *, was_answered: bool, by: Actor, at: datetime) -> dict[str, Promise]:
    """End what the target only owed for the source; return the carried promises that broke, by the source's own id.

    Those go back to where they were given: the same time is not broken twice.
    """
    promising.break_overdue(target, at=at, renew=False)
    carried = Promise.objects.in_bulk(merge.promises["carried"].values())
    live = [LivePromise(one.pk, one.kind, one.due_at) for one in carried.values() if one.is_live]
    promising.end_withdrawn(target, live, reason=rules.MERGE_UNDONE, by=by, at=at)
    if not was_answered and target.is_open:
        for promise_id in merge.promises["displaced"]:
            kind = Promise.objects.values_list("kind", flat=True).get(pk=promise_id)
            if not Promise.objects.filter(case=target, kind=kind, is_live=True).exists():
                _given_again(promise_id, target, by=by, at=at)
    broken = {own: carried[copy] for own, copy in merge.promises["carried"].items()}
    return {own: one for own, one in broken.items() if one.end == PromiseEnd.BROKEN}


def _revive_source(merge: Merge, source: Case, broken: dict[str, Promise], *, by: Actor, at: datetime) -> None:
    Reopening.objects.create(case=source, closure=merge.closure, reason="the merge was undone", at=at, by=by.key)
    for name in ("unanswered_since", "broken_since"):
        setattr(source, name, _instant(merge.before["source"][name]))
    source.merged_into, source.state, source.closed_at, source.settled_at = None, CaseState.OPEN, None, None
    for promise_id in merge.promises["withdrawn"]:
        if str(promise_id) not in broken:
            _given_again(promise_id, source, by=by, at=at)
    for promise in broken.values():
        Promise.objects.filter(pk=promise.pk).update(case=source)
        source.broken_since = min(source.broken_since or promise.due_at, promise.due_at)
    promising.settle(source, promising.break_overdue(source, at=at, renew=True), by=by, at=at)
    _summarise(source)
    source.save(update_fields=[*_SAVED, "merged_into"])
    # Numbers that led to the source before it was merged lead there again.
    earlier = Merge.objects.filter(target=source, undone_at=None).values_list("source_id", flat=True)
    _lead_back(source, list(earlier))


def _lead_back(source: Case, ids: list[int]) -> None:
    while ids:
        Case.objects.filter(pk__in=ids).update(merged_into=source)
        further = Merge.objects.filter(target_id__in=ids, undone_at=None)
        ids = list(further.values_list("source_id", flat=True))


def _revive_target(merge: Merge, target: Case, *, was_answered: bool, by: Actor, at: datetime) -> None:
    """Let the target be as if it had been alone: its own clocks, and those of what was said since."""
    live = promising.break_overdue(target, at=at, renew=target.is_open)
    if target.is_open:
        promising.settle(target, live, by=by, at=at)
        if not was_answered:
            target.unanswered_since = _own_unanswered_since(merge, target)
            target.broken_since = _own_broken_since(merge, target)
    _summarise(target)
    target.save(update_fields=_SAVED)


def _own_unanswered_since(merge: Merge, target: Case) -> datetime | None:
    own = _instant(merge.before["target"]["unanswered_since"])
    since = Message.objects.filter(case=target, kind=MessageKind.CUSTOMER, stored_at__gte=merge.at)
    return own or since.order_by("stored_at", "id").values_list("stored_at", flat=True).first()


def _own_broken_since(merge: Merge, target: Case) -> datetime | None:
    own = _instant(merge.before["target"]["broken_since"])
    since = Promise.objects.filter(case=target, end=PromiseEnd.BROKEN, ended_at__gte=merge.at)
    return own or since.order_by("ended_at").values_list("ended_at", flat=True).first()


def _summarise(case: Case) -> None:
    """Count what is said in the case anew, and find how its last message begins."""
    said = Message.objects.filter(case=case)
    case.message_count = said.count()
    last = said.exclude(kind=MessageKind.NOTE).order_by("-stored_at", "-id").first()
    if last is not None:
        case.last_message_at, case.preview = last.stored_at, rules.preview_of(last.text)


def _announce(fact: type[CasesMerged] | type[MergeUndone], merge: Merge, *, by: Actor, at: datetime) -> None:
    announce(
        *(
            fact(
                case_id=case.pk,
                customer_id=case.customer_id,
                merge_id=merge.pk,
                other_case_id=other.pk,
                is_source=case is merge.source,
                changes_audience=merge.changes_audience,
            )
            for case, other in ((merge.source, merge.target), (merge.target, merge.source))
        ),
        by=by,
        at=at,
    )
