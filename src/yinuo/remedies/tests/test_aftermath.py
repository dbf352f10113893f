"""What follows a broken promise: the apology, the pledge's remedy, the recovery case; each once, whatever is killed."""

from decimal import Decimal

import pytest

from yinuo.cases.actions import break_due_promises, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Message, MessageKind, Promise
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.foundation.refusals import NotAllowed
from yinuo.remedies import rules
from yinuo.remedies.actions import follow_up, set_apology
from yinuo.remedies.models import Aftermath, Approval, Remedy, RemedyState
from yinuo.standards.actions import PledgeTerms, PledgeWords, add_pledge, publish_pledge

from .authority import MONDAY, Authority, after
from .authority import authority as authority  # noqa: PLC0414 - a fixture


def pledge(code: str = "answers", **terms) -> None:
    """Publish a pledge on first responses, with what it gives."""
    words = PledgeWords("两小时答复", "Answers in two hours", "两小时", "two hours", "补偿", "a remedy")
    version = add_pledge(
        code=code,
        words=words,
        terms=PledgeTerms(**{"promise_kinds": ("first_response",)} | terms),
        effective_on=BEGINNING.date(),
        by=SYSTEM,
        at=BEGINNING,
    )
    publish_pledge(pledge=version.pledge, by=SYSTEM, at=BEGINNING)


def broken(house: House, **more) -> Promise:
    """Open a case on Monday 09:00 and let its first response, due at 11:00, break."""
    case = house.open(at=MONDAY, **more)
    break_due_promises(at=after(2, 1))
    return Promise.objects.get(case=case, kind="first_response")


def apologies(case: Case) -> list[str]:
    return list(Message.objects.filter(case=case, kind=MessageKind.NOTICE).values_list("text", flat=True))


def test_the_customer_reads_an_apology_with_the_new_time_once_a_day(house: House, authority: Authority) -> None:
    promise = broken(house)

    for _again in range(2):  # the worker was killed after it had done it, and reads the fact again
        follow_up(promise_id=promise.pk, at=after(2, 2))

    # The next update is due eight open hours after 11:01: Tuesday 11:01.
    assert apologies(promise.case) == [
        (
            f"王丽，您好：\n\n您的工单 {promise.case.reference} 没有在承诺的时间得到答复，这是我们的失误，向您道歉。"
            "现在承诺最迟 11月3日 11:01 给您答复。"
        )
    ]
    assert Aftermath.objects.count() == 1
    break_due_promises(at=after(26, 2))
    follow_up(promise_id=Promise.objects.get(case=promise.case, end="broken", kind="next_update").pk, at=after(26, 3))
    assert len(apologies(promise.case)) == 2


def test_two_promises_broken_on_one_day_are_one_apology(house: House, authority: Authority) -> None:
    promise = broken(house)
    other = Promise.objects.create(
        **{
            name: getattr(promise, name)
            for name in ("case", "made_at", "starts_at", "due_at", "warn_at", "standard_version", "calendar_version_id")
        },
        kind="call_back",
        reason="x",
        is_live=False,
        ended_at=promise.due_at,
        end="broken",
    )

    follow_up(promise_id=promise.pk, at=after(2, 2))
    follow_up(promise_id=other.pk, at=after(2, 3))

    assert len(apologies(promise.case)) == 1
    assert Aftermath.objects.filter(apologised_on=None).count() == 1


def test_nobody_apologises_after_the_answer(house: House, authority: Authority) -> None:
    promise = broken(house)
    reply(case=promise.case, said=Said("您好", after(2, 2)), by=actor_of(house.chen), at=after(2, 2))

    follow_up(promise_id=promise.pk, at=after(2, 3))

    assert apologies(promise.case) == []


def test_a_remedy_within_the_owner_s_authority_is_proposed_to_them(house: House, authority: Authority) -> None:
    pledge(remedy_kind="refund", remedy_amount=Decimal(20))
    promise = broken(house)

    for _again in range(2):
        follow_up(promise_id=promise.pk, at=after(2, 2))

    remedy = Remedy.objects.get()
    assert (remedy.state, remedy.amount, remedy.reason, remedy.asked_by) == (
        RemedyState.PROPOSED,
        Decimal(20),
        "broken_promise",
        None,
    )
    assert Approval.objects.count() == 0


def test_above_the_owner_s_authority_an_approver_is_asked(house: House, authority: Authority) -> None:
    pledge(remedy_kind="refund", remedy_amount=Decimal(300))
    promise = broken(house)

    follow_up(promise_id=promise.pk, at=after(2, 2))

    assert Remedy.objects.get().state == RemedyState.ASKED
    assert Approval.objects.get().approver == house.zhou


def test_what_nobody_may_give_is_still_owed_and_stays_a_proposal(house: House, authority: Authority) -> None:
    pledge(remedy_kind="replacement")

    follow_up(promise_id=broken(house).pk, at=after(2, 2))

    assert Remedy.objects.get().state == RemedyState.PROPOSED


def test_a_pledge_with_other_terms_gives_nothing(house: House, authority: Authority) -> None:
    pledge(remedy_kind="apology", tier="gold")  # Wang is platinum
    pledge("next", remedy_kind="apology", promise_kinds=("next_answer",))

    follow_up(promise_id=broken(house).pk, at=after(2, 2))

    assert Remedy.objects.count() == 0


def test_a_recovery_case_goes_to_the_leader_and_not_to_who_broke_it(house: House, authority: Authority) -> None:
    pledge(opens_recovery_case=True)
    promise = broken(house)

    for _again in range(2):
        follow_up(promise_id=promise.pk, at=after(2, 2))

    recovery = Aftermath.objects.get().recovery_case
    assert (recovery.owner, recovery.category, recovery.follows) == (house.zhou, "recovery", promise.case)
    # What breaks there opens no further one.
    break_due_promises(at=after(30))
    late = Promise.objects.get(case=recovery, kind="first_response")
    follow_up(promise_id=late.pk, at=after(30))
    assert Case.objects.filter(category="recovery").count() == 1


def test_without_another_leader_there_is_no_recovery_case(house: House, authority: Authority) -> None:
    pledge(opens_recovery_case=True)

    follow_up(promise_id=broken(house, owner=house.zhou).pk, at=after(2, 2))

    assert Case.objects.filter(category="recovery").count() == 0


def test_the_words_of_the_apology_are_the_house_s(house: House, authority: Authority) -> None:
    with pytest.raises(rules.ApologyDoesNotFit):
        set_apology(text_zh="抱歉", text_en="Sorry, {due}", is_sent=True, by=SYSTEM, at=MONDAY)
    with pytest.raises(rules.ApologyDoesNotFit):
        set_apology(text_zh="{due} {owner}", text_en="{due}", is_sent=True, by=SYSTEM, at=MONDAY)
    with pytest.raises(NotAllowed):
        set_apology(text_zh="{due}", text_en="{due}", is_sent=True, by=actor_of(house.zhou), at=MONDAY)
    set_apology(text_zh="{due}", text_en="By {due}, {name}.", is_sent=True, by=SYSTEM, at=MONDAY)

    promise = broken(house, language="en")
    follow_up(promise_id=promise.pk, at=after(2, 2))

    assert apologies(promise.case) == ["By 11:01 on 3 November, 王丽."]
    set_apology(text_zh="{due}", text_en="{due}", is_sent=False, by=SYSTEM, at=MONDAY)
    silent = broken(house)
    follow_up(promise_id=silent.pk, at=after(2, 2))
    assert apologies(silent.case) == []
