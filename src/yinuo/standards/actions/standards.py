"""Standards and calendars. A change is a new version; nothing old is altered."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.facts import announce
from yinuo.foundation.models import Calendar, CalendarVersion
from yinuo.foundation.refusals import Refusal
from yinuo.standards.facts import CalendarChanged, StandardChanged, StandardsReordered
from yinuo.standards.models import Revision, Standard, StandardVersion
from yinuo.standards.rules import PAUSABLE_KINDS


@dataclass(frozen=True)
class Conditions:
    """Which requests a standard is for; empty fits everything."""

    tier: str = ""
    channel: str = ""
    case_class: str = ""
    category: str = ""
    region_code: str = ""


@dataclass(frozen=True)
class StandardTimes:
    """The times of a standard in minutes of open time, each > 0; `warning_share` in (0, 1).

    pausing_kinds: which kinds pause while a case waits for its customer, of `rules.PAUSABLE_KINDS`. replacement_limit:
    how often a time may be moved before only a leader may.
    """

    first_response_minutes: int
    next_answer_minutes: int
    next_update_minutes: int
    resolution_minutes: int
    warning_share: Decimal = Decimal("0.80")
    call_back_minutes: int = 120
    visit_minutes: int = 1440
    parts_minutes: int = 2880
    task_minutes: int = 480
    pausing_kinds: Sequence[str] = ("resolution",)
    replacement_limit: int = 2


class TimesNotPositive(Refusal):
    code = "standards.times_not_positive"
    status = 422

    def sentence(self) -> str:
        return _("Every time of a standard must be at least one minute, and the warning share between 0 and 1.")


class KindCannotPause(Refusal):
    """Some promises go on while a case waits: what is owed as an answer, the news in between, a word given."""

    code = "standards.kind_cannot_pause"
    status = 422

    def sentence(self) -> str:
        return _("Promises of the kind %(kinds)s never pause. Choose among: %(pausable)s.") % self.details


class CodeTaken(Refusal):
    code = "standards.code_taken"

    def sentence(self) -> str:
        return _("The code %(code)s is already in use. Choose another one.") % {"code": self.details["used_code"]}


@transaction.atomic
def save_calendar(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    definition: dict[str, Any],
    is_default: bool = False,
    by: Actor,
    at: datetime,
) -> CalendarVersion:
    """Add a calendar, or give it new hours, as the next version.

    definition: the shape of `BusinessCalendar.to_json`; refuses with a CalendarRefusal that says what is wrong.
    Announces CalendarChanged.
    """
    by.require("standards.edit")
    hours = BusinessCalendar.from_json(definition)
    # One calendar must be the default: the first one is, until another takes its place.
    is_default = is_default or not Calendar.objects.filter(is_default=True).exclude(code=code).exists()
    if is_default:
        Calendar.objects.filter(is_default=True).exclude(code=code).update(is_default=False)
    calendar, _is_new = Calendar.objects.update_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "is_default": is_default}
    )
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    version = calendar.versions.create(
        number=calendar.versions.count() + 1, definition=hours.to_json(), created_at=at, created_by=by.key
    )
    _renew_revision()
    announce(CalendarChanged(calendar_id=calendar.pk, version_id=version.pk, number=version.number), by=by, at=at)
    return version


@transaction.atomic
def add_standard(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    conditions: Conditions,
    times: StandardTimes,
    calendar: Calendar,
    by: Actor,
    at: datetime,
) -> StandardVersion:
    """Add a standard before the last one without conditions, or at the end. Announces StandardChanged."""
    by.require("standards.edit")
    if Standard.objects.filter(code=code).exists():
        raise CodeTaken(used_code=code)
    position = _place_for(conditions)
    Standard.objects.filter(position__gte=position).update(position=F("position") + 1)
    standard = Standard.objects.create(
        code=code, name_zh=name_zh, name_en=name_en, position=position, **asdict(conditions)
    )
    return _add_version(standard, times, calendar, by, at)


@transaction.atomic
def change_standard(
    *, standard: Standard, times: StandardTimes, calendar: Calendar, is_active: bool = True, by: Actor, at: datetime
) -> StandardVersion:
    """Give a standard new times from now on; open cases keep the version they have. Announces StandardChanged."""
    by.require("standards.edit")
    standard = Standard.objects.select_for_update().get(pk=standard.pk)
    standard.is_active = is_active
    standard.save(update_fields=["is_active"])
    return _add_version(standard, times, calendar, by, at)


@transaction.atomic
def reorder_standards(*, standard_ids: list[int], by: Actor, at: datetime) -> None:
    """Put the standards in this order; ones that are not named follow in their old order."""
    by.require("standards.edit")
    rest = Standard.objects.exclude(pk__in=standard_ids).values_list("pk", flat=True)
    for position, pk in enumerate([*standard_ids, *rest], start=1):
        Standard.objects.filter(pk=pk).update(position=position)
    _renew_revision()
    announce(StandardsReordered(standard_ids=standard_ids), by=by, at=at)


def _place_for(conditions: Conditions) -> int:
    """Return the place of a new line: a line without conditions hides what follows it, so others go before it."""
    catch_all = Standard.objects.filter(**asdict(Conditions())).order_by("position").first()
    if catch_all and conditions != Conditions():
        return catch_all.position
    return Standard.objects.count() + 1


def _add_version(
    standard: Standard, times: StandardTimes, calendar: Calendar, by: Actor, at: datetime
) -> StandardVersion:
    values = asdict(times) | {"pausing_kinds": sorted(times.pausing_kinds)}
    minutes = [value for name, value in values.items() if name.endswith("_minutes")]
    if min(minutes) < 1 or not 0 < times.warning_share < 1:
        raise TimesNotPositive
    if unknown := sorted(set(times.pausing_kinds) - set(PAUSABLE_KINDS)):
        raise KindCannotPause(kinds=", ".join(unknown), pausable=", ".join(PAUSABLE_KINDS))
    version = standard.versions.create(
        number=standard.versions.count() + 1, calendar=calendar, created_at=at, created_by=by.key, **values
    )
    _renew_revision()
    announce(StandardChanged(standard_id=standard.pk, version_id=version.pk, number=version.number), by=by, at=at)
    return version


def _renew_revision() -> None:
    Revision.objects.update_or_create(pk=1, defaults={"number": secrets.randbits(62)})
