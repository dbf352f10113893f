"""Counts how well each pledge is kept, month by month. Importing this registers the follower."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.utils import timezone

from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import Start, follower
from yinuo.standards.queries import published_versions
from yinuo.standards.rules import Request, broken_versions

from .facts import PromiseBroken, PromiseKept
from .models import Case, PledgeBreach, Promise

_ADD = """
INSERT INTO cases_pledgetally (version_id, month, kept_count, broken_count)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[])
ON CONFLICT (version_id, month) DO UPDATE
SET kept_count = cases_pledgetally.kept_count + excluded.kept_count,
    broken_count = cases_pledgetally.broken_count + excluded.broken_count
"""


@follower("cases.tally_pledges", kinds=[PromiseKept, PromiseBroken], start=Start.BEGINNING)
def tally_pledges(facts: Sequence[RecordedFact]) -> None:
    """Add the promises that ended to the tallies of the pledges that stood on them; the position moves with it.

    What was published and held on the day the promise was given counts, in the month of the promise's own end.
    """
    versions = published_versions()
    ids = [fact.payload["promise_id"] for fact in facts] if versions else []
    promises = Promise.objects.select_related("case__region").in_bulk(ids)
    zone = timezone.get_default_timezone()
    counts: Counter[tuple[int, date, bool]] = Counter()
    breaches = []
    for fact in facts:
        promise = promises.get(fact.payload["promise_id"])
        if promise is None:
            continue
        is_kept, month = fact.type == PromiseKept.fact_type, fact.at.astimezone(zone).date().replace(day=1)
        given_on = promise.made_at.astimezone(zone).date()
        for version in broken_versions(versions, kind=promise.kind, request=request_of(promise.case), on=given_on):
            counts[version.pk, month, is_kept] += 1
            if not is_kept:
                breaches.append(PledgeBreach(version=version, promise=promise, broken_at=fact.at))
    PledgeBreach.objects.bulk_create(breaches, ignore_conflicts=True)
    places = sorted({(version_id, month) for version_id, month, _kept in counts})
    columns = (
        [version_id for version_id, _month in places],
        [month for _version_id, month in places],
        [counts[version_id, month, True] for version_id, month in places],
        [counts[version_id, month, False] for version_id, month in places],
    )
    if places:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, columns)


def request_of(case: Case) -> Request:
    """Return what the conditions of standards and pledges ask about, as a case is now."""
    return Request(
        tier=case.tier,
        channel=case.channel,
        case_class=case.case_class,
        category=case.category,
        region_code=case.region.code if case.region else "",
    )
