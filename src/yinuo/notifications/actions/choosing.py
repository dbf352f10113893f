"""What somebody wants to be told, by which ways, and when not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.notifications.facts import NotificationWishesChanged
from yinuo.notifications.kinds import kinds_for
from yinuo.notifications.models import KindChoice, TellingWish
from yinuo.notifications.rules import Ways
from yinuo.organisation.models import Staff

_LAST_HOUR = 23


@dataclass(frozen=True)
class Wish:
    """When somebody wants to be told. quiet_begins, quiet_ends: both or neither. digest_hour: None for no digest."""

    zone: str
    quiet_begins: time | None = None
    quiet_ends: time | None = None
    quiet_outside_shifts: bool = False
    urgent_breaks_quiet: bool = False
    digest_hour: int | None = None


class UnknownKind(Refusal):
    """There is no such kind, or this person cannot be told of it."""

    code = "notifications.unknown_kind"
    status = 422

    def sentence(self) -> str:
        return _("You cannot be told of “%(kind)s”. Choose from: %(known)s.") % self.details


class QuietHoursIncomplete(Refusal):
    """Quiet hours need a beginning and an end that differ."""

    code = "notifications.quiet_hours_incomplete"
    status = 422

    def sentence(self) -> str:
        return _("Say from when to when it is to be quiet, with two different times; or leave both empty.")


class UnknownZone(Refusal):
    """There is no such time zone."""

    code = "notifications.unknown_zone"
    status = 422

    def sentence(self) -> str:
        return _("%(zone)s is not a time zone. Choose one from the list, such as Asia/Shanghai.") % {"zone": self.zone}


class DigestHourWrong(Refusal):
    """A digest goes out at a full hour of the day."""

    code = "notifications.digest_hour_wrong"
    status = 422

    def sentence(self) -> str:
        return _("The daily digest goes out at a full hour from 0 to 23. Choose one of these, or none.")


@transaction.atomic
def choose_ways(*, ways: Mapping[str, Ways], by: Actor, at: datetime) -> None:
    """Keep by which ways one wants to hear of the kinds given; kinds not given stay as they are.

    Refuses with NotAllowed, UnknownKind, NotFound for who is no member of staff. Announces NotificationWishesChanged.
    """
    by.require("notifications.edit")
    kinds = {kind.code: kind for kind in kinds_for(by)}
    for code in ways:
        if code not in kinds:
            raise UnknownKind(kind=code[:60], known=", ".join(kinds))
    staff = _locked_self(by)
    before = {row.kind: Ways(row.app, row.push, row.digest) for row in staff.kind_choices.all()}
    # Who agrees with a default goes along when it changes.
    wanted = {code: way for code, way in ways.items() if way != kinds[code].default}
    after = {code: way for code, way in before.items() if code not in ways} | wanted
    if after == before:
        return
    staff.kind_choices.all().delete()
    KindChoice.objects.bulk_create(
        KindChoice(staff=staff, kind=code, app=way.app, push=way.push, digest=way.digest) for code, way in after.items()
    )
    announce(NotificationWishesChanged(staff_id=staff.pk, fields=["ways"]), by=by, at=at)


@transaction.atomic
def choose_wish(*, wish: Wish, by: Actor, at: datetime) -> None:
    """Keep when one wants to be told: quiet hours and the hour of the digest.

    Refuses with NotAllowed, QuietHoursIncomplete, UnknownZone, DigestHourWrong, NotFound for who is no member of
    staff. Announces NotificationWishesChanged.
    """
    by.require("notifications.edit")
    _check(wish)
    staff = _locked_self(by)
    row = TellingWish.objects.filter(staff=staff).first()
    values = vars(wish)
    changed = sorted(name for name, value in values.items() if row is None or getattr(row, name) != value)
    if not changed:
        return
    TellingWish.objects.update_or_create(staff=staff, defaults=values)
    announce(NotificationWishesChanged(staff_id=staff.pk, fields=changed), by=by, at=at)


def _check(wish: Wish) -> None:
    if (wish.quiet_begins is None) != (wish.quiet_ends is None):
        raise QuietHoursIncomplete
    if wish.quiet_begins is not None and wish.quiet_begins == wish.quiet_ends:
        raise QuietHoursIncomplete
    if wish.zone not in available_timezones():
        raise UnknownZone(zone=wish.zone[:60])
    if wish.digest_hour is not None and not 0 <= wish.digest_hour <= _LAST_HOUR:
        raise DigestHourWrong


def _locked_self(by: Actor) -> Staff:
    staff = Staff.objects.select_for_update(of=("self",)).filter(pk=by.staff_id).first()
    if staff is None:
        raise NotFound
    return staff
