"""The quoted time of a case as people read it, and how many quoted times held."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.scopes import within_scopes
from yinuo.cases.models import Case, Promise, PromiseKind, Quote, QuoteTally
from yinuo.cases.spoken import by_about, by_time
from yinuo.organisation.queries import our_zone

from .board import KeptCount, house_day

COVERAGE_DAYS = 30


@dataclass(frozen=True)
class QuoteShown:
    """When the first answer will probably come, while it is awaited.

    has_passed: the time is over, the promise is not. sentence: all of it in the words of the language that is active.
    """

    answer_by: datetime
    promised_by: datetime
    has_passed: bool
    sentence: str


def shown_quote(case: Case, *, at: datetime) -> QuoteShown | None:
    """Return the quote of a case as it stands at `at`; None when the promise says all there is to say.

    That is: the case is closed or answered, the first response is no longer owed in time, or the promise itself was
    told because nothing sooner was known.
    """
    if not case.is_open or case.answered_at is not None:
        return None
    quote = Quote.objects.filter(case=case, falls_back=False).only("answer_by").first()
    promise = Promise.objects.filter(case=case, kind=PromiseKind.FIRST_RESPONSE, is_live=True).first()
    if quote is None or promise is None or promise.due_at < at:
        return None
    zone, has_passed = our_zone(), quote.answer_by < at
    promised = by_time(promise.due_at, now=at, zone=zone)
    if has_passed:
        sentence = _("It takes longer than expected; promised at the latest %(promised)s.") % {"promised": promised}
    else:
        sentence = _("Our first answer will probably come %(quoted)s; promised at the latest %(promised)s.") % {
            "quoted": by_about(quote.answer_by, now=at, zone=zone),
            "promised": promised,
        }
    return QuoteShown(quote.answer_by, promise.due_at, has_passed, sentence)


def quotes_held(team_ids: Collection[int], *, actor: Actor, at: datetime) -> KeptCount:
    """Return how many quoted times held and were missed in the last 30 days, within the actor's scopes. One statement.

    Counted on the day on which a quote was decided. Times that were the promise itself are in neither, nor are cases
    that ended unanswered before their quoted time.
    """
    since = house_day(at).on - timedelta(days=COVERAGE_DAYS - 1)
    tallies = QuoteTally.objects.filter(settled_on__gte=since, team_id__in=team_ids)
    if not actor.is_system:
        tallies = tallies.filter(
            within_scopes(actor, "cases.view", department="department_id", region="region_id", tier="tier")
        )
    sums = tallies.aggregate(held=Sum("held_count"), missed=Sum("missed_count"))
    return KeptCount(sums["held"] or 0, sums["missed"] or 0)
