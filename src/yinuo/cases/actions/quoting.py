"""Quotes: made with the case, decided when their time has come, and what their answers teach the next ones.

A quote is made from two small reads inside a statement that opening needs anyway, and written by the statement that
writes the case (`opening.py`). Everything that learns happens behind it: a follower and a timed task.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yinuo.cases.models import AnswerPace, Case, Quote
from yinuo.cases.rules import quoting
from yinuo.cases.rules.quoting import Answered, Known, Load, Pace, QuoteDraft
from yinuo.foundation.calendars import open_time_between
from yinuo.standards.queries import offers_of_versions
from yinuo.standards.rules import Offer

_BATCH = 200
# A team with more customers waiting than this is as loaded as can be: counting on would only cost time.
_MOST_WAITING = 500

# Read together with the numbers of a new case: what is known of its groups, who waits, who is there.
READ = f"""
(SELECT coalesce(json_agg(json_build_array("group", base_seconds, exponent, answer_count, level, is_believed)), '[]')
 FROM cases_answerpace WHERE "group" = ANY(%(groups)s) AND base_seconds IS NOT NULL),
(SELECT count(*) FROM (SELECT 1 FROM cases_case WHERE team_id = %(team)s AND state = 'open'
 AND unanswered_since IS NOT NULL LIMIT {_MOST_WAITING}) AS waiting),
(SELECT json_build_array(count(*) FILTER (WHERE person.presence = 'available'), count(*))
 FROM organisation_teammembership AS member JOIN organisation_staff AS person ON person.account_id = member.staff_id
 WHERE member.team_id = %(team)s AND person.left_at IS NULL)
