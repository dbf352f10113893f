"""What somebody has read, and what is old enough to be forgotten."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound
from yinuo.notifications import rules
from yinuo.notifications.facts import NotificationsRead
from yinuo.notifications.models import Notification

_BATCH = 1000


@transaction.atomic
def mark_read(*, notification_id: int, by: Actor, at: datetime) -> None:
    """Take a notification of one's own as read; what is read stays so. Refuses with NotFound for others'.

    Announces NotificationsRead.
    """
    by.require("notifications.edit")
    mine = Notification.objects.filter(pk=notification_id, staff_id=by.staff_id)
    if mine.unread().update(read_at=at):
        announce(NotificationsRead(staff_id=by.staff_id or 0, count=1), by=by, at=at)
    elif not mine.exists():
        raise NotFound


@transaction.atomic
def mark_all_read(*, up_to: datetime | None = None, kind: str = "", by: Actor, at: datetime) -> int:
    """Take all of one's own notifications in the centre as read, or those of a kind; return how many.

    up_to: what came after this instant stays unread, because whoever says "all" had not seen it.
    Announces NotificationsRead.
    """
    by.require("notifications.edit")
    mine = Notification.objects.in_centre().unread().filter(staff_id=by.staff_id)
    if kind:
        mine = mine.filter(kind=kind)
    if up_to is not None:
        mine = mine.filter(at__lte=up_to)
    count = mine.update(read_at=at)
    if count:
        announce(NotificationsRead(staff_id=by.staff_id or 0, count=count), by=by, at=at)
    return count


def forget_old(*, at: datetime) -> int:
    """Delete what was read, or lay unread, for long enough; return how many notifications. In small transactions."""
    old = (
        Notification.objects.filter(read_at__lt=at - rules.KEEP_READ_FOR),
        Notification.objects.unread().filter(at__lt=at - rules.KEEP_UNREAD_FOR),
    )
    total = 0
    for rows in old:
        while ids := list(rows.values_list("pk", flat=True)[:_BATCH]):
            Notification.objects.filter(pk__in=ids).delete()
            total += len(ids)
    return total
