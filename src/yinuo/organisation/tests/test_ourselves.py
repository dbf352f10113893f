"""Who we are: one row with names, a zone, a language and domains."""

import pytest
from django.db import IntegrityError
from django.utils import translation

from yinuo.access.actors import Actor
from yinuo.cases.tests.cast import BEGINNING, SYSTEM
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.organisation.actions import NotADomain, OrganisationNameless, Ourselves, describe_organisation
from yinuo.organisation.actions.ourselves import UnknownZone
from yinuo.organisation.models import Organisation
from yinuo.organisation.queries import our_language, our_zone

HENUAN = Ourselves("禾暖家电", "Henuan", "Europe/London", "en", ("@Henuan.Example", "henuan.example", "hn.example."))


def describe(ourselves: Ourselves = HENUAN, by: Actor = SYSTEM) -> Organisation:
    return describe_organisation(ourselves=ourselves, by=by, at=BEGINNING)


def test_the_organisation_is_read_in_the_language_of_whoever_looks(db) -> None:
    described = describe()

    assert described.domains == ["henuan.example", "hn.example"]
    with translation.override("en"):
        assert described.name == "Henuan"
    with translation.override("zh-hans"):
        assert described.name == "禾暖家电"


def test_until_it_is_described_the_settings_decide(db) -> None:
    assert (our_zone().key, our_language()) == ("Asia/Shanghai", "zh-hans")

    describe()

    assert (our_zone().key, our_language()) == ("Europe/London", "en")


def test_only_what_changed_is_announced(db) -> None:
    describe()
    describe()
    describe(Ourselves("禾暖家电", "", "Europe/London", "en", ("henuan.example", "hn.example")))

    facts = [row.payload["fields"] for row in FactRow.objects.filter(type="organisation.organisation_described")]
    assert facts == [["name_zh", "name_en", "zone", "language", "domains"], ["name_en"]]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (Ourselves(" ", "", "Asia/Shanghai"), OrganisationNameless),
        (Ourselves("禾暖", "", "Asia/Nowhere"), UnknownZone),
        (Ourselves("禾暖", "", "Asia/Shanghai", "fr"), UnknownZone),
        (Ourselves("禾暖", "", "Asia/Shanghai", domains=("not a domain",)), NotADomain),
    ],
)
def test_what_cannot_be_is_refused(db, wrong: Ourselves, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        describe(wrong)


def test_agents_do_not_rename_the_house(house) -> None:
    with pytest.raises(NotAllowed):
        describe(by=house.chen.account.as_actor())


def test_there_is_only_one_organisation(db) -> None:
    describe()

    with pytest.raises(IntegrityError, match="one_organisation"):
        Organisation.objects.create(pk=2, name_zh="x", name_en="x", zone="UTC")
