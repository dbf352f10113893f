"""The life of a case in the real database. The cast and its office hours stand in `cast.py`.

Shanghai is UTC+8. Monday 2 November 2026: the office is open 09:00–12:00 and 13:00–18:00, that is 01–04 and 05–10 UTC.
"""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.actions import (
    add_automatic_message,
    add_customer_message,
    add_note,
    break_due_promises,
    change_owner,
    close_case,
    notify_customer,
    open_case,
    reopen_case,
    reply,
    store_bytes,
    warn_of_due_promises,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case, Message, Ownership, Promise
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.standards.actions import StandardTimes, change_standard
from yinuo.standards.models import Standard

from .cast import SYSTEM, actor_of

pytestmark = pytest.mark.django_db


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY_NINE = utc(2, 1)
CLOCK = Actor.system("clock")


def said(text: str, at: datetime, **more) -> Said:
    return Said(text=text, at=at, **more)


def promises(case: Case) -> list[tuple[str, datetime, str]]:
    return list(Promise.objects.filter(case=case).order_by("id").values_list("kind", "due_at", "end"))


def facts(case: Case) -> list[str]:
    rows = FactRow.objects.filter(case_id=case.pk).order_by("id")
    return [row.type.removeprefix("cases.") for row in rows]


def check_heart(case: Case) -> Case:
    """The invariant: an open case has an owner and points at its soonest live promise; a closed one at none."""
    case.refresh_from_db()
    live = list(Promise.objects.filter(case=case, is_live=True).order_by("due_at", "id"))
    if case.state == "open":
        assert case.owner_id
        assert (case.next_promise_id, case.next_due_at) == (live[0].pk, live[0].due_at)
    else:
        assert live == []
        assert case.next_promise_id is None
    assert Ownership.objects.filter(case=case, until=None).get().owner_id == case.owner_id
    return case


def test_a_new_case_has_an_owner_two_promises_and_the_first_to_come_leads(house):
    case = check_heart(house.open(at=MONDAY_NINE))

    # two open hours from 09:00 are 11:00; 24 open hours are three office days: Wednesday 18:00
    assert promises(case) == [("first_response", utc(2, 3), ""), ("resolution", utc(4, 10), "")]
    assert case.next_due_at == utc(2, 3)
    assert (case.owner, case.team, case.department) == (house.chen, house.team, house.department)
    assert (case.tier, case.language, case.unanswered_since) == ("platinum", "zh-hans", MONDAY_NINE)
    assert case.standard_reason == "basic v1: line 1, no conditions"
    assert facts(case) == ["case_opened", "customer_wrote", "promise_made", "promise_made"]
    assert Promise.objects.first().warn_at == utc(2, 2, 30)  # three quarters of two hours


def test_cases_of_a_day_are_numbered_from_one_in_local_time(house):
    late_evening = utc(2, 16, 30)  # 00:30 on Tuesday in Shanghai
    numbers = [house.open(at=at).reference[:-1] for at in (MONDAY_NINE, MONDAY_NINE, late_evening)]

    assert numbers == ["YN-261102-001", "YN-261102-002", "YN-261103-001"]


def test_a_request_at_lunch_counts_from_one_oclock(house):
    case = house.open(at=utc(2, 4, 20))  # 12:20

    assert case.next_due_at == utc(2, 7)  # 15:00


def test_the_first_public_answer_by_a_person_keeps_the_first_response(house):
    case = house.open(at=MONDAY_NINE)

    reply(case=case, said=said("您好，今天下午三点前给您回电", utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))

    case = check_heart(case)
    assert promises(case) == [("first_response", utc(2, 3), "kept"), ("resolution", utc(4, 10), "")]
    assert (case.answered_at, case.unanswered_since, case.next_due_at) == (utc(2, 2), None, utc(4, 10))
    assert facts(case)[-2:] == ["promise_kept", "customer_answered"]


@pytest.mark.parametrize("how", ["note", "notice", "automatic"])
def test_notes_notices_and_machines_answer_nobody(house, how):
    case = house.open(at=MONDAY_NINE)
    text = said("…", utc(2, 2))
    if how == "note":
        add_note(case=case, said=text, by=actor_of(house.chen), at=utc(2, 2))
    elif how == "notice":
        notify_customer(case=case, said=text, conversation=case.conversations.get(), by=SYSTEM, at=utc(2, 2))
    else:
        add_automatic_message(case=case, said=text, by=SYSTEM, at=utc(2, 2))

    case = check_heart(case)
    assert promises(case)[0] == ("first_response", utc(2, 3), "")
    assert (case.answered_at, case.unanswered_since) == (None, MONDAY_NINE)


def test_a_promise_not_kept_is_broken_at_its_own_instant_and_a_new_time_is_given(house):
    case = house.open(at=MONDAY_NINE)

    assert break_due_promises(at=utc(2, 3)) == 0  # 11:00 sharp is still in time
    assert break_due_promises(at=utc(2, 3, 1)) == 1

    case = check_heart(case)
    # eight open hours from 11:01: 59 min + 5 h until 18:00, then 2 h 1 min on Tuesday
    assert promises(case) == [
        ("first_response", utc(2, 3), "broken"),
        ("resolution", utc(4, 10), ""),
        ("next_update", utc(3, 3, 1), ""),
    ]
    broken = FactRow.objects.get(type="cases.promise_broken")
    assert (broken.at, broken.actor, broken.payload["kind"]) == (utc(2, 3), "system:clock", "first_response")


def test_an_answer_after_the_time_does_not_make_the_promise_kept(house):
    case = house.open(at=MONDAY_NINE)

    reply(
        case=case, said=said("抱歉久等", utc(2, 5)), by=actor_of(house.chen), at=utc(2, 5)
    )  # 13:00, the sweep was not here yet

    assert promises(check_heart(case)) == [("first_response", utc(2, 3), "broken"), ("resolution", utc(4, 10), "")]


def test_every_broken_update_is_followed_by_another_until_somebody_answers(house):
    case = house.open(at=MONDAY_NINE)
    for at in (utc(2, 3, 1), utc(3, 4), utc(4, 10, 30)):
        break_due_promises(at=at)
        check_heart(case)

    assert [end for _, _, end in promises(case)].count("broken") == 4
    reply(case=case, said=said("终于", utc(5, 1)), by=actor_of(house.chen), at=utc(5, 1))

    assert promises(check_heart(case))[-1][0] == "next_update"  # the resolution is late too: still a time is owed


def test_a_further_question_starts_one_clock_and_later_ones_do_not_restart_it(house):
    case = house.open(at=MONDAY_NINE)
    reply(case=case, said=said("好", utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))
    for at in (utc(2, 5), utc(2, 7)):  # 13:00 and 15:00
        add_customer_message(case=case, said=said("什么时候到？", at), channel="mail", by=SYSTEM, at=at)

    case = check_heart(case)
    assert promises(case)[2:] == [("next_answer", utc(2, 9), "")]  # 17:00, four hours after the first question
    assert case.unanswered_since == utc(2, 5)


def test_closing_keeps_the_resolution_and_withdraws_what_is_left(house):
    case = house.open(at=MONDAY_NINE)

    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))

    case = check_heart(case)
    assert promises(case) == [("first_response", utc(2, 3), "withdrawn"), ("resolution", utc(4, 10), "kept")]
    assert (case.state, case.closed_at, case.settles_at) == ("solved", utc(2, 2), utc(16, 2))


