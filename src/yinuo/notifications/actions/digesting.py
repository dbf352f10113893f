"""The daily digest: who is due one, and whether there is anything to say. Its mail is written by the mail floor."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from yinuo.access.actors import Actor
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.facts import announce
from yinuo.foundation.models import CalendarVersion
from yinuo.notifications import rules
from yinuo.notifications.digests import DigestPart, DigestSpan, digest_parts
from yinuo.notifications.facts import DigestReady
from yinuo.notifications.models import Digest, Notification, TellingWish

CLOCK = Actor.system("clock")
_SATURDAY = 5


@dataclass(frozen=True)
class WrittenDigest:
    """A digest ready to be sent: what it says, in its reader's language."""

    parts: list[DigestPart]
    day: date


def make_due_digests(*, at: datetime) -> int:
    """Decide for everybody whose hour has come; return how many digests there are to send.

    Once a person and day, on working days of the default calendar, and only when there is something to say.
    """
    wishes = TellingWish.objects.filter(digest_hour__isnull=False, staff__left_at=None, staff__account__is_active=True)
    due = [(wish, day) for wish in wishes.exclude(staff__account__email="") if (day := _day(wish, at))]
    done = set(Digest.objects.filter(day__in={day for _wish, day in due}).values_list("staff_id", "day"))
    waiting = [(wish, day) for wish, day in due if (wish.staff_id, day) not in done]
    if not waiting:
        return 0
    calendar = _default_calendar()
    return sum(_make(wish, day, at) for wish, day in waiting if _is_working_day(calendar, day))


def write_digest(*, digest: Digest) -> WrittenDigest:
    """Return what a digest says now, in the language of the moment; its parts may have become empty meanwhile."""
    actor = digest.staff.account.as_actor()
    zone = TellingWish.objects.values_list("zone", flat=True).get(staff_id=digest.staff_id)
    return WrittenDigest(digest_parts(actor, _span(digest.staff_id, zone, digest.day, digest.made_at)), digest.day)


@transaction.atomic
def _make(wish: TellingWish, day: date, at: datetime) -> bool:
    digest, is_new = Digest.objects.get_or_create(staff_id=wish.staff_id, day=day, defaults={"made_at": at})
    if not is_new:
        return False
    with translation.override(wish.staff.account.language):
        parts = write_digest(digest=digest).parts
    if not parts:
        return False
    announce(DigestReady(staff_id=wish.staff_id, digest_id=digest.pk), by=CLOCK, at=at)
    # Who wanted to hear of it by the digest alone has heard of it now.
    told = Notification.objects.filter(staff_id=wish.staff_id, in_app=False, in_digest=True, at__lte=at)
    told.unread().update(read_at=at)
    return True


def _day(wish: TellingWish, at: datetime) -> date | None:
    return rules.digest_day(hour=wish.digest_hour, zone=wish.zone, at=at)


def _span(staff_id: int, zone: str, day: date, at: datetime) -> DigestSpan:
    """Return the span of a digest: from the one before, but no more than a week back, until the day is over."""
    earlier = Digest.objects.filter(staff_id=staff_id, made_at__lt=at).order_by("-made_at").first()
    since = max(earlier.made_at, at - rules.LONGEST_LOOK_BACK) if earlier else at - timedelta(days=1)
    ends = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=ZoneInfo(zone))
    return DigestSpan(since=since, at=at, ends=ends, zone=zone)


def _default_calendar() -> BusinessCalendar | None:
    version = CalendarVersion.objects.filter(calendar__is_default=True).order_by("-number").first()
    return BusinessCalendar.from_json(version.definition) if version else None


def _is_working_day(calendar: BusinessCalendar | None, day: date) -> bool:
    if calendar is None:
        return day.weekday() < _SATURDAY
    return bool(calendar.day(day).hours.open)
