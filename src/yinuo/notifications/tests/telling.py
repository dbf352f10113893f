"""Telling somebody of a case, as tests need it."""

from datetime import datetime
from itertools import count as counting

from yinuo.cases.models import Case
from yinuo.cases.tests.cast import SYSTEM
from yinuo.notifications.actions import Notice, notify
from yinuo.notifications.models import Notification
from yinuo.organisation.models import Staff

_numbers = counting(1)


def tell(
    staff: Staff, case: Case, *, kind: str = "cases.customer_wrote", at: datetime | None = None, count: int = 1
) -> Notification:
    """Tell somebody of `count` events on a case and return the notification."""
    at = at or case.opened_at
    for _number in range(count):
        notice = Notice(kind, staff.pk, case.pk, f"test:{next(_numbers)}", at)
        assert notify(notices=[notice], by=SYSTEM, at=at) == 1
    return Notification.objects.filter(staff=staff, kind=kind, subject_id=case.pk).latest("pk")
