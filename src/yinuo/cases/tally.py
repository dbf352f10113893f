"""Counts the promises that ended, day by day, for today's kept rate. Importing this registers the follower."""

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import Start, follower

from .facts import PromiseBroken, PromiseKept
from .rules import INTERNAL_KINDS

_ADD = """
INSERT INTO cases_promisetally (ended_on, team_id, department_id, region_id, tier, kept_count, broken_count)
SELECT ended.ended_on, own.team_id, own.department_id, own.region_id, own.tier,
       count(*) FILTER (WHERE ended.is_kept), count(*) FILTER (WHERE NOT ended.is_kept)
FROM unnest(%s::bigint[], %s::date[], %s::boolean[]) AS ended (case_id, ended_on, is_kept)
JOIN cases_case own ON own.id = ended.case_id
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (ended_on, team_id, department_id, region_id, tier) DO UPDATE
SET kept_count = cases_promisetally.kept_count + excluded.kept_count,
    broken_count = cases_promisetally.broken_count + excluded.broken_count
"""


@follower("cases.tally_promises", kinds=[PromiseKept, PromiseBroken], start=Start.BEGINNING)
def tally_promises(facts: Sequence[RecordedFact]) -> None:
    """Add the promises that ended to the tally of their day; the position moves with it, so each counts once.

    The day is that of the fact's own instant in the house's zone: a broken promise counts where its time passed,
    whenever that was noticed. What another team promised the owner is no promise to a customer and does not count.
    """
    facts = [fact for fact in facts if fact.payload["kind"] not in INTERNAL_KINDS]
    if not facts:
        return
    zone = timezone.get_default_timezone()
    columns = (
        [fact.case_id for fact in facts],
        [fact.at.astimezone(zone).date() for fact in facts],
        [fact.type == PromiseKept.fact_type for fact in facts],
    )
    with connection.cursor() as cursor:
        cursor.execute(_ADD, columns)
