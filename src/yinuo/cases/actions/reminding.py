"""Follow-ups: planning one, moving it, ending it, and telling its person that it is due."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.facts import FollowUpDue, FollowUpPlanned
from yinuo.cases.facts import FollowUpEnded as FollowUpEndedFact
from yinuo.cases.mentions import CannotSeeCase
from yinuo.cases.models import Case, FollowUp, FollowUpEnd
from yinuo.cases.queries.colleagues import who_may_see
from yinuo.cases.rules.following import FollowUpEnded, check_time
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.organisation.models import Staff

from .locking import locked_case

_BATCH = 200


@transaction.atomic
def plan_follow_up(*, case: Case, staff: Staff, due_at: datetime, words: str, by: Actor, at: datetime) -> FollowUp:
    """Remind somebody who may see the case of it at a time; also of an ended case. Their own, or for a colleague.

    Refuses with NotAllowed, NotFound, NoTimeToFollowUp, CannotSeeCase. Announces FollowUpPlanned.
    """
    by.require("cases.note")
    check_time(due_at, at=at)
    case = locked_case(case, by)
    if staff.pk != by.staff_id and not who_may_see(case).filter(pk=staff.pk).exists():
        raise CannotSeeCase(name=staff.name)
    row = FollowUp.objects.create(
        case=case, staff=staff, due_at=due_at, words=words.strip()[:300], made_at=at, made_by=by.key
    )
    announce(FollowUpPlanned(case_id=case.pk, staff_id=staff.pk, follow_up_id=row.pk, due_at=due_at), by=by, at=at)
    return row


@transaction.atomic
def move_follow_up(*, follow_up_id: int, case: Case, due_at: datetime, by: Actor, at: datetime) -> FollowUp:
    """Put a follow-up off, or bring it forward. Refuses with NotFound, NotAllowed, FollowUpEnded, NoTimeToFollowUp."""
    check_time(due_at, at=at)
    row = _locked(follow_up_id, case, by)
    row.due_at, row.told_at = due_at, None
    row.save(update_fields=["due_at", "told_at"])
    announce(
        FollowUpPlanned(case_id=row.case_id, staff_id=row.staff_id, follow_up_id=row.pk, due_at=due_at), by=by, at=at
    )
    return row


@transaction.atomic
def end_follow_up(*, follow_up_id: int, case: Case, end: str = FollowUpEnd.DONE, by: Actor, at: datetime) -> FollowUp:
    """Say that a follow-up is done, or no longer wanted. Refuses with NotFound, NotAllowed, FollowUpEnded."""
    row = _locked(follow_up_id, case, by)
    row.ended_at, row.end = at, end
    row.save(update_fields=["ended_at", "end"])
    announce(FollowUpEndedFact(case_id=row.case_id, staff_id=row.staff_id, follow_up_id=row.pk, end=end), by=by, at=at)
    return row


def tell_due_follow_ups(*, at: datetime) -> int:
    """Tell of every follow-up whose time has come, each once; small batches by its index, shared by row locks."""
    total = 0
    while told := _tell_batch(at):
        total += told
    return total


@transaction.atomic
def _tell_batch(at: datetime) -> int:
    due = FollowUp.objects.filter(ended_at=None, told_at=None, due_at__lte=at).order_by("due_at", "id")
    rows = list(due.select_for_update(skip_locked=True, of=("self",))[:_BATCH])
    FollowUp.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    facts = [FollowUpDue(case_id=row.case_id, staff_id=row.staff_id, follow_up_id=row.pk) for row in rows]
    announce(*facts, by=Actor.system("clock"), at=at)
    return len(rows)


def _locked(follow_up_id: int, case: Case, by: Actor) -> FollowUp:
    """Return a running follow-up of a case the actor may see: their own, or anybody's for those who assign cases."""
    locked = locked_case(case, by)
    row = FollowUp.objects.select_for_update(of=("self",)).filter(pk=follow_up_id, case=locked).first()
    if row is None:
        raise NotFound
    if row.staff_id != by.staff_id and row.made_by != by.key and not by.may("cases.assign"):
        raise NotAllowed(permission="cases.assign")
    if row.ended_at is not None:
        raise FollowUpEnded
    return row