def test_a_closed_case_cannot_be_closed_or_answered(house):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))

    with pytest.raises(rules.CaseIsClosed):
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))
    with pytest.raises(rules.CaseIsClosed):
        reply(case=case, said=said("?", utc(2, 3)), by=actor_of(house.chen), at=utc(2, 3))


def test_a_customer_who_writes_again_reopens_the_case_with_its_owner_and_a_time(house):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))

    add_customer_message(case=case, said=said("又漏了", utc(3, 1)), channel="mail", by=SYSTEM, at=utc(3, 1))

    case = check_heart(case)
    assert (case.state, case.owner) == ("open", house.chen)
    assert promises(case)[-1] == ("next_answer", utc(3, 6), "")  # four open hours from 09:00, lunch apart: 14:00
    assert case.reopenings.get().reason == "the customer wrote again"


def test_a_question_left_open_at_closing_does_not_slow_the_answer_after_reopening(house):
    case = house.open(at=MONDAY_NINE)
    reply(case=case, said=said("好", utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))
    add_customer_message(case=case, said=said("?", utc(2, 3)), channel="mail", by=SYSTEM, at=utc(2, 3))
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 5))

    add_customer_message(case=case, said=said("还是漏", utc(3, 1)), channel="mail", by=SYSTEM, at=utc(3, 1))

    assert promises(check_heart(case))[-1] == ("next_answer", utc(3, 6), "")
    assert case.unanswered_since == utc(3, 1)


def test_a_reopened_case_of_somebody_who_left_goes_to_the_leader(house):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))
    house.chen.left_at = utc(2, 5)
    house.chen.save()

    reopen_case(case=case, reason="customer rang", by=actor_of(house.zhou), at=utc(3, 1))

    assert check_heart(case).owner == house.zhou


def test_a_new_owner_keeps_every_promised_time(house):
    case = house.open(at=MONDAY_NINE)
    before = promises(case)

    change_owner(case=case, to=house.zhou, reason="knows the customer", by=actor_of(house.zhou), at=utc(2, 2))

    case = check_heart(case)
    assert (case.owner, promises(case)) == (house.zhou, before)
    assert list(Ownership.objects.filter(case=case).order_by("id").values_list("owner__name", "until")) == [
        ("陈晨", utc(2, 2)),
        ("周敏", None),
    ]


