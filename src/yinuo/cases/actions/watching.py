"""Following a case that is somebody else's: beginning to, asking a colleague to, and stopping."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.facts import CaseUnwatched, CaseWatched
from yinuo.cases.mentions import CannotSeeCase
from yinuo.cases.models import Case, Watch
from yinuo.cases.queries.colleagues import who_may_see
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Staff

from .locking import locked_case


@transaction.atomic
def watch_case(*, case: Case, staff: Staff, by: Actor, at: datetime) -> Watch:
    """Let somebody who may see the case follow it, oneself or a colleague; twice is once.

    Refuses with NotAllowed, NotFound, CannotSeeCase. Announces CaseWatched.
    """
    by.require("cases.view" if staff.pk == by.staff_id else "cases.note")
    case = locked_case(case, by)
    if staff.pk != by.staff_id and not who_may_see(case).filter(pk=staff.pk).exists():
        raise CannotSeeCase(name=staff.name)
    watch, is_new = Watch.objects.get_or_create(case=case, staff=staff, defaults={"since": at, "by": by.key})
    if is_new:
        announce(CaseWatched(case_id=case.pk, staff_id=staff.pk), by=by, at=at)
    return watch


@transaction.atomic
def unwatch_case(*, case: Case, staff: Staff, by: Actor, at: datetime) -> None:
    """Let somebody follow a case no longer; who does not is no mistake. Others take leaders out.

    Refuses with NotAllowed, NotFound. Announces CaseUnwatched.
    """
    by.require("cases.view" if staff.pk == by.staff_id else "cases.assign")
    case = locked_case(case, by)
    count, _rows = Watch.objects.filter(case=case, staff=staff).delete()
    if count:
        announce(CaseUnwatched(case_id=case.pk, staff_id=staff.pk), by=by, at=at)
