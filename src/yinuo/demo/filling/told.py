"""What the demo's customers were told: the quotes its history would have given, had it been lived day by day.

The days are filled from the newest back, so no case found any history when it was opened. When all are there, they are
lived once more in the order of time by the house's own rules, and every quote gets the time it would have had.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.actions.quoting import quote_values, store_pace
from yinuo.cases.facts import AnswerQuoted
from yinuo.cases.models import AnswerPace, Promise, PromiseKind, Quote
from yinuo.cases.rules.quoting import GOAL
from yinuo.cases.rules.replaying import Learner, Lived
from yinuo.foundation.facts import announce
from yinuo.standards.queries import offers_of_versions

_BATCH = 500
_FIELDS = ("answer_by", "estimated_by", "falls_back", "reason", "method", "group", "inputs", "settle_at", "is_learnt")


@transaction.atomic
def quote_history(*, ends_at: datetime) -> int:
    """Quote every case of the history anew; return how many were told a sooner time than promised."""
    learner = Learner()
    quotes = []
    for quote, lived in _history(ends_at):
        draft, load = learner.quote(lived)
        for name, value in quote_values(draft, load, team_id=lived.team_id).items():
            setattr(quote, name, value)
        quote.is_learnt = lived.answered_at is not None
        quotes.append(quote)
    Quote.objects.bulk_update(quotes, _FIELDS, batch_size=_BATCH)
    learner.come_to(ends_at)
    AnswerPace.objects.all().delete()
    paces = [AnswerPace(group=name, level=GOAL, changed_at=ends_at) for name in sorted(learner.paces)]
    for row in paces:
        store_pace(row, learner.paces[row.group], ends_at)
    AnswerPace.objects.bulk_create(paces)
    return _tell([quote for quote in quotes if not quote.falls_back])


def _history(ends_at: datetime) -> Iterator[tuple[Quote, Lived]]:
    rows = Quote.objects.filter(settled_at=None, quoted_at__lte=ends_at).select_related("case").order_by("quoted_at")
    quotes = list(rows)
    offers = offers_of_versions({quote.case.standard_version_id for quote in quotes})
    first = Promise.objects.filter(kind=PromiseKind.FIRST_RESPONSE).order_by("-id").values_list("case_id", "due_at")
    promised = dict(first)
    for quote in quotes:
        case = quote.case
        yield (
            quote,
            Lived(
                opened_at=case.opened_at,
                answered_at=case.answered_at,
                ended_at=case.answered_at or case.closed_at or ends_at,
                promised_by=promised[case.pk],
                team_id=case.team_id,
                present=quote.inputs["present"],
                case_class=case.case_class,
                channel=case.channel,
                calendar=offers[case.standard_version_id].calendar,
            ),
        )


def _tell(quotes: list[Quote]) -> int:
    for quote in quotes:
        case = quote.case
        told = AnswerQuoted(case_id=case.pk, customer_id=case.customer_id, answer_by=quote.answer_by)
        announce(told, by=Actor.system("portal"), at=quote.quoted_at)
    return len(quotes)
