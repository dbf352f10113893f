"""The facts of a case as the clock rules read them, and every promise computed again from them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yinuo.cases import facts as cases
from yinuo.cases.models import Case, PromiseEnd
from yinuo.cases.rules import clocks
from yinuo.foundation.facts import COLUMNS, RecordedFact, recorded
from yinuo.standards.queries import calendar_of_version, offers_of_versions

_ENDS = {
    cases.PromiseKept.fact_type: PromiseEnd.KEPT,
    cases.PromiseBroken.fact_type: PromiseEnd.BROKEN,
    cases.PromiseReplaced.fact_type: PromiseEnd.REPLACED,
    cases.PromiseWithdrawn.fact_type: PromiseEnd.WITHDRAWN,
}
_MARKS: dict[str, Any] = {
    cases.WaitingForCustomerBegan.fact_type: clocks.WaitingBegan,
    cases.WaitingForCustomerEnded.fact_type: clocks.WaitingEnded,
    cases.CaseClosed.fact_type: clocks.CaseEnded,
    cases.CaseReopened.fact_type: clocks.CaseBeganAgain,
}
_TASKS: dict[str, Any] = {
    cases.TaskAsked.fact_type: clocks.TaskBegan,
    cases.TaskDone.fact_type: clocks.TaskOver,
    cases.TaskRefused.fact_type: clocks.TaskOver,
    cases.TaskWithdrawn.fact_type: clocks.TaskOver,
}
_TYPES = [cases.PromiseMade.fact_type, *_ENDS, *_MARKS, *_TASKS]


def rebuilt_promises(case: Case) -> list[clocks.Clock]:
    """Return every promise of a case as the facts alone make it, in the order in which they were given.

    Of the tables nothing is read but standards and calendars. A promise given before facts said from what it counts
    (version 1 of PromiseMade) is taken with the time the fact names.
    """
    return clocks.clocks(happenings_of(case))


def happenings_of(case: Case) -> list[clocks.Happening]:
    """Return what happened on a case, as far as its clocks go by it, in the order in which it was written down."""
    facts = _facts(case)
    versions = {fact.payload.get("standard_version_id") for fact in facts} - {None}
    offers = offers_of_versions({int(version) for version in versions if version} | {case.standard_version_id})
    return list(_happenings(facts, offers, case))


def _happenings(facts: list[RecordedFact], offers: dict[int, Any], case: Case) -> Iterator[clocks.Happening]:
    for fact in facts:
        if fact.type == cases.PromiseMade.fact_type:
            yield _given(fact, offers, case)
        elif fact.type in _ENDS:
            yield clocks.PromiseOver(fact.at, fact.actor, fact.payload["promise_id"], _ENDS[fact.type])
        elif fact.type in _TASKS:
            yield _TASKS[fact.type](fact.at, fact.payload["task_id"])
        else:
            yield _MARKS[fact.type](fact.at)


def _given(fact: RecordedFact, offers: dict[int, Any], case: Case) -> clocks.PromiseGiven:
    payload = fact.payload
    offer = offers[payload.get("standard_version_id") or case.standard_version_id]
    minutes = payload.get("within_minutes")
    return clocks.PromiseGiven(
        at=fact.at,
        by=fact.actor,
        promise_id=payload["promise_id"],
        kind=payload["kind"],
        starts_at=datetime.fromisoformat(payload["starts_at"]) if "starts_at" in payload else fact.at,
        within=None if minutes is None else timedelta(minutes=minutes),
        due_at=datetime.fromisoformat(payload["due_at"]),
        calendar=calendar_of_version(payload.get("calendar_version_id") or offer.calendar_version_id),
        warning_share=float(offer.warning_share),
        pausing_kinds=offer.pausing_kinds,
        follows=payload.get("replaces_id"),
    )


def _facts(case: Case) -> list[RecordedFact]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM foundation_fact WHERE case_id = %s AND type = ANY(%s) ORDER BY tx, id",  # noqa: S608 - column names are literals
            [case.pk, _TYPES],
        )
        return [recorded(row) for row in cursor.fetchall()]