"""  # noqa: S608 - a literal number

# A part of the statement that writes a case.
WRITE = """the_quote AS (
    INSERT INTO cases_quote (case_id, quoted_at, answer_by, estimated_by, falls_back, reason, method, "group", inputs,
        settle_at, is_learnt)
    VALUES (%(case)s, %(at)s, %(quote_answer_by)s, %(quote_estimated_by)s, %(quote_falls_back)s, %(quote_reason)s,
        %(quote_method)s, %(quote_group)s, %(quote_inputs)s::jsonb, %(quote_settle_at)s, false)
)"""


def all_groups(*, team_id: int, case_class: str, channel: str) -> list[str]:
    """Return every group a case may belong to, before its calendar is known."""
    pairs = (quoting.groups(team_id=team_id, case_class=case_class, channel=channel, in_open_hours=yes)
             for yes in (True, False))  # fmt: skip
    return sorted({name for names in pairs for name in names})


def quote_for(
    read: Sequence[Any],
    *,
    team_id: int,
    case_class: str,
    channel: str,
    offer: Offer,
    promised_by: datetime,
    at: datetime,
) -> tuple[QuoteDraft, dict[str, Any]]:
    """Return the quote of a case that is being opened, and the values of `WRITE`. `read`: the columns of `READ`."""
    rows, waiting, (available, members) = (json.loads(one) if isinstance(one, str) else one for one in read)
    load = Load(waiting, available or members)
    draft = quoting.draft_quote(
        known={name: Known(*rest) for name, *rest in rows},
        among=quoting.groups(
            team_id=team_id,
            case_class=case_class,
            channel=channel,
            in_open_hours=quoting.in_open_hours(at, offer.calendar),
        ),
        load=load,
        at=at,
        promised_by=promised_by,
        calendar=offer.calendar,
        zone=offer.calendar.tzinfo,
    )
    values = quote_values(draft, load, team_id=team_id)
    values["inputs"] = json.dumps(values["inputs"])
    return draft, {f"quote_{name}": value for name, value in values.items()}


def quote_values(draft: QuoteDraft, load: Load, *, team_id: int) -> dict[str, Any]:
    """Return the columns of a quote."""
    return {
        "answer_by": draft.answer_by,
        "estimated_by": draft.estimated_by,
        "falls_back": draft.falls_back,
        "reason": draft.reason,
        "method": quoting.METHOD,
        "group": draft.group,
        "inputs": {
            "team": team_id,
            "waiting": load.waiting,
            "present": load.present,
            "answers": draft.count,
            "level": round(draft.level, 3),
        },
        "settle_at": max(draft.answer_by, draft.estimated_by or draft.answer_by),
    }


def learn_answers(case_ids: Iterable[int], *, at: datetime) -> int:
    """Let the first answers of these cases teach the groups they belong to, each once; return how many did.

    A case that was opened before quotes were made teaches without its load.
    """
    rows = Case.objects.filter(pk__in=set(case_ids), answered_at__isnull=False).select_related("quote")
    cases = [case for case in rows.order_by("answered_at", "id") if not _is_learnt(case)]
    offers = offers_of_versions({case.standard_version_id for case in cases})
    taught: dict[str, list[Answered]] = defaultdict(list)
    for case in cases:
        names, answered = _lesson(case, offers[case.standard_version_id])
        for name in names:
            taught[name].append(answered)
    _change(taught, lambda pace, name: quoting.learned(pace, taught[name]), at=at)
    Quote.objects.filter(case__in=cases).update(is_learnt=True)
    return len(cases)


def settle_quotes(*, at: datetime) -> int:
    """Decide every quote whose time has passed; return how many. Small batches by index, shared by row locks."""
    total = 0
    while count := _settle_batch(at):
        total += count
    return total


@transaction.atomic
def _settle_batch(at: datetime) -> int:
    due = Quote.objects.filter(settled_at=None, settle_at__lt=at).order_by("settle_at")
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("case")[:_BATCH])
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        row.settled_at = row.settle_at
        row.held = _held(row.case, row.answer_by)
        row.estimate_held = _held(row.case, row.estimated_by) if row.estimated_by else None
        if row.estimate_held is not None:
            outcomes[row.group].append(row.estimate_held)
    Quote.objects.bulk_update(rows, ["settled_at", "held", "estimate_held"])
    _change(outcomes, lambda pace, name: _corrected(pace, outcomes[name]), at=at)
    _count([row for row in rows if row.held is not None and not row.falls_back])
    return len(rows)


def _held(case: Case, by: datetime) -> bool | None:
    """Say whether the answer came by then; None when the case ended before, unanswered: nobody waited any more."""
    if case.answered_at is not None:
        return case.answered_at <= by
    return None if case.closed_at is not None and case.closed_at <= by else False


def _corrected(pace: Pace, outcomes: Iterable[bool]) -> Pace:
    for held in outcomes:
        pace = quoting.corrected(pace, held=held)
    return pace


def _is_learnt(case: Case) -> bool:
    return hasattr(case, "quote") and case.quote.is_learnt


def _lesson(case: Case, offer: Offer) -> tuple[tuple[str, ...], Answered]:
    assert case.answered_at is not None  # only answered cases come here
    inputs = case.quote.inputs if hasattr(case, "quote") else {}
    names = quoting.groups(
        team_id=inputs.get("team", case.team_id),
        case_class=case.case_class,
        channel=case.channel,
        in_open_hours=quoting.in_open_hours(case.opened_at, offer.calendar),
    )
    end = max(case.opened_at, case.answered_at)
    seconds = round(open_time_between(case.opened_at, end, offer.calendar).total_seconds())
    load = Load(inputs["waiting"], inputs["present"]).each if inputs else None
    return names, Answered(seconds, load)


def _change(wanted: Mapping[str, object], change: Callable[[Pace, str], Pace], *, at: datetime) -> None:
    """Change the paces of these groups, each locked, in the order of their names so that nobody waits in a circle."""
    names = sorted(wanted)
    AnswerPace.objects.bulk_create(
        [AnswerPace(group=name, level=quoting.GOAL, changed_at=at) for name in names], ignore_conflicts=True
    )
    rows = list(AnswerPace.objects.select_for_update().filter(group__in=names).order_by("group"))
    for row in rows:
        store_pace(row, change(_pace(row), row.group), at)
    AnswerPace.objects.bulk_update(
        rows,
        ["answers", "level", "outcomes", "base_seconds", "exponent", "answer_count", "is_believed", "changed_at"],
    )


def _pace(row: AnswerPace) -> Pace:
    answers = tuple(Answered(seconds, None if load is None else load / 100) for seconds, load in row.answers)
    return Pace(answers, row.level, row.outcomes)


def store_pace(row: AnswerPace, pace: Pace, at: datetime) -> None:
    """Put into the row what its group has taught, ready for the next quote. Does not save it."""
    row.answers = [[one.seconds, None if one.load is None else round(one.load * 100)] for one in pace.answers]
    row.level, row.outcomes, row.changed_at = pace.level, pace.outcomes, at
    known = quoting.known_of(pace)
    row.base_seconds = known.seconds if known else None
    row.exponent = known.exponent if known else 0.0
    row.answer_count, row.is_believed = len(pace.answers), pace.is_believed


_ADD = """
INSERT INTO cases_quotetally (settled_on, team_id, department_id, region_id, tier, held_count, missed_count)
SELECT quote.settled_on, own.team_id, own.department_id, own.region_id, own.tier,
       count(*) FILTER (WHERE quote.held), count(*) FILTER (WHERE NOT quote.held)
FROM unnest(%s::bigint[], %s::date[], %s::boolean[]) AS quote (case_id, settled_on, held)
JOIN cases_case own ON own.id = quote.case_id
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (settled_on, team_id, department_id, region_id, tier) DO UPDATE
SET held_count = cases_quotetally.held_count + excluded.held_count,
    missed_count = cases_quotetally.missed_count + excluded.missed_count
"""


def _count(rows: Sequence[Quote]) -> None:
    if not rows:
        return
    zone = timezone.get_default_timezone()
    days = [row.settle_at.astimezone(zone).date() for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [[row.case_id for row in rows], days, [row.held for row in rows]])
