"""The one way an action comes to a case: fresh, locked, and only if its actor may know of it."""

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.models import Case
from yinuo.foundation.refusals import NotFound


def locked_case(case: Case, by: Actor, *, for_task: bool = False) -> Case:
    """Return the case as it is now, locked until the transaction ends.

    for_task: what is done may be done by somebody who only answers a task on it. Refuses with NotFound,
    OnlyForTask, CaseIsMerged.
    """
    allowed = Case.objects.visible_to(by) if for_task else Case.objects.workable_by(by)
    found = allowed.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if found is None:
        if Case.objects.visible_to(by).filter(pk=case.pk).exists():
            raise rules.OnlyForTask
        raise NotFound
    refuse_merged(found)
    return found


def locked_living_case(case: Case, by: Actor) -> Case:
    """Return the case to which this number leads now, locked: what somebody says is lost to no merge.

    Whoever may know of the case may speak there, also when it went into one they may not read. Refuses with NotFound.
    """
    cases, pk = Case.objects.workable_by(by), case.pk
    while True:
        # A savepoint, so that the lock on a merged case is given back: holding it while waiting for the next one could
        # meet somebody who undoes that merge.
        with transaction.atomic():
            found = cases.select_for_update(of=("self",)).filter(pk=pk).first()
            if found is None:
                raise NotFound
            if found.merged_into_id is None:
                return found
            transaction.set_rollback(True)
        cases, pk = Case.objects.visible_to(Actor.system("joining")), found.merged_into_id


def locked_pair(one: Case, other: Case, by: Actor) -> tuple[Case, Case]:
    """Return both cases locked, the one with the lower id first, so that two who join them crosswise wait, not block.

    Refuses with NotFound.
    """
    cases = Case.objects.workable_by(by).select_for_update(of=("self",)).filter(pk__in=[one.pk, other.pk])
    found = {case.pk: case for case in cases.order_by("pk")}
    if one.pk not in found or other.pk not in found:
        raise NotFound
    return found[one.pk], found[other.pk]


def refuse_merged(case: Case) -> None:
    """Refuse with CaseIsMerged what somebody would do to a case that went into another."""
    if case.merged_into_id is not None:
        living = Case.objects.values_list("reference", flat=True).get(pk=case.merged_into_id)
        raise rules.CaseIsMerged(reference=case.reference, into=living)