def test_an_agent_may_not_name_the_owner(house):
    case = house.open(at=MONDAY_NINE)

    with pytest.raises(NotAllowed):
        change_owner(case=case, to=house.zhou, reason="", by=actor_of(house.chen), at=utc(2, 2))


def test_a_quality_manager_reads_and_notes_but_does_not_answer(house):
    case = house.open(at=MONDAY_NINE)
    add_note(case=case, said=said("抽检", utc(2, 2)), by=actor_of(house.zhao), at=utc(2, 2))

    with pytest.raises(NotAllowed):
        reply(case=case, said=said("…", utc(2, 2)), by=actor_of(house.zhao), at=utc(2, 2))


def test_a_case_outside_somebodys_scope_does_not_exist_for_them(house):
    house.chen.account.grants.update(department_id=house.other_department.pk)
    theirs = house.open(at=MONDAY_NINE, owner=house.zhou)
    own = house.open(at=MONDAY_NINE)
    chen = actor_of(house.chen)

    assert list(Case.objects.visible_to(chen)) == [own]
    with pytest.raises(NotFound):
        reply(case=theirs, said=said("…", utc(2, 2)), by=chen, at=utc(2, 2))


def test_a_customer_sees_only_their_own_cases(house):
    mine, _theirs = house.open(at=MONDAY_NINE), house.open(at=MONDAY_NINE, customer=house.li)

    assert list(Case.objects.visible_to(Actor.customer(house.wang.pk))) == [mine]


def test_an_answer_after_unread_messages_asks_first(house):
    case = house.open(at=MONDAY_NINE)
    seen = Message.objects.get(case=case)
    add_customer_message(case=case, said=said("补充一下", utc(2, 2)), channel="mail", by=SYSTEM, at=utc(2, 2))

    with pytest.raises(rules.NewMessagesArrived, match="1 "):
        reply(case=case, said=said("好", utc(2, 2)), last_seen_id=seen.pk, by=actor_of(house.chen), at=utc(2, 2))


def test_an_answer_may_leave_it_to_the_customer_to_write_next(house):
    case = house.open(at=MONDAY_NINE)
    chen = actor_of(house.chen)
    before = Case.objects.get(pk=case.pk).next_due_at

    reply(case=case, said=said("请告诉我们序列号", utc(2, 2)), wait=True, by=chen, at=utc(2, 2))
    reply(case=case, said=said("就在机身背面", utc(2, 3)), wait=True, by=chen, at=utc(2, 3))

    waiting = Case.objects.get(pk=case.pk)
    assert waiting.waiting_since == utc(2, 2)
    assert before == utc(2, 3)
    # while it waits the resolution pauses; a next update, eight open hours, keeps the case in touch
    assert promises(case) == [
        ("first_response", utc(2, 3), "kept"),
        ("resolution", utc(4, 10), ""),
        ("next_update", utc(3, 2), "kept"),
        ("next_update", utc(3, 3), ""),
    ]
    assert facts(case).count("waiting_for_customer_began") == 1


@pytest.mark.parametrize("how", ["the customer writes", "an answer that does not wait", "the case closes"])
def test_waiting_for_the_customer_ends_when(house, how):
    case = house.open(at=MONDAY_NINE)
    chen = actor_of(house.chen)
    reply(case=case, said=said("请告诉我们序列号", utc(2, 2)), wait=True, by=chen, at=utc(2, 2))

    if how == "the customer writes":
        add_customer_message(case=case, said=said("SN123", utc(2, 3)), channel="mail", by=SYSTEM, at=utc(2, 3))
    elif how == "the case closes":
        close_case(case=case, outcome="solved", by=chen, at=utc(2, 3))
    else:
        reply(case=case, said=said("已查到", utc(2, 3)), by=chen, at=utc(2, 3))

    assert Case.objects.get(pk=case.pk).waiting_since is None
    assert FactRow.objects.get(type="cases.waiting_for_customer_ended").payload == {
        "since": "2026-11-02T02:00:00+00:00"
    }


