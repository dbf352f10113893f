"""Who is accountable. The offer-and-accept handoff builds on this; here an owner is named by someone who may."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import OwnerChanged
from yinuo.cases.models import Case, Ownership
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Staff

from .locking import locked_case


@transaction.atomic
def change_owner(*, case: Case, to: Staff, reason: str, by: Actor, at: datetime) -> Ownership:
    """Make somebody else accountable; every promise to the customer stays as it is.

    Needs `cases.assign`. Refuses with CaseIsClosed, OwnerNotInTeam. Announces OwnerChanged.
    """
    by.require("cases.assign")
    found = locked_case(case, by)
    if not found.is_open:
        raise rules.CaseIsClosed(reference=found.reference)
    if to.left_at is not None:
        raise rules.OwnerNotInTeam(name=to.name)
    previous = found.owner_id
    Ownership.objects.filter(case=found, until=None).update(until=at)
    ownership = Ownership.objects.create(case=found, owner=to, since=at, reason=reason[:300], by=by.key)
    found.owner = to
    found.save(update_fields=["owner"])
    announce(
        OwnerChanged(case_id=found.pk, staff_id=to.pk, previous_staff_id=previous, ownership_id=ownership.pk),
        by=by,
        at=at,
    )
    return ownership
