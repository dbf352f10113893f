"""When people work: planned shifts, and the presence each says of themselves."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.facts import PresenceChanged, ShiftPlanned, ShiftRemoved
from yinuo.organisation.models import Presence, PresenceReason, Shift, Staff

from .people import StaffGone, locked_staff

_NO_OVERLAP = "shifts_of_a_person_do_not_overlap"


class ShiftOverlaps(Refusal):
    code = "organisation.shift_overlaps"

    def sentence(self) -> str:
        return _("%(name)s already works at that time. Change or remove the other shift first.") % {"name": self.name}


class ShiftWithoutLength(Refusal):
    code = "organisation.shift_without_length"
    status = 422

    def sentence(self) -> str:
        return _("A shift must end after it begins. For a night shift choose the next day as its end.")


class UnknownPresence(Refusal):
    code = "organisation.unknown_presence"
    status = 422

    def sentence(self) -> str:
        return _("%(presence)s is not a presence. Choose from: %(known)s.") % {
            "presence": self.presence,
            "known": ", ".join(Presence.values),
        }


class UnknownPresenceReason(Refusal):
    code = "organisation.unknown_presence_reason"
    status = 422

    def sentence(self) -> str:
        return _("%(reason)s is not a reason. Choose from: %(known)s.") % {
            "reason": self.reason,
            "known": ", ".join(PresenceReason.values),
        }


@transaction.atomic
def plan_shift(*, staff: Staff, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime) -> Shift:
    """Plan somebody's work from one aware instant to another, the end not included.

    Refuses with NotAllowed, ShiftWithoutLength, ShiftOverlaps, StaffGone. Announces ShiftPlanned.
    """
    by.require("organisation.edit_shifts")
    if ends_at <= starts_at:
        raise ShiftWithoutLength
    row = locked_staff(staff.pk)
    if row.left_at is not None:
        raise StaffGone(name=row.name)
    try:
        with transaction.atomic():
            shift = Shift.objects.create(staff=row, during=DateTimeTZRange(starts_at, ends_at, "[)"))
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None or diagnosis.constraint_name != _NO_OVERLAP:
            raise
        raise ShiftOverlaps(name=row.name) from error
    announce(ShiftPlanned(staff_id=row.pk, shift_id=shift.pk, starts_at=starts_at, ends_at=ends_at), by=by, at=at)
    return shift


@transaction.atomic
def remove_shift(*, shift: Shift, by: Actor, at: datetime) -> None:
    """Take a shift out of the plan. Refuses with NotAllowed, NotFound. Announces ShiftRemoved."""
    by.require("organisation.edit_shifts")
    deleted, _details = Shift.objects.filter(pk=shift.pk).delete()
    if not deleted:
        raise NotFound
    announce(ShiftRemoved(staff_id=shift.staff_id, shift_id=shift.pk), by=by, at=at)


@transaction.atomic
def change_presence(*, staff: Staff, presence: str, reason: str = "", by: Actor, at: datetime) -> Staff:
    """Say whether somebody takes work now: for oneself, or for others by those who plan shifts.

    Only this changes it: closing a tab or a sleeping phone does not. Saying the same again keeps `presence_since`.
    reason: a PresenceReason when it is said for somebody else.
    Refuses with NotAllowed, UnknownPresence, UnknownPresenceReason, StaffGone. Announces PresenceChanged.
    """
    own = by.staff_id == staff.pk
    by.require("organisation.presence" if own else "organisation.edit_shifts")
    if presence not in Presence.values:
        raise UnknownPresence(presence=presence)
    if reason not in {"", *PresenceReason.values}:
        raise UnknownPresenceReason(reason=reason)
    row = locked_staff(staff.pk)
    if row.left_at is not None:
        raise StaffGone(name=row.name)
    if row.presence == presence:
        return row
    before, row.presence, row.presence_since = row.presence, Presence(presence), at
    row.save(update_fields=["presence", "presence_since"])
    announce(PresenceChanged(staff_id=row.pk, before=before, after=presence, reason=reason), by=by, at=at)
    return row
