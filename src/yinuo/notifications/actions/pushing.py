"""Pushes go out: what is due becomes a row for each browser, and the rows are tried until the service took them.

A worker killed while it speaks to a push service leaves the row to be tried again a minute later; the browser shows a
push that came twice once, because both carry the same tag.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.notifications import push_service, rules
from yinuo.notifications.facts import PushUnsubscribed
from yinuo.notifications.models import Notification, PushDelivery, PushSubscription
from yinuo.notifications.push_service import Address, Outcome, Result
from yinuo.notifications.queries import shown
from yinuo.organisation.models import Staff

log = logging.getLogger("yinuo.notifications")
PUSH = Actor.system("push")
_ROWS_AT_ONCE = 200
_TRIES_AT_ONCE = 20
# Longer than a try can last: whoever holds a row longer than this is dead.
_HELD_FOR = timedelta(minutes=1)
_WAITED = timedelta(minutes=1)


@transaction.atomic
def hand_out_pushes(*, at: datetime) -> int:
    """Make a push for every browser of those whose notifications are due to be pushed; return how many notifications.

    What was read meanwhile is not pushed. Many at once, or what waited out quiet hours, become one summary.
    """
    due = Notification.objects.select_for_update(skip_locked=True).filter(push_after__lte=at)
    rows = list(due.order_by("push_after", "id")[:_ROWS_AT_ONCE])
    if not rows:
        return 0
    by_staff: dict[int, list[Notification]] = defaultdict(list)
    for row in rows:
        if row.read_at is None:
            by_staff[row.staff_id].append(row)
    browsers: dict[int, list[int]] = defaultdict(list)
    for pk, staff_id in PushSubscription.objects.filter(staff_id__in=by_staff).values_list("pk", "staff_id"):
        browsers[staff_id].append(pk)
    PushDelivery.objects.bulk_create(
        delivery
        for staff_id, waiting in by_staff.items()
        for subscription_id in browsers[staff_id]
        for delivery in _deliveries(subscription_id, waiting, at)
    )
    ids = [row.pk for row in rows]
    Notification.objects.filter(pk__in=ids).update(push_after=None)
    # Who wanted to hear of it by push alone has heard of it now.
    Notification.objects.filter(pk__in=ids, in_app=False, in_digest=False).unread().update(read_at=at)
    return len(rows)


def send_due_pushes(*, at: datetime) -> int:
    """Try the pushes that are due; return how many were handled. One silent push service holds up no other."""
    PushDelivery.objects.filter(expires_at__lte=at).delete()
    rows = _hold(at)
    silent: set[str] = set()
    for row in rows:
        _try(row, silent, at)
    return len(rows)


def _deliveries(subscription_id: int, waiting: Sequence[Notification], at: datetime) -> Iterable[PushDelivery]:
    waited = any(row.push_after - row.at > _WAITED for row in waiting if row.push_after)
    if rules.belong_together(len(waiting), waited=waited):
        yield _delivery(subscription_id, None, len(waiting), is_urgent=False, at=at)
        return
    for row in waiting:
        yield _delivery(subscription_id, row, row.count, is_urgent=row.is_urgent, at=at)


def _delivery(
    subscription_id: int, row: Notification | None, count: int, *, is_urgent: bool, at: datetime
) -> PushDelivery:
    return PushDelivery(
        subscription_id=subscription_id,
        notification=row,
        count=count,
        is_urgent=is_urgent,
        made_at=at,
        expires_at=rules.push_expires_at(at, is_urgent=is_urgent),
        next_try_at=at,
    )


@transaction.atomic
def _hold(at: datetime) -> list[PushDelivery]:
    """Take the next rows for a minute, so that no other worker tries them meanwhile."""
    due = PushDelivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_try_at__lte=at)
    rows = list(
        due.select_related("subscription__staff__account", "notification").order_by("next_try_at", "id")[
            :_TRIES_AT_ONCE
        ]
    )
    PushDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_try_at=at + _HELD_FOR)
    return rows


def _try(row: PushDelivery, silent: set[str], at: datetime) -> None:
    text = _payload(row)
    if text is None:
        PushDelivery.objects.filter(pk=row.pk).delete()
        return
    subscription = row.subscription
    address = Address(subscription.endpoint, subscription.p256dh, subscription.auth)
    if address.host in silent:
        result = Result(Outcome.LATER)
    else:
        result = push_service.send(address, text, lives_for=row.expires_at - at, is_urgent=row.is_urgent)
    if result.outcome is Outcome.LATER and not result.status:
        silent.add(address.host)
    if result.outcome is not Outcome.TAKEN:
        # The address itself would let whoever reads the log push to this browser.
        log.warning("push not taken", extra={"host": address.host, "status": result.status, "push": row.pk})
    _record(row, result, at)


@transaction.atomic
def _record(row: PushDelivery, result: Result, at: datetime) -> None:
    subscription = PushSubscription.objects.select_for_update().filter(pk=row.subscription_id).first()
    if subscription is None:
        return
    if result.outcome is Outcome.GONE:
        staff_id, pk = subscription.staff_id, subscription.pk
        subscription.delete()
        announce(PushUnsubscribed(staff_id=staff_id, subscription_id=pk, reason="gone"), by=PUSH, at=at)
        return
    if result.outcome is Outcome.LATER:
        count = row.attempt_count + 1
        retry_at = rules.push_retry_at(at, attempt_count=count, wait=result.wait)
        PushDelivery.objects.filter(pk=row.pk).update(attempt_count=count, next_try_at=retry_at)
    else:
        PushDelivery.objects.filter(pk=row.pk).delete()
    if result.outcome is Outcome.TAKEN:
        subscription.reached_at, subscription.failure_count = at, 0
    else:
        subscription.failure_count += 1
    subscription.save(update_fields=["reached_at", "failure_count"])


def _payload(row: PushDelivery) -> str | None:
    """Return what the browser shows, in its reader's language: a kind's sentence with a case number, nobody's words.

    None when there is nothing left to say: it was read meanwhile, or is no longer theirs to see.
    """
    staff: Staff = row.subscription.staff
    with translation.override(staff.account.language):
        if row.notification_id is None:
            return _summary(row.count)
        found = shown([row.notification], actor=staff.account.as_actor()) if row.notification.is_wanted_by_push else []
        if not found:
            return None
        tag = f"{row.notification.kind}-{row.notification.subject_id}"
        return _json(found[0].sentence, reverse("notification", args=[found[0].id]), tag)


def _summary(count: int) -> str:
    if count == 0:
        return _json(_("This browser shows your notifications"), reverse("settings_notifications"), "trial")
    sentence = ngettext("%(count)s notification waits for you", "%(count)s notifications wait for you", count)
    return _json(sentence % {"count": count}, reverse("notifications"), "summary")


def _json(title: str, url: str, tag: str) -> str:
    return json.dumps({"title": title, "url": url, "tag": tag}, ensure_ascii=False)
