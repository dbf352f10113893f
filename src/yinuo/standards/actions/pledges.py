"""Pledges: what we commit to in public, with the remedy when we fall short."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.standards.facts import PledgeChanged, PledgePublished, PledgesReordered, PledgeWithdrawn
from yinuo.standards.models import REMEDIES_OF_MONEY, Pledge, PledgeVersion, RemedyKind

from .standards import CodeTaken


@dataclass(frozen=True)
class PledgeWords:
    """What a pledge says, in both languages: a title, the commitment, and what the customer gets when we fall short."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class PledgeTerms:
    """What the program acts by: on which promises a pledge stands, for which requests, and what a broken one gives.

    promise_kinds: empty stands on words alone. Empty conditions fit everything. remedy_kind: one of RemedyKind, or
    empty when the words name something that people decide. remedy_amount: above zero for a refund, a voucher and a
    deposit that is let off, None for the others.
    """

    promise_kinds: tuple[str, ...] = ()
    tier: str = ""
    channel: str = ""
    case_class: str = ""
    category: str = ""
    region_code: str = ""
    remedy_kind: str = ""
    remedy_amount: Decimal | None = None
    remedy_currency: str = "CNY"
    opens_recovery_case: bool = False


WORDS_ALONE = PledgeTerms()


class PledgeIncomplete(Refusal):
    code = "standards.pledge_incomplete"
    status = 422

    def sentence(self) -> str:
        return _(
            "A pledge needs its title, its text and its remedy in both languages: "
            "at most 120, 2,000 and 1,000 characters."
        )


class PledgeDateTooEarly(Refusal):
    """A version would begin before the one it follows."""

    code = "standards.pledge_date_too_early"
    status = 422

    def sentence(self) -> str:
        return (
            _("Version %(number)s holds from %(on)s on, so the next one cannot begin before that day.") % self.details
        )


class RemedyAmountWrong(Refusal):
    """The amount of the remedy is missing, or is there where none belongs."""

    code = "standards.remedy_amount_wrong"
    status = 422

    def sentence(self) -> str:
        return _(
            "A refund, a voucher and a deposit that is let off need an amount above zero, with a currency of three "
            "letters; the other remedies have no amount."
        )


@transaction.atomic
def add_pledge(
    *,
    code: str,
    words: PledgeWords,
    terms: PledgeTerms = WORDS_ALONE,
    effective_on: date,
    by: Actor,
    at: datetime,
) -> PledgeVersion:
    """Add a pledge at the end of the list; nobody reads it before it is published.

    Refuses with CodeTaken, PledgeIncomplete, RemedyAmountWrong, NotAllowed. Announces PledgeChanged.
    """
    by.require("standards.edit")
    if Pledge.objects.filter(code=code).exists():
        raise CodeTaken(used_code=code)
    pledge = Pledge.objects.create(code=code, position=Pledge.objects.count() + 1)
    return _add_version(pledge, 1, words, terms, effective_on, by, at)


@transaction.atomic
def change_pledge(
    *,
    pledge: Pledge,
    words: PledgeWords,
    terms: PledgeTerms = WORDS_ALONE,
    effective_on: date,
    by: Actor,
    at: datetime,
) -> PledgeVersion:
    """Let a pledge say something else from a day on; what it said before stays to be read.

    Refuses with PledgeIncomplete, RemedyAmountWrong, PledgeDateTooEarly, NotAllowed. Announces PledgeChanged.
    """
    by.require("standards.edit")
    pledge = Pledge.objects.select_for_update().get(pk=pledge.pk)
    newest = pledge.versions.latest("number")
    if effective_on < newest.effective_on:
        raise PledgeDateTooEarly(number=newest.number, on=newest.effective_on)
    return _add_version(pledge, newest.number + 1, words, terms, effective_on, by, at)


@transaction.atomic
def publish_pledge(*, pledge: Pledge, by: Actor, at: datetime) -> None:
    """Let everybody read a pledge. One that is published stays so. Announces PledgePublished."""
    by.require("standards.edit")
    if Pledge.objects.filter(pk=pledge.pk, is_published=False).update(is_published=True):
        announce(PledgePublished(pledge_id=pledge.pk), by=by, at=at)


@transaction.atomic
def withdraw_pledge(*, pledge: Pledge, by: Actor, at: datetime) -> None:
    """Take a pledge off the published list. One that is not on it stays so. Announces PledgeWithdrawn."""
    by.require("standards.edit")
    if Pledge.objects.filter(pk=pledge.pk, is_published=True).update(is_published=False):
        announce(PledgeWithdrawn(pledge_id=pledge.pk), by=by, at=at)


@transaction.atomic
def reorder_pledges(*, pledge_ids: list[int], by: Actor, at: datetime) -> None:
    """Put the pledges in this order; ones that are not named follow in their old order. Announces PledgesReordered."""
    by.require("standards.edit")
    rest = Pledge.objects.exclude(pk__in=pledge_ids).values_list("pk", flat=True)
    for position, pk in enumerate([*pledge_ids, *rest], start=1):
        Pledge.objects.filter(pk=pk).update(position=position)
    announce(PledgesReordered(pledge_ids=pledge_ids), by=by, at=at)


def _add_version(
    pledge: Pledge, number: int, words: PledgeWords, terms: PledgeTerms, effective_on: date, by: Actor, at: datetime
) -> PledgeVersion:
    said = {name: text.strip() for name, text in asdict(words).items()}
    longest = {one.name: PledgeVersion._meta.get_field(one.name).max_length for one in fields(words)}
    if any(not text or len(text) > longest[name] for name, text in said.items()):
        raise PledgeIncomplete
    _check_remedy(terms)
    kinds = list(dict.fromkeys(terms.promise_kinds))
    version = pledge.versions.create(
        number=number,
        effective_on=effective_on,
        created_at=at,
        created_by=by.key,
        **said,
        **asdict(terms) | {"promise_kinds": kinds},
    )
    announce(
        PledgeChanged(pledge_id=pledge.pk, version_id=version.pk, number=number, effective_on=effective_on),
        by=by,
        at=at,
    )
    return version


def _check_remedy(terms: PledgeTerms) -> None:
    is_money = terms.remedy_kind in REMEDIES_OF_MONEY
    amount, currency = terms.remedy_amount, terms.remedy_currency
    is_known = not terms.remedy_kind or terms.remedy_kind in RemedyKind.values
    is_currency = len(currency) == 3 and currency.isascii() and currency.isupper()  # noqa: PLR2004 - as ISO 4217 does
    if not is_known or not is_currency or (amount is not None) != is_money or (amount is not None and amount <= 0):
        raise RemedyAmountWrong
