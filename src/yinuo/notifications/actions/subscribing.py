"""Browsers that show notifications: which are whose."""

import base64
import binascii
import hashlib
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.notifications import rules
from yinuo.notifications.facts import PushSubscribed, PushUnsubscribed
from yinuo.notifications.models import PushDelivery, PushSubscription
from yinuo.organisation.models import Staff

_MOST_BROWSERS = 10
_POINT_BYTES, _SECRET_BYTES = 65, 16


class PushAddressUnknown(Refusal):
    """The browser is reached through a push service that is not in the list."""

    code = "notifications.push_address_unknown"
    status = 422

    def sentence(self) -> str:
        return _(
            "This browser is reached through a service that Yinuo does not know. "
            "An administrator can add it to YINUO_PUSH_HOSTS; or use another browser."
        )


class PushKeysWrong(Refusal):
    """What the browser gave as its keys are none."""

    code = "notifications.push_keys_wrong"
    status = 422

    def sentence(self) -> str:
        return _("The browser's keys could not be read. Reload the page and switch its notifications on again.")


class TooManyBrowsers(Refusal):
    """One person has as many browsers as are useful."""

    code = "notifications.too_many_browsers"

    def sentence(self) -> str:
        return _("%(count)s browsers show your notifications already. Remove one you no longer use first.") % {
            "count": self.count
        }


@transaction.atomic
def subscribe_browser(
    *, endpoint: str, p256dh: str, auth: str, browser: str, by: Actor, at: datetime
) -> PushSubscription:
    """Let a browser show one's notifications; one that showed another person's now shows those of `by`.

    endpoint, p256dh, auth: as the browser gives them. browser: a name to know it by.
    Refuses with NotAllowed, PushAddressUnknown, PushKeysWrong, TooManyBrowsers, NotFound. Announces PushSubscribed.
    """
    by.require("notifications.edit")
    if not rules.is_push_address(endpoint, settings.PUSH_HOSTS):
        raise PushAddressUnknown
    if _length(p256dh) != _POINT_BYTES or _length(auth) != _SECRET_BYTES:
        raise PushKeysWrong
    staff = Staff.objects.select_for_update(of=("self",)).filter(pk=by.staff_id).first()
    if staff is None:
        raise NotFound
    digest = hashlib.sha256(endpoint.encode()).digest()
    count = PushSubscription.objects.filter(staff=staff).exclude(digest=digest).count()
    if count >= _MOST_BROWSERS:
        raise TooManyBrowsers(count=count)
    PushSubscription.objects.filter(digest=digest).delete()
    row = PushSubscription.objects.create(
        staff=staff, digest=digest, endpoint=endpoint, p256dh=p256dh, auth=auth, browser=browser[:80], since=at
    )
    announce(PushSubscribed(staff_id=staff.pk, subscription_id=row.pk), by=by, at=at)
    return row


@transaction.atomic
def unsubscribe_browser(*, subscription_id: int, by: Actor, at: datetime) -> None:
    """Let a browser of one's own show nothing any more. Refuses with NotFound. Announces PushUnsubscribed."""
    by.require("notifications.edit")
    deleted, _rows = PushSubscription.objects.filter(pk=subscription_id, staff_id=by.staff_id).delete()
    if not deleted:
        raise NotFound
    fact = PushUnsubscribed(staff_id=by.staff_id or 0, subscription_id=subscription_id, reason="removed")
    announce(fact, by=by, at=at)


@transaction.atomic
def try_browser(*, subscription_id: int, by: Actor, at: datetime) -> PushDelivery:
    """Send a trial to a browser of one's own, whatever the hour. Refuses with NotFound."""
    by.require("notifications.edit")
    row = PushSubscription.objects.filter(pk=subscription_id, staff_id=by.staff_id).first()
    if row is None:
        raise NotFound
    expires_at = rules.push_expires_at(at, is_urgent=True)
    return PushDelivery.objects.create(
        subscription=row, count=0, is_urgent=True, made_at=at, expires_at=expires_at, next_try_at=at
    )


def _length(text: str) -> int:
    """Return how many bytes a base64url text stands for; -1 when it is none."""
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return -1
