"""What somebody promises in their own words: a call back, a visit, parts, or anything else by a time."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.models import Case, Promise
from yinuo.cases.rules import LivePromise
from yinuo.foundation.refusals import NotFound

from . import promising
from .locking import locked_case


@transaction.atomic
def give_promise(
    *, case: Case, kind: str, due_at: datetime | None = None, subject: str = "", by: Actor, at: datetime
) -> Promise:
    """Promise the customer of an open case a call back, a visit, parts or a thing of one's own.

    due_at: None gives what the standard says for the kind. It runs even while the case waits for its customer: who
    gave it knew. Needs `cases.reply`. Refuses with KindNotGiven, SubjectMissing, TimeInThePast, CaseIsClosed. Announces
    PromiseMade.
    """
    by.require("cases.reply")
    rules.check_given(kind=kind, due_at=due_at, subject=subject, at=at)
    case = open_case_locked(case, by)
    live = promising.break_overdue(case, at=at, renew=True)
    given = promising.make_promise(case, kind, start=at, due_at=due_at, subject=" ".join(subject.split()), by=by, at=at)
    promising.settle(case, [*live, given], by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)
    return Promise.objects.get(pk=given.id)


@transaction.atomic
def keep_promise(*, promise: Promise, by: Actor, at: datetime) -> None:
    """Say that what somebody promised was done in time. Answering and closing keep the other kinds by themselves.

    Needs `cases.reply`. Refuses with KindNotGiven, PromiseEnded, PromiseAlreadyBroken. Announces PromiseKept.
    """
    by.require("cases.reply")
    case, found, live = _given(promise, by, at)
    promising.end_kept(case, [found], by=by, at=at)
    _settle_without(case, found, live, by=by, at=at)


@transaction.atomic
def withdraw_promise(*, promise: Promise, reason: str, by: Actor, at: datetime) -> None:
    """End what somebody promised because it has lost its object; the customer reads why.

    Needs `cases.reply`. Refuses with KindNotGiven, ReasonMissing, PromiseEnded, PromiseAlreadyBroken. Announces
    PromiseWithdrawn.
    """
    by.require("cases.reply")
    if not reason.strip():
        raise rules.ReasonMissing
    case, found, live = _given(promise, by, at)
    promising.end_withdrawn(case, [found], reason=reason, by=by, at=at)
    _settle_without(case, found, live, by=by, at=at)


def open_case_locked(case: Case, by: Actor) -> Case:
    """Return the open case, locked. Refuses with NotFound, CaseIsClosed."""
    found = locked_case(case, by)
    if not found.is_open:
        raise rules.CaseIsClosed(reference=found.reference)
    return found


def live_one(case: Case, promise: Promise) -> tuple[LivePromise, list[LivePromise]]:
    """Return a live promise of a locked case, and all its live ones. Refuses with NotFound, PromiseEnded."""
    if promise.case_id != case.pk:
        raise NotFound
    live = promising.live_promises(case)
    found = next((one for one in live if one.id == promise.pk), None)
    if found is None:
        raise rules.PromiseEnded
    return found, live


def _given(promise: Promise, by: Actor, at: datetime) -> tuple[Case, LivePromise, list[LivePromise]]:
    if promise.kind not in rules.GIVEN_KINDS:
        raise rules.KindNotGiven(known=", ".join(rules.GIVEN_KINDS))
    case = open_case_locked(promise.case, by)
    found, _live = live_one(case, promise)
    if found.paused_since is None and found.due_at < at:
        raise rules.PromiseAlreadyBroken
    return case, found, promising.break_overdue(case, at=at, renew=True)


def _settle_without(case: Case, ended: LivePromise, live: list[LivePromise], *, by: Actor, at: datetime) -> None:
    promising.settle(case, [one for one in live if one.id != ended.id], by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)
