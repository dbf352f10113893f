"""Reads of the ordered list and of the pledges.

Of the list each process keeps one copy, and asks the database only whether it is still the newest.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.models import CalendarVersion
from yinuo.foundation.refusals import NotFound

from .models import LadderVersion, PledgeVersion, Revision, Rung, Standard, StandardVersion
from .rules import Offer, Request, broken_versions

_copy: tuple[int, tuple[Offer, ...], dict[int, Offer]] | None = None


def offers(*, revision: int | None = None) -> tuple[Offer, ...]:
    """Return the active standards in order, each in its newest version with its calendar.

    revision: the number in `Revision` when the caller has just read it together with something else.
    """
    return _catalogue(revision)[1]


def offer_of_version(version_id: int) -> Offer:
    """Return a standard as it was in that version, with the newest hours of its calendar; open cases keep theirs."""
    return offers_of_versions({version_id})[version_id]


def offers_of_versions(version_ids: Collection[int]) -> dict[int, Offer]:
    """Return several as `offer_of_version` does one. Versions this process has not read yet are read now."""
    known = _catalogue()[2] if version_ids else {}
    unknown = [version_id for version_id in version_ids if version_id not in known]
    if unknown:
        for version in StandardVersion.objects.select_related("standard").filter(pk__in=unknown):
            known[version.pk] = _offer(version)
    return {version_id: known[version_id] for version_id in version_ids}


@lru_cache(maxsize=512)
def calendar_of_version(version_id: int) -> BusinessCalendar:
    """Return the hours of one version of a calendar. A version never changes, so each process reads it once."""
    return BusinessCalendar.from_json(CalendarVersion.objects.get(pk=version_id).definition)


def _catalogue(revision: int | None = None) -> tuple[int, tuple[Offer, ...], dict[int, Offer]]:
    global _copy  # noqa: PLW0603 - the one copy of this process
    number = Revision.objects.values_list("number", flat=True).first() or 0 if revision is None else revision
    if _copy is None or _copy[0] != number:
        active = tuple(_offer(version) for version in _newest_versions())
        _copy = (number, active, {offer.version_id: offer for offer in active})
    return _copy


def _newest_versions() -> list[StandardVersion]:
    newest = StandardVersion.objects.order_by("standard_id", "-number").distinct("standard_id")
    by_standard = {version.standard_id: version for version in newest.select_related("standard")}
    order = Standard.objects.filter(is_active=True).values_list("pk", flat=True)
    return [by_standard[pk] for pk in order if pk in by_standard]


def _offer(version: StandardVersion) -> Offer:
    standard = version.standard
    hours = CalendarVersion.objects.filter(calendar_id=version.calendar_id).order_by("-number")[0]
    return Offer(
        code=standard.code,
        name_zh=standard.name_zh,
        name_en=standard.name_en,
        version_id=version.pk,
        version_number=version.number,
        calendar_version_id=hours.pk,
        calendar=BusinessCalendar.from_json(hours.definition),
        tier=standard.tier,
        channel=standard.channel,
        case_class=standard.case_class,
        category=standard.category,
        region_code=standard.region_code,
        first_response=timedelta(minutes=version.first_response_minutes),
        next_answer=timedelta(minutes=version.next_answer_minutes),
        next_update=timedelta(minutes=version.next_update_minutes),
        resolution=timedelta(minutes=version.resolution_minutes),
        call_back=timedelta(minutes=version.call_back_minutes),
        visit=timedelta(minutes=version.visit_minutes),
        parts=timedelta(minutes=version.parts_minutes),
        task=timedelta(minutes=version.task_minutes),
        warning_share=version.warning_share,
        pausing_kinds=frozenset(version.pausing_kinds),
        replacement_limit=version.replacement_limit,
    )


def newest_rungs() -> dict[int | None, list[Rung]]:
    """Return the rungs of every ladder in its newest version, by the ladder; under None those of the default one."""
    newest = LadderVersion.objects.order_by("ladder_id", "-number").distinct("ladder_id").values("pk")
    rungs: dict[int | None, list[Rung]] = {None: []}
    for rung in Rung.objects.filter(version__in=newest).select_related("version__ladder").order_by("number"):
        ladder = rung.version.ladder
        rungs.setdefault(ladder.pk, []).append(rung)
        if ladder.is_default:
            rungs[None].append(rung)
    return rungs


def pledges_on(day: date) -> list[PledgeVersion]:
    """Return what we pledge in public on a local day: of each published pledge the version that holds, in order."""
    holding = PledgeVersion.objects.filter(effective_on__lte=day, pledge__is_published=True)
    newest = holding.order_by("pledge_id", "-number").distinct("pledge_id").values("pk")
    rows = PledgeVersion.objects.filter(pk__in=newest).select_related("pledge")
    return list(rows.order_by("pledge__position", "pledge_id"))


def pledges_broken_by(*, kind: str, request: Request, on: date) -> list[PledgeVersion]:
    """Return which published pledges a broken promise of this kind breaks, in their order, each with its terms.

    on: the local day on which the promise was given; what we pledged then is what we owe.
    """
    return broken_versions(published_versions(), kind=kind, request=request, on=on)


def published_versions() -> list[PledgeVersion]:
    """Return all versions of the published pledges, in the order of the pledges."""
    rows = PledgeVersion.objects.filter(pledge__is_published=True).select_related("pledge")
    return list(rows.order_by("pledge__position", "pledge_id", "number"))


def versions_of_pledge(code: str, *, day: date) -> list[PledgeVersion]:
    """Return what a published pledge says, said and will say, the newest first; refuses with NotFound."""
    rows = PledgeVersion.objects.filter(pledge__code=code, pledge__is_published=True).select_related("pledge")
    versions = list(rows.order_by("-number"))
    if not any(version.effective_on <= day for version in versions):
        raise NotFound
    return versions
