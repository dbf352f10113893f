"""Thanks: what counts as such in both languages, and what it does to a case. The doubtful is always answered."""

from datetime import timedelta

import pytest

from yinuo.cases import rules
from yinuo.cases.actions import (
    add_customer_message,
    close_case,
    overrule_thanks,
    reply,
    store_bytes,
    take_customer_message,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Promise, Thanks
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.test_actions import MONDAY_NINE, utc
from yinuo.foundation.models import FactRow

THANKS = [
    "谢谢",
    "好的收到",
    "好的，收到！",
    "谢谢您",
    "非常感谢",
    "好的谢谢",
    "嗯嗯，知道了",
    "收到，辛苦了",
    "感谢您的耐心解答",
    "OK，谢谢",
    "👍",
    "🙏🙏",
    "太感谢了！",
    "明白了，谢谢客服",
    "谢谢，再见",
    "Thanks",
    "Thank you!",
    "thank you so much",
    "OK",
    "Got it, thanks",
    "Great, thank you",
    "Perfect!",
    "Thank you very much for your quick help",
    "Much appreciated",
    "Noted, thanks again",
    "Thanks for your help\nEmma",
]
SAYS_SOLVED = [
    "已经好了谢谢",
    "问题解决了，谢谢你们",
    "已经解决了",
    "修好了，非常感谢师傅",
    "现在正常了",
    "可以用了，谢谢",
    "没问题了谢谢",
    "都好了，感谢",
    "works now thanks",
    "Thanks, it works now.",
    "It's fixed now, many thanks",
    "Problem solved, thanks a lot",
    "All good now, cheers",
    "Everything works perfectly now. Thank you!",
    "That helped, thank you all",
]
# Looks like thanks, and is not: a question, a but, a digit, a negation, an irony, or one word that is not known.
TO_BE_ANSWERED = [
    "谢谢，但是还是漏水",
    "谢谢，什么时候能修好？",
    "好的，那什么时候来",
    "好了吗",
    "谢谢，还没好",
    "没有解决",
    "不好",
    "不可以",
    "谢谢你们的不作为",
    "好的，明天上午可以",
    "收到货了，少了一个配件",
    "已经好了，但是发票还没收到",
    "谢谢 13800000000",
    "好吧",
    "行吧",
    "可以吗",
    "麻烦您了",
    "好的，麻烦尽快",
    "请解决",
    "正常吗",
    "修好了又坏了",
    "好的谢谢，顺便问一下保修",
    "谢谢，地址是人民路",
    "呵呵谢谢",
    "你好",
    "谢谢👎",
    "谢谢?",
    "thanks but it still leaks",
    "Thanks, but no",
    "Thanks. When will it arrive?",
    "is it fixed",
    "it is not fixed",
    "it works sometimes",
    "not good",
    "no thanks",
    "Thanks for nothing",
    "Thanks, please send the invoice",
    "Great, another week lost",
    "ok but when",
    "Thanks, order 4711",
    "works now but the door squeaks",
    "still not working",
    "Hello",
    "Dear team",
    "Thank you in advance",
    "Thanks, could you call me",
    "good question",
    "it was fixed for a day",
    "never mind",
    "Fine, I will complain then",
    "can you fix it",
    "好的你们等着",
    " ",
]


@pytest.mark.parametrize("text", THANKS)
def test_thanks_and_receipts_want_no_answer(text):
    assert rules.only_thanks(text, author_name="Emma Chen") == rules.OnlyThanks(says_solved=False)


@pytest.mark.parametrize("text", SAYS_SOLVED)
def test_some_say_that_it_is_solved(text):
    assert rules.only_thanks(text) == rules.OnlyThanks(says_solved=True)


@pytest.mark.parametrize("text", TO_BE_ANSWERED)
def test_whatever_might_want_an_answer_gets_one(text):
    assert rules.only_thanks(text) is None


def test_after_a_question_of_ours_good_is_a_yes_and_only_solved_is_solved():
    assert rules.only_thanks("好的谢谢", was_asked=True) is None
    assert rules.only_thanks("已经好了谢谢", was_asked=True) == rules.OnlyThanks(says_solved=True)


def test_there_are_more_than_sixty_examples():
    assert len(THANKS) + len(SAYS_SOLVED) + len(TO_BE_ANSWERED) > 60


def said(text, at):
    return Said(text, at, author_name="王丽")


def write(case, text, at):
    return add_customer_message(case=case, said=said(text, at), channel="mail", by=SYSTEM, at=at)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_thanks_leave_a_solved_case_solved_and_stand_as_the_customers_word(house: House):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))

    message = write(case, "已经好了谢谢", utc(2, 5))

    case = fresh(case)
    assert (case.state, case.unanswered_since, case.message_count) == ("solved", None, 2)
    assert case.closures.get().confirmed_at == utc(2, 5)
    assert Thanks.objects.get(message=message).says_solved
    assert not Promise.objects.filter(case=case, is_live=True).exists()
    taken = FactRow.objects.get(type="cases.thanks_taken")
    assert taken.payload == {"message_id": message.pk, "says_solved": True}


def test_thanks_on_an_open_case_start_no_clock_unless_we_asked_something(house: House):
    chen = actor_of(house.chen)
    case = house.open(at=MONDAY_NINE)
    reply(case=case, said=said("配件已寄出。", utc(2, 2)), by=chen, at=utc(2, 2))

    write(case, "好的谢谢", utc(2, 3))
    assert fresh(case).unanswered_since is None
    assert [one.kind for one in Promise.objects.filter(case=case, is_live=True)] == ["resolution"]

    reply(case=case, said=said("周二上午来可以吗？", utc(2, 4)), by=chen, at=utc(2, 4))
    write(case, "好的谢谢", utc(2, 5))
    assert fresh(case).unanswered_since == utc(2, 5)
    assert set(Promise.objects.filter(case=case, is_live=True).values_list("kind", flat=True)) == {
        "resolution",
        "next_answer",
    }


def test_thanks_with_a_photo_are_a_message_like_any_other(house: House):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))
    photo = store_bytes(b"x", name="a.jpg", content_type="image/jpeg")
    with_photo = Said("谢谢", utc(2, 5), attachments=[photo])

    add_customer_message(case=case, said=with_photo, channel="mail", by=SYSTEM, at=utc(2, 5))

    assert fresh(case).state == "open"


def test_who_says_that_thanks_need_an_answer_starts_the_clock_at_the_message(house: House):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))
    message = write(case, "谢谢", utc(2, 5))

    overrule_thanks(case=case, message_id=message.pk, by=actor_of(house.chen), at=utc(2, 6))
    overrule_thanks(case=case, message_id=message.pk, by=actor_of(house.chen), at=utc(2, 7))

    case = fresh(case)
    # The message came on Monday at 13:00; four open hours later it is 17:00.
    assert (case.state, case.unanswered_since, case.next_due_at) == ("open", utc(2, 5), utc(2, 9))
    assert case.reopenings.count() == 1
    assert FactRow.objects.filter(type="cases.thanks_overruled").count() == 1


def test_thanks_for_a_case_closed_for_good_are_kept_with_it_and_open_nothing(house: House):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", for_good=True, by=actor_of(house.chen), at=utc(2, 2))
    later = utc(2, 2) + timedelta(days=30)

    message = take_customer_message(case=case, said=said("谢谢", later), channel="mail", by=SYSTEM, at=later)

    assert message.case == case
    assert (fresh(case).state, Case.objects.count()) == ("closed", 1)
