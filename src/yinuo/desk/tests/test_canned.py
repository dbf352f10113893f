"""Canned answers: what is filled in, who may use and change which."""

from datetime import UTC, datetime

import pytest

from yinuo.cases.tests.cast import actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.desk.actions import CannedDraft, count_uses, delete_canned_answer, save_canned_answer
from yinuo.desk.actions.canned import NoTextGiven, ShortcutTaken
from yinuo.desk.canned import VARIABLES, UnknownVariable, filled
from yinuo.desk.models import CannedAnswer
from yinuo.desk.queries import offered_answers
from yinuo.foundation.refusals import NotAllowed, NotFound

NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def test_variables_are_filled_and_all_else_stays() -> None:
    values = {"customer": "王丽{agent}", "reference": "YN-1"}

    assert filled("{customer}您好，{reference} {} {\n}", values) == "王丽{agent}您好，YN-1 {} {\n}"


def test_what_a_case_does_not_know_is_left_to_be_seen() -> None:
    assert filled("您的 {product}", {"product": ""}) == "您的 [The product bought last]"


@pytest.mark.parametrize("text", ["{custmer}", "{customer.address}", "{0}", "{customer!r}", "{ customer }"])
def test_an_unknown_variable_is_refused_by_name(text) -> None:
    with pytest.raises(UnknownVariable) as refused:
        filled(text, {})

    assert refused.value.sentence().startswith(f"{text} is not known here. Write one of: {{customer}}, {{agent}},")


def save(by, name="等配件", **more) -> CannedAnswer:
    answer = more.pop("answer", None)
    draft = CannedDraft(name, **({"text_zh": "请稍候。"} | more))
    return save_canned_answer(draft=draft, answer=answer, by=by, at=NINE)


@pytest.mark.django_db
def test_an_answer_comes_with_what_the_case_knows(house) -> None:
    case = house.open(at=NINE)
    save(actor_of(house.chen), text_zh="{customer}您好，{reference}，{due} 前答复。{agent}，{team}")

    [one] = offered_answers(case, words="", actor=actor_of(house.chen))

    assert one.text == f"王丽您好，{case.reference}，11月2日 11:00 前答复。陈晨，售后组"


@pytest.mark.django_db
def test_an_english_case_gets_the_english_text_and_else_what_there_is(house) -> None:
    case = house.open(at=NINE, language="en")
    save(actor_of(house.chen), "a", text_zh="请稍候。", text_en="Please wait until {due}.")
    save(actor_of(house.chen), "b", text_zh="请稍候。")

    assert [one.text for one in offered_answers(case, words="", actor=actor_of(house.chen))] == [
        "Please wait until November 2 11:00.",
        "请稍候。",
    ]


@pytest.mark.django_db
def test_every_variable_has_a_value_in_a_case(house) -> None:
    from yinuo.desk.queries import case_values

    assert set(case_values(house.open(at=NINE), actor=actor_of(house.chen))) == set(VARIABLES)


@pytest.mark.django_db
def test_each_sees_their_own_their_team_s_and_everybody_s(house) -> None:
    chen, zhou = actor_of(house.chen), actor_of(house.zhou)
    save(chen, "陈晨的")
    save(zhou, "周敏的")
    save(zhou, "售后组的", team_id=house.team.pk)
    save(actor_of(house.admin), "配送组的", team_id=house.other_team.pk)
    save(zhou, "大家的", is_shared=True)

    seen = set(CannedAnswer.objects.visible_to(chen).values_list("name", flat=True))

    assert seen == {"陈晨的", "售后组的", "大家的"}


@pytest.mark.django_db
def test_only_leaders_share_and_nobody_touches_another_s_own(house) -> None:
    chen, zhou = actor_of(house.chen), actor_of(house.zhou)
    own, shared = save(chen, "陈晨的"), save(zhou, "大家的", is_shared=True)

    with pytest.raises(NotAllowed):
        save(chen, is_shared=True)
    with pytest.raises(NotAllowed):
        delete_canned_answer(answer=shared, by=chen)
    with pytest.raises(NotFound):
        save(zhou, answer=own)
    delete_canned_answer(answer=own, by=chen)
    assert list(CannedAnswer.objects.values_list("name", flat=True)) == ["大家的"]


@pytest.mark.django_db
def test_texts_are_checked_when_they_are_saved(house) -> None:
    chen = actor_of(house.chen)
    save(chen, shortcut="等")

    with pytest.raises(UnknownVariable):
        save(chen, text_en="{nobody}")
    with pytest.raises(NoTextGiven):
        save(chen, text_zh=" ")
    with pytest.raises(ShortcutTaken) as refused:
        save(chen, "别的", shortcut="等")
    assert refused.value.sentence() == "The word /等 already opens “等配件”. Choose another."


@pytest.mark.django_db
def test_the_word_decides_then_the_most_used_stand_first(house) -> None:
    case, chen = house.open(at=NINE), actor_of(house.chen)
    rare, often = save(chen, "甲", shortcut="ca"), save(chen, "乙")
    count_uses(ids=[often.pk, often.pk], by=chen)
    count_uses(ids=[often.pk], by=chen)
    count_uses(ids=[rare.pk], by=actor_of(house.zhou))  # not Zhou's to use

    assert [one.name for one in offered_answers(case, words="", actor=chen)] == ["乙", "甲"]
    assert [one.name for one in offered_answers(case, words="c", actor=chen)] == ["甲"]
    assert CannedAnswer.objects.get(pk=often.pk).used_count == 2
    assert CannedAnswer.objects.get(pk=rare.pk).used_count == 0


@pytest.mark.django_db
def test_without_a_script_an_answer_is_chosen_on_a_page_and_stands_behind_the_draft(house, client) -> None:
    case = house.open(at=NINE)
    answer = save(actor_of(house.chen), "等配件", text_zh="{customer}您好，请稍候。")
    client.force_login(house.chen.account)
    client.post(f"/cases/{case.reference}/drafts/reply", {"text": "已查到您的订单。"})

    page = text_of(client.get(f"/cases/{case.reference}/canned-answers", {"page": "1"}))
    composer = client.get(f"/cases/{case.reference}", {"write": "reply", "canned": answer.pk}).content.decode()
    unheard = client.get(f"/cases/{case.reference}", {"write": "reply", "canned": "9" * 30}).content.decode()

    assert "王丽您好，请稍候。" in page
    assert "已查到您的订单。\n王丽您好，请稍候。</textarea>" in composer
    assert f'<input type="hidden" name="canned" value="{answer.pk}">' in composer
    assert "已查到您的订单。</textarea>" in unheard
