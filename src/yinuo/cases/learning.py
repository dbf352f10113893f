"""Lets first answers teach the quotes to come. Importing this registers the follower."""

from collections.abc import Sequence

from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import Start, follower

from .actions import learn_answers
from .facts import CustomerAnswered


@follower("cases.learn_answer_times", kinds=[CustomerAnswered], start=Start.BEGINNING, batch_size=500)
def learn_answer_times(facts: Sequence[RecordedFact]) -> None:
    """Take the first answers of the batch into the history of their groups."""
    first = {fact.case_id for fact in facts if fact.payload["is_first"] and fact.case_id}
    learn_answers(first, at=now())