def test_a_closed_case_can_never_wait_for_the_customer(house):
    case = house.open(at=MONDAY_NINE)
    close_case(case=case, outcome="solved", by=SYSTEM, at=utc(2, 2))

    with pytest.raises(IntegrityError, match="only_an_open_case_waits"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(waiting_since=utc(2, 2))


def test_who_wrote_on_the_tracking_page_is_still_answered_by_mail(house):
    case = house.open(at=MONDAY_NINE)
    add_customer_message(case=case, said=said("在网页上补充", utc(2, 2)), channel="portal", by=SYSTEM, at=utc(2, 2))

    message = reply(case=case, said=said("好", utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))

    assert message.conversation.channel == "mail"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_message_is_refused_unless_it_carries_a_file(house, text):
    case = house.open(at=MONDAY_NINE)
    with pytest.raises(rules.EmptyMessage):
        reply(case=case, said=said(text, utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))

    photo = store_bytes(b"\x89PNG", name="照片.png", content_type="image/png")
    message = reply(case=case, said=said(text, utc(2, 2), attachments=[photo]), by=actor_of(house.chen), at=utc(2, 2))
    assert message.attachments.get().name == "照片.png"


def test_the_same_delivery_is_never_stored_twice(house):
    case = house.open(at=MONDAY_NINE)
    add_customer_message(case=case, said=said("a", utc(2, 2), source_key="m1"), channel="mail", by=SYSTEM, at=utc(2, 2))

    with pytest.raises(IntegrityError, match="a_delivery_is_one_message"), transaction.atomic():
        add_customer_message(
            case=case, said=said("a", utc(2, 2), source_key="m1"), channel="mail", by=SYSTEM, at=utc(2, 2)
        )


def test_an_open_case_keeps_the_standard_it_began_with(house):
    case = house.open(at=MONDAY_NINE)
    change_standard(
        standard=Standard.objects.get(),
        times=StandardTimes(10, 10, 10, 10),
        calendar=house.calendar,
        by=SYSTEM,
        at=utc(2, 2),
    )
    reply(case=case, said=said("好", utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))
    add_customer_message(case=case, said=said("?", utc(2, 5)), channel="mail", by=SYSTEM, at=utc(2, 5))

    assert promises(case)[-1] == ("next_answer", utc(2, 9), "")
    assert promises(house.open(at=utc(2, 2)))[0] == ("first_response", utc(2, 2, 10), "")


def test_the_owner_is_warned_once_when_three_quarters_have_passed(house):
    case = house.open(at=MONDAY_NINE)

    assert [warn_of_due_promises(at=at) for at in (utc(2, 2, 29), utc(2, 2, 30), utc(2, 2, 31))] == [0, 1, 0]
    warning = FactRow.objects.get(type="cases.promise_soon_due")
    assert (warning.case_id, warning.staff_id) == (case.pk, house.chen.pk)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases_case SET owner_id = NULL",
        "UPDATE cases_case SET next_promise_id = NULL, has_live_promise = NULL",
        "UPDATE cases_case SET next_due_at = next_due_at + interval '1 hour'",
        "UPDATE cases_promise SET is_live = false, \"end\" = 'kept', ended_at = now()",
        "UPDATE cases_promise SET due_at = due_at + interval '1 day'",
        "UPDATE cases_case SET has_live_promise = false",
    ],
)
def test_the_database_itself_refuses_an_open_case_without_owner_or_live_promise(house, change):
    house.open(at=MONDAY_NINE)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_case_cannot_point_at_the_promise_of_another(house):
    one, other = house.open(at=MONDAY_NINE), house.open(at=MONDAY_NINE)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET next_promise_id = %s WHERE id = %s", [other.next_promise_id, one.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_opening_refuses_an_owner_who_left_and_a_text_without_words(house):
    first = FirstMessage(text=" ", subject="", said_at=MONDAY_NINE)
    with pytest.raises(rules.EmptyMessage):
        open_case(
            customer=house.wang,
            first=first,
            channel="mail",
            team=house.team,
            owner=house.chen,
            owner_reason="",
            by=SYSTEM,
            at=MONDAY_NINE,
        )
    house.chen.left_at = MONDAY_NINE
    with pytest.raises(rules.OwnerNotInTeam):
        house.open(at=MONDAY_NINE)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_sweep_the_same_promises_and_each_breaks_once(house):
    for _ in range(30):
        house.open(at=MONDAY_NINE)
    later = utc(2, 4)

    def sweep() -> None:
        try:
            break_due_promises(at=later)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    break_due_promises(at=later)

    assert FactRow.objects.filter(type="cases.promise_broken").count() == 30
    assert Promise.objects.filter(kind="next_update", is_live=True).count() == 30


@pytest.mark.django_db(transaction=True)
def test_answers_and_questions_at_the_same_moment_lose_nothing(house):
    case = house.open(at=MONDAY_NINE)
    chen = actor_of(house.chen)
    problems = []

    def talk(number: int) -> None:
        at = MONDAY_NINE + timedelta(minutes=number)
        try:
            if number % 2:
                reply(case=case, said=said(f"答 {number}", at), by=chen, at=at)
            else:
                add_customer_message(case=case, said=said(f"问 {number}", at), channel="mail", by=SYSTEM, at=at)
        except Exception as problem:  # noqa: BLE001 - shown by the assertion below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=talk, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert check_heart(case).message_count == Message.objects.filter(case=case).count() == 17
