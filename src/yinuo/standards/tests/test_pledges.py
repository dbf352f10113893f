"""Pledges: versions that are only followed, what is read on which day, and who may publish."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.standards.actions import (
    CodeTaken,
    PledgeDateTooEarly,
    PledgeIncomplete,
    PledgeTerms,
    PledgeWords,
    RemedyAmountWrong,
    add_pledge,
    change_pledge,
    publish_pledge,
    reorder_pledges,
    withdraw_pledge,
)
from yinuo.standards.models import Pledge, PledgeVersion
from yinuo.standards.queries import pledges_broken_by, pledges_on, versions_of_pledge
from yinuo.standards.rules import Request

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
FIRST, LATER = date(2026, 11, 2), date(2026, 12, 1)


def words(text: str = "7 天内到账", **more: str) -> PledgeWords:
    values = {
        "title_zh": "退款",
        "title_en": "Refunds",
        "text_zh": text,
        "text_en": "Within 7 days",
        "remedy_zh": "晚一天补 20 元",
        "remedy_en": "20 yuan for every day later",
    }
    return PledgeWords(**values | more)


REQUEST = Request(tier="gold", channel="mail", case_class="routine", category="repair-leak", region_code="east")


def added(code: str, *, day: date = FIRST, is_published: bool = True, **terms) -> Pledge:
    version = add_pledge(code=code, words=words(code), terms=PledgeTerms(**terms), effective_on=day, by=SYSTEM, at=AT)
    pledge = version.pledge
    if is_published:
        publish_pledge(pledge=pledge, by=SYSTEM, at=AT)
    return pledge


def read_on(day: date) -> list[tuple[str, int, str]]:
    return [(one.pledge.code, one.number, one.text_zh) for one in pledges_on(day)]


def test_a_new_version_holds_from_its_day_and_the_old_one_stays_to_be_read(db) -> None:
    pledge = added("refund")

    change_pledge(pledge=pledge, words=words("5 天内到账"), effective_on=LATER, by=SYSTEM, at=AT)

    assert read_on(date(2026, 11, 1)) == []
    assert read_on(date(2026, 11, 30)) == [("refund", 1, "refund")]
    assert read_on(LATER) == [("refund", 2, "5 天内到账")]
    assert [one.number for one in versions_of_pledge("refund", day=FIRST)] == [2, 1]


def test_a_second_change_of_the_same_day_is_followed_too(db) -> None:
    pledge = added("refund")

    change_pledge(pledge=pledge, words=words("改"), effective_on=FIRST, by=SYSTEM, at=AT)

    assert read_on(FIRST) == [("refund", 2, "改")]
    with pytest.raises(PledgeDateTooEarly) as refused:
        change_pledge(pledge=pledge, words=words(), effective_on=date(2026, 11, 1), by=SYSTEM, at=AT)
    assert refused.value.details == {"number": 2, "on": FIRST}


def test_nobody_reads_what_is_not_published_or_does_not_hold_yet(db) -> None:
    added("draft", is_published=False)
    added("soon", day=LATER)
    gone = added("gone")
    withdraw_pledge(pledge=gone, by=SYSTEM, at=AT)

    assert read_on(FIRST) == []
    for code in ("draft", "soon", "gone", "none"):
        with pytest.raises(NotFound):
            versions_of_pledge(code, day=FIRST)


def test_the_order_is_ours(db) -> None:
    first, second, third = added("a"), added("b"), added("c")

    reorder_pledges(pledge_ids=[third.pk, first.pk], by=SYSTEM, at=AT)

    assert [code for code, _number, _text in read_on(FIRST)] == ["c", "a", "b"]
    assert second.code == "b"


def test_every_change_leaves_its_fact_once(db) -> None:
    pledge = added("refund")
    publish_pledge(pledge=pledge, by=SYSTEM, at=AT)
    withdraw_pledge(pledge=pledge, by=SYSTEM, at=AT)
    withdraw_pledge(pledge=pledge, by=SYSTEM, at=AT)

    facts = list(FactRow.objects.order_by("id").values_list("type", flat=True))
    assert facts == ["standards.pledge_changed", "standards.pledge_published", "standards.pledge_withdrawn"]


@pytest.mark.parametrize("missing", ["title_zh", "title_en", "text_zh", "text_en", "remedy_zh", "remedy_en"])
def test_a_pledge_says_all_in_both_languages(db, missing: str) -> None:
    with pytest.raises(PledgeIncomplete):
        add_pledge(code="x", words=words(**{missing: " "}), effective_on=FIRST, by=SYSTEM, at=AT)

    assert not Pledge.objects.exists()


def test_a_code_is_used_once_and_only_those_who_edit_standards_may(house: House) -> None:
    added("refund")

    with pytest.raises(CodeTaken):
        added("refund")
    with pytest.raises(NotAllowed):
        add_pledge(code="x", words=words(), effective_on=FIRST, by=actor_of(house.zhou), at=AT)
    add_pledge(code="y", words=words(), effective_on=FIRST, by=actor_of(house.zhao), at=AT)
    assert PledgeVersion.objects.count() == 2


def broken(kind: str = "first_response", *, on: date = FIRST) -> list[str]:
    return [version.pledge.code for version in pledges_broken_by(kind=kind, request=REQUEST, on=on)]


def test_a_broken_promise_breaks_the_published_pledges_whose_terms_fit_in_their_order(db) -> None:
    added("any", promise_kinds=("first_response", "resolution"))
    added("gold", promise_kinds=("first_response",), tier="gold")
    added("repairs", promise_kinds=("first_response",), category="repair")
    added("platinum", promise_kinds=("first_response",), tier="platinum")
    added("west", promise_kinds=("first_response",), region_code="west")
    added("pairs", promise_kinds=("first_response",), category="pair")
    added("draft", promise_kinds=("first_response",), is_published=False)
    added("words")

    assert broken() == ["any", "gold", "repairs"]
    assert broken("resolution") == ["any"]
    assert broken("visit") == []


def test_what_was_pledged_on_the_day_of_the_promise_is_owed(db) -> None:
    pledge = added("refund", promise_kinds=("resolution",))
    change_pledge(pledge=pledge, words=words(), effective_on=LATER, by=SYSTEM, at=AT)

    assert broken("resolution", on=date(2026, 11, 30)) == ["refund"]
    assert broken("resolution", on=LATER) == []


@pytest.mark.parametrize(
    "terms",
    [
        {"remedy_kind": "voucher"},
        {"remedy_kind": "voucher", "remedy_amount": Decimal(0)},
        {"remedy_kind": "apology", "remedy_amount": Decimal(5)},
        {"remedy_amount": Decimal(5)},
        {"remedy_kind": "voucher", "remedy_amount": Decimal(5), "remedy_currency": "yuan"},
        {"remedy_kind": "flowers"},
    ],
)
def test_only_a_remedy_of_money_has_an_amount_and_it_must_have_one(db, terms: dict) -> None:
    with pytest.raises(RemedyAmountWrong):
        added("x", **terms)

    assert not Pledge.objects.exists()


def test_the_terms_of_a_version_stay_when_a_newer_one_says_otherwise(db) -> None:
    pledge = added("refund", remedy_kind="voucher", remedy_amount=Decimal(20), opens_recovery_case=True)
    newer = PledgeTerms(remedy_kind="free_visit")
    change_pledge(pledge=pledge, words=words(), terms=newer, effective_on=LATER, by=SYSTEM, at=AT)

    kept = pledge.versions.values_list("number", "remedy_kind", "remedy_amount", "opens_recovery_case")
    assert list(kept) == [(1, "voucher", Decimal("20.00"), True), (2, "free_visit", None, False)]
