"""Repairing the cases somebody chose, each for itself: one that is refused keeps no other from being repaired."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.queries.finding import case_by_reference
from yinuo.cases.queries.repairing import Move
from yinuo.foundation.refusals import Refusal
from yinuo.standards.models import Standard

from .recounting import apply_repair


@dataclass(frozen=True)
class Repaired:
    """What became of one chosen case: what moved, or why nothing did."""

    reference: str
    moves: tuple[Move, ...] = ()
    refusal: Refusal | None = None


def repair_cases(
    *, standard: Standard, references: Iterable[str], reason: str, by: Actor, at: datetime
) -> list[Repaired]:
    """Bring the chosen open cases under a standard to its newest version; return what became of each, in their order.

    In the report stand NotFound, NotUnderStandard, CaseIsClosed and NothingWouldMove. Needs `standards.edit`. Refuses
    with ReasonMissing. Announces what `apply_repair` announces.
    """
    by.require("standards.edit")
    if not reason.strip():
        raise rules.ReasonMissing
    report = []
    for reference in dict.fromkeys(one.upper() for one in references):
        try:
            moves = _repaired(standard, reference, reason=reason, by=by, at=at)
        except Refusal as refusal:
            report.append(Repaired(reference, refusal=refusal))
        else:
            report.append(Repaired(reference, moves))
    return report


def _repaired(standard: Standard, reference: str, *, reason: str, by: Actor, at: datetime) -> tuple[Move, ...]:
    case = case_by_reference(reference, actor=by)
    if case.standard_version.standard_id != standard.pk:
        raise rules.NotUnderStandard(reference=reference)
    repair = apply_repair(case=case, reason=reason, by=by, at=at)
    if repair is None:
        raise rules.NothingWouldMove(reference=reference)
    return repair.moves
