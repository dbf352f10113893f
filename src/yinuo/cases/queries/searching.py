"""Finding cases while somebody types: by number, subject and customer, newest first, at any size of the house."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import Q

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.customers.queries import customers_found
from yinuo.foundation.words import can_use_index, with_pairs, word_indexed, word_read

_NEWEST = 5_000
_CANDIDATES = 2_000
_CUSTOMERS = 50
_NUMBER = re.compile(r"(YN-?)?\d", re.IGNORECASE)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN = (
    "reference",
    "subject",
    "state",
    "channel",
    "last_message_at",
    "opened_at",
    "customer__name",
    "customer__tier",
)


def cases_found(actor: Actor, words: str, *, limit: int) -> list[Case]:
    """Return the newest cases this actor may see in whose number, subject or customer every word is found.

    A whole phone number, mail address or account number finds its customer's cases. At most `limit`, with the customer
    loaded. Two looks: frequent words are found by reading the newest 5 000 cases of the house; only rare ones are left
    for the indexes of words, so that neither has to read or sort much. Two Latin letters, which no index knows, are
    looked for among the newest alone; of customers, the first 50 that fit count.
    """
    text = " ".join(words.split())
    if not text:
        return []
    ids_of = {word: _customer_ids(actor, word) for word in {text, *text.split()}}
    cases = Case.objects.visible_to(actor)
    order = ("-opened_at", "-id")
    newest = cases.filter(_every(text, ids_of, word_read), opened_at__gte=_horizon()).order_by(*order)
    ids = list(newest.values_list("pk", flat=True)[:limit])
    if len(ids) < limit and all(can_use_index(word) for word in text.split()):
        # Without an order the planner takes the indexes of words; in order it would read the whole house.
        rare = with_pairs(cases, "subject").filter(_every(text, ids_of, word_indexed)).order_by()
        found = sorted(rare.values_list("opened_at", "pk")[:_CANDIDATES], reverse=True)
        ids = [pk for _at, pk in found[:limit]]
    return list(cases.filter(pk__in=ids).select_related("customer").only(*_SHOWN).order_by(*order))


def _every(text: str, ids_of: dict[str, list[int]], in_column: Callable[[str, str], Q]) -> Q:
    """Return the filter on cases in which every word is found, or whose customer is meant by the whole text."""
    every = Q()
    for word in text.split():
        found = in_column("subject", word) | _of(ids_of[word])
        every &= found | Q(reference__startswith=_number(word)) if _NUMBER.match(word) else found
    # A phone number or a name may hold blanks.
    return every | _of(ids_of[text])


def _number(word: str) -> str:
    return word.upper() if word[:1].isalpha() else f"YN-{word}"


def _of(customer_ids: list[int]) -> Q:
    return Q(customer_id__in=customer_ids) if customer_ids else Q()


def _customer_ids(actor: Actor, text: str) -> list[int]:
    return [customer.pk for customer in customers_found(actor, text, limit=_CUSTOMERS)]


def _horizon() -> datetime:
    """Return since when the newest cases of the house were opened; an instant says nothing about any of them."""
    instants = Case.objects.order_by("-opened_at", "-id").values_list("opened_at", flat=True)
    return next(iter(instants[_NEWEST : _NEWEST + 1]), _EVER)
