"""Pledges: what we commit to in public, with the remedy when we fall short."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.standards.facts import PledgeChanged, PledgePublished, PledgesReordered, PledgeWithdrawn
from yinuo.standards.models import Pledge, PledgeVersion

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


@transaction.atomic
def add_pledge(*, code: str, words: PledgeWords, effective_on: date, by: Actor, at: datetime) -> PledgeVersion:
    """Add a pledge at the end of the list; nobody reads it before it is published.

    Refuses with CodeTaken, PledgeIncomplete, NotAllowed. Announces PledgeChanged.
    """
    by.require("standards.edit")
    if Pledge.objects.filter(code=code).exists():
        raise CodeTaken(used_code=code)
    pledge = Pledge.objects.create(code=code, position=Pledge.objects.count() + 1)
    return _add_version(pledge, 1, words, effective_on, by, at)


@transaction.atomic
def change_pledge(*, pledge: Pledge, words: PledgeWords, effective_on: date, by: Actor, at: datetime) -> PledgeVersion:
    """Let a pledge say something else from a day on; what it said before stays to be read.

    Refuses with PledgeIncomplete, PledgeDateTooEarly, NotAllowed. Announces PledgeChanged.
    """
    by.require("standards.edit")
    pledge = Pledge.objects.select_for_update().get(pk=pledge.pk)
    newest = pledge.versions.latest("number")
    if effective_on < newest.effective_on:
        raise PledgeDateTooEarly(number=newest.number, on=newest.effective_on)
    return _add_version(pledge, newest.number + 1, words, effective_on, by, at)


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
    pledge: Pledge, number: int, words: PledgeWords, effective_on: date, by: Actor, at: datetime
) -> PledgeVersion:
    said = {name: text.strip() for name, text in asdict(words).items()}
    longest = {one.name: PledgeVersion._meta.get_field(one.name).max_length for one in fields(words)}
    if any(not text or len(text) > longest[name] for name, text in said.items()):
        raise PledgeIncomplete
    version = pledge.versions.create(number=number, effective_on=effective_on, created_at=at, created_by=by.key, **said)
    announce(
        PledgeChanged(pledge_id=pledge.pk, version_id=version.pk, number=number, effective_on=effective_on),
        by=by,
        at=at,
    )
    return version
