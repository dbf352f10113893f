"""Follows what happens to promises and lets cases climb their ladders. Importing this registers the follower."""

from collections.abc import Sequence

from yinuo.foundation.facts import Fact, RecordedFact
from yinuo.foundation.followers import follower

from .actions.escalating import end_escalations, plan_rungs
from .facts import (
    CaseClosed,
    CaseReopened,
    CasesMerged,
    CustomerAnswered,
    MergeUndone,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseWithdrawn,
    WaitingForCustomerEnded,
)

_BEGINS = (PromiseMade, PromiseBroken)
_GOES_ON = (WaitingForCustomerEnded, CaseReopened, MergeUndone)
_ENDS = (PromiseKept, PromiseWithdrawn, CustomerAnswered, CaseClosed, CasesMerged)


@follower("cases.climb_ladders", kinds=[*_BEGINS, *_GOES_ON, *_ENDS])
def climb_ladders(facts: Sequence[RecordedFact]) -> None:
    """Let the rungs of new, broken and resumed promises wait, and end what was answered, kept or closed."""
    begun = {fact.payload["promise_id"] for fact in facts if _is_one_of(fact, _BEGINS)}
    resumed = {fact.case_id for fact in facts if _is_one_of(fact, _GOES_ON) and fact.case_id}
    plan_rungs(begun, case_ids=resumed)
    end_escalations({fact.case_id: fact.at for fact in facts if _is_one_of(fact, _ENDS) and fact.case_id})


def _is_one_of(fact: RecordedFact, kinds: Sequence[type[Fact]]) -> bool:
    return fact.type in {kind.fact_type for kind in kinds}
