"""What a request seems to be about: the guess and the categories it is made from."""

from datetime import UTC, datetime

import pytest

from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.routing.actions import CategoryDraft, CategoryIncomplete, save_category
from yinuo.routing.models import Category
from yinuo.routing.queries import categories, category_of
from yinuo.routing.rules import Topic, guess_category

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
REPAIR = Topic("repair", ["漏水", "不制冷", "异响", "leak", "broken"])
INVOICE = Topic("invoice", ["发票", "抬头", "invoice", "tax"])
APP = Topic("app", ["app", "应用"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("洗衣机漏水，还有异响，发票也没收到", "repair"),  # two words against one
        ("Please reissue my INVOICE", "invoice"),
        ("It is leaking again", "repair"),  # a long word may be the beginning of one
        ("Applesauce", ""),  # a short one may not
        ("The app. Thank you", "app"),
        ("ｉｎｖｏｉｃｅ 抬头", "invoice"),  # full width
        ("你好", ""),
        ("", ""),
        ("漏水漏水漏水，发票抬头", "invoice"),  # a word counts once
    ],
)
def test_the_category_with_most_of_its_words_in_the_text_is_proposed(text, code):
    assert guess_category(text, [REPAIR, INVOICE, APP]) == code


def test_of_equals_the_longer_words_win_and_then_the_earlier_category():
    assert guess_category("broken app", [APP, REPAIR]) == "repair"
    assert guess_category("漏水 发票", [INVOICE, REPAIR]) == "invoice"


def test_a_category_is_added_at_the_end_and_changed_by_its_code(house: House):
    first = CategoryDraft("repair", "报修", "Repair", words=("漏水", " 漏水 ", "", "leak"), team=house.team)
    save_category(draft=first, by=SYSTEM, at=AT)
    save_category(draft=CategoryDraft("invoice", "发票", "Invoice", words=("发票",)), by=SYSTEM, at=AT)
    save_category(draft=CategoryDraft("old", "旧", "Old", words=("洗衣机",), is_active=False), by=SYSTEM, at=AT)
    save_category(draft=CategoryDraft("repair", "维修", "Repair", words=("漏水",), team=house.team), by=SYSTEM, at=AT)

    assert [(one.code, one.name_zh, one.words, one.position) for one in categories()] == [
        ("repair", "维修", ["漏水"], 1),
        ("invoice", "发票", ["发票"], 2),
    ]
    assert category_of("洗衣机漏水", categories()) == "repair"
    assert FactRow.objects.filter(type="routing.category_changed").count() == 4


def test_a_category_needs_its_names_and_somebody_who_may(house: House):
    with pytest.raises(CategoryIncomplete):
        save_category(draft=CategoryDraft("x", "", "X"), by=SYSTEM, at=AT)
    with pytest.raises(NotAllowed):
        save_category(draft=CategoryDraft("x", "一", "X"), by=actor_of(house.zhou), at=AT)

    assert not Category.objects.exists()
