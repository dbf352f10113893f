"""What people read of cases: the queue in its order, pages by key, nothing that is not theirs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yinuo.access.actors import Actor, Grant
from yinuo.access.roles import Role
from yinuo.cases.actions import add_customer_message, add_note, break_due_promises, close_case, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Mention, Message
from yinuo.cases.pages.shown import open_time
from yinuo.cases.queries import (
    QueueWish,
    attachment_for,
    case_by_reference,
    conversation,
    customership_of,
    ledger,
    message_for,
    open_cases_of_customer,
    other_cases,
    queue_page,
    tracked,
)
from yinuo.cases.queries.conversation import Event, Talk
from yinuo.cases.queries.tracking import given_name
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.refusals import NotFound

HOUR = timedelta(hours=1)
# Every hour of this Monday from 09:00 in Shanghai lies in open time, but for the break at noon.
NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def subjects(wish: QueueWish, actor: Actor, at: datetime = NINE) -> list[str]:
    return [row.case.subject for row in queue_page(wish, actor=actor, at=at).rows]


def of_department(house: House, department) -> Actor:
    grants = (Grant(Role.AGENT, department_id=department.pk),)
    return Actor.staff(house.zhao.pk, name="赵宁", grants=grants)


# The queue ---------------------------------------------------------------------------------------------------------


def test_the_case_whose_promise_falls_due_first_stands_on_top(house: House) -> None:
    house.open(at=NINE + HOUR, subject="later")
    house.open(at=NINE, subject="sooner")

    assert subjects(QueueWish(), actor_of(house.chen)) == ["sooner", "later"]


def test_my_queue_holds_my_cases_my_team_s_queue_all_of_the_team(house: House) -> None:
    house.open(at=NINE, subject="Chen's")
    house.open(at=NINE + HOUR, subject="Zhou's", owner=house.zhou)
    house.open(at=NINE, subject="elsewhere", owner=house.zhao, team=house.other_team)

    chen = actor_of(house.chen)
    assert subjects(QueueWish(view="mine"), chen) == ["Chen's"]
    assert subjects(QueueWish(view="team"), chen) == ["Chen's", "Zhou's"]
    assert sorted(subjects(QueueWish(view="all"), chen)) == ["Chen's", "Zhou's", "elsewhere"]


def test_at_risk_is_what_falls_due_within_two_hours_or_is_late(house: House) -> None:
    house.open(at=NINE, subject="due at eleven")
    house.open(at=NINE + 2 * HOUR, subject="due at two")  # 11:00 + 1 h, the break, + 1 h = 14:00

    assert subjects(QueueWish(view="risk"), actor_of(house.chen), at=NINE) == ["due at eleven"]
    assert subjects(QueueWish(view="risk"), actor_of(house.chen), at=NINE + 3 * HOUR) == ["due at eleven", "due at two"]


def test_a_broken_promise_that_nobody_made_good_comes_before_all_that_still_run(house: House) -> None:
    chen = actor_of(house.chen)
    late = house.open(at=NINE, subject="broken at eleven")
    house.open(at=NINE + 2 * HOUR, subject="due at two")
    break_due_promises(at=NINE + 2 * HOUR + timedelta(minutes=1))

    row = queue_page(QueueWish(), actor=chen, at=NINE + 3 * HOUR).rows[0]

    # Its next update is due only eight open hours later; the queue goes by what was broken.
    assert (row.case.subject, row.promise.state, row.promise.due_at) == ("broken at eleven", "broken", NINE + 2 * HOUR)
    assert subjects(QueueWish(view="risk"), chen, at=NINE + 2 * HOUR) == ["broken at eleven"]
    assert subjects(QueueWish(view="risk"), chen, at=NINE + 3 * HOUR) == ["broken at eleven", "due at two"]

    reply(case=late, said=Said("明天上门", NINE + 3 * HOUR), by=chen, at=NINE + 3 * HOUR)

    assert subjects(QueueWish(), chen, at=NINE + 3 * HOUR) == ["due at two", "broken at eleven"]


def test_vip_cases_are_those_of_gold_and_platinum_customers(house: House) -> None:
    house.open(at=NINE, subject="platinum")
    house.open(at=NINE, subject="standard", customer=house.li)

    assert subjects(QueueWish(view="vip"), actor_of(house.chen)) == ["platinum"]


def test_a_case_that_waits_for_its_customer_is_found_until_they_write(house: House) -> None:
    chen = actor_of(house.chen)
    case = house.open(at=NINE, subject="asked")
    house.open(at=NINE, subject="not answered")
    reply(case=case, said=Said("请发照片", NINE), wait=True, by=chen, at=NINE)
    assert subjects(QueueWish(view="waiting"), chen) == ["asked"]

    add_customer_message(case=case, said=Said("已发", NINE), channel="mail", by=SYSTEM, at=NINE + HOUR)

    assert subjects(QueueWish(view="waiting"), chen) == []


def test_a_case_in_whose_notes_i_am_mentioned_is_found(house: House) -> None:
    zhou, chen = actor_of(house.zhou), actor_of(house.chen)
    case = house.open(at=NINE, subject="看这里", owner=house.zhou)
    house.open(at=NINE, subject="nothing of mine", owner=house.zhou)
    note = add_note(case=case, said=Said("@陈晨 看一下", NINE), by=zhou, at=NINE)
    Mention.objects.get_or_create(message=note, staff=house.chen, defaults={"name": "陈晨"})

    assert subjects(QueueWish(view="mentions"), chen) == ["看这里"]
    assert subjects(QueueWish(view="mentions"), zhou) == []


@pytest.mark.parametrize(
    ("presence", "has_left", "found"),
    [
        ("available", False, []),
        ("busy", False, []),
        ("away", False, ["x"]),
        ("offline", False, ["x"]),
        ("busy", True, ["x"]),
    ],
)
def test_a_case_whose_owner_is_not_at_work_is_found(house: House, presence: str, has_left: bool, found: list) -> None:
    house.open(at=NINE, subject="x")
    house.chen.presence, house.chen.left_at = presence, NINE if has_left else None
    house.chen.save(update_fields=["presence", "left_at"])

    assert subjects(QueueWish(view="away"), actor_of(house.zhou)) == found


def test_the_queue_is_ordered_as_one_wishes(house: House) -> None:
    chen = actor_of(house.chen)
    answered = house.open(at=NINE, subject="answered")
    house.open(at=NINE + HOUR, subject="second")
    house.open(at=NINE + 2 * HOUR, subject="third")
    reply(case=answered, said=Said("好", NINE + 3 * HOUR), by=chen, at=NINE + 3 * HOUR)

    found = {order: subjects(QueueWish(order=order), chen) for order in ("due", "unanswered", "message", "opened")}

    assert found == {
        "due": ["second", "third", "answered"],
        "unanswered": ["second", "third", "answered"],
        "message": ["answered", "third", "second"],
        "opened": ["third", "second", "answered"],
    }
    # What a view does not offer counts as its usual order.
    assert subjects(QueueWish(order="closed"), chen) == found["due"]


@pytest.mark.parametrize("order", ["due", "unanswered", "message", "opened"])
def test_every_order_is_walked_without_a_gap_and_back_again(house: House, order: str) -> None:
    chen = actor_of(house.chen)
    for n in range(40):
        case = house.open(at=NINE + timedelta(minutes=n // 3), subject=f"{n:02}")
        if n % 2:
            reply(case=case, said=Said("好", NINE + HOUR), by=chen, at=NINE + HOUR)

    first = queue_page(QueueWish(order=order), actor=chen, at=NINE)
    second = queue_page(QueueWish(order=order, after=first.older_key), actor=chen, at=NINE)
    back = queue_page(QueueWish(order=order, before=second.newer_key), actor=chen, at=NINE)

    seen = [row.case.subject for page in (first, second) for row in page.rows]
    assert sorted(seen) == [f"{n:02}" for n in range(40)]
    assert [row.case.pk for row in back.rows] == [row.case.pk for row in first.rows]


def test_what_a_view_counts_is_what_it_holds(house: House) -> None:
    chen = actor_of(house.chen)
    house.open(at=NINE, subject="mine", channel="phone")
    house.open(at=NINE, subject="of Zhou", owner=house.zhou, customer=house.li)
    views = ["mine", "team", "risk", "vip", "all", "away"]

    for wish in (QueueWish(), QueueWish(channel="phone"), QueueWish(words="mine")):
        counts = queue_page(wish, actor=chen, at=NINE, views=views).view_counts
        assert counts == {view: len(subjects(replace(wish, view=view), chen)) for view in views}


def test_somebody_who_may_see_nothing_counts_nothing(house: House) -> None:
    house.open(at=NINE)

    assert queue_page(QueueWish(), actor=Actor.staff(house.zhao.pk), at=NINE, views=["all"]).view_counts == {"all": 0}


def test_cases_are_found_by_their_team_owner_language_and_day(house: House) -> None:
    house.open(at=NINE, subject="of Chen")
    house.open(at=NINE + 24 * HOUR, subject="of Zhou", owner=house.zhou, team=house.other_team)
    admin = actor_of(house.admin)

    def found(**filters) -> list[str]:
        return subjects(QueueWish(view="all", **filters), admin)

    assert found(team=house.other_team.pk) == ["of Zhou"]
    assert found(owner=house.chen.pk) == ["of Chen"]
    assert found(language="en") == []
    # 01:00 UTC on the 2nd and the 3rd of November is 09:00 of the same day in Shanghai.
    assert found(opened_from=date(2026, 11, 3)) == ["of Zhou"]
    assert found(opened_until=date(2026, 11, 2)) == ["of Chen"]
    assert found(opened_from=date(2026, 11, 2), opened_until=date(2026, 11, 3)) == ["of Chen", "of Zhou"]


def test_closed_cases_stand_in_their_own_view_only_and_the_newest_first(house: House) -> None:
    chen = actor_of(house.chen)
    for number in (1, 2):
        case = house.open(at=NINE + number * HOUR, subject=f"case {number}")
        close_case(case=case, outcome="solved", by=chen, at=NINE + 3 * HOUR)

    assert subjects(QueueWish(view="mine"), chen) == []
    assert subjects(QueueWish(view="closed"), chen) == ["case 2", "case 1"]


def test_filters_narrow_the_queue(house: House) -> None:
    house.open(at=NINE, subject="mail of Wang")
    house.open(at=NINE, subject="call of Wang", channel="phone", case_class="emergency")
    house.open(at=NINE, subject="mail of Li", customer=house.li)

    chen = actor_of(house.chen)
    assert subjects(QueueWish(channel="phone"), chen) == ["call of Wang"]
    assert subjects(QueueWish(case_class="emergency"), chen) == ["call of Wang"]
    assert subjects(QueueWish(tier="standard"), chen) == ["mail of Li"]


@pytest.mark.parametrize("words", ["漏水", "王丽", "王丽 漏水", "Yn-26"])
def test_words_are_found_in_subject_name_and_number(house: House, words: str) -> None:
    house.open(at=NINE, subject="洗衣机漏水")

    assert subjects(QueueWish(view="found", words=words), actor_of(house.chen)) == ["洗衣机漏水"]


@pytest.mark.parametrize("words", ["李强", "漏水 李强", "(", "%"])
def test_words_that_do_not_occur_find_nothing(house: House, words: str) -> None:
    house.open(at=NINE, subject="洗衣机漏水")

    assert subjects(QueueWish(view="found", words=words), actor_of(house.chen)) == []


def test_a_long_queue_is_walked_page_by_page_without_a_gap_and_back_again(house: House) -> None:
    opened = [house.open(at=NINE + timedelta(minutes=n // 3), subject=f"{n:02}").subject for n in range(65)]
    chen = actor_of(house.chen)

    first = queue_page(QueueWish(), actor=chen, at=NINE)
    second = queue_page(QueueWish(after=first.older_key), actor=chen, at=NINE)
    third = queue_page(QueueWish(after=second.older_key), actor=chen, at=NINE)
    back = queue_page(QueueWish(before=third.newer_key), actor=chen, at=NINE)

    assert [row.case.subject for page in (first, second, third) for row in page.rows] == opened
    assert [len(page.rows) for page in (first, second, third)] == [24, 24, 17]
    assert (first.newer_key, third.older_key, first.count) == ("", "", 65)
    assert [row.case.subject for row in back.rows] == opened[24:48]


def test_a_key_that_cannot_be_read_gives_the_first_page(house: House) -> None:
    house.open(at=NINE, subject="only")

    for key in ("rubbish", "2026-11-02_5", "_", "2026-11-02T00:00:00Z_x"):
        assert subjects(QueueWish(after=key, before=key), actor_of(house.chen)) == ["only"]


def test_the_queue_costs_the_same_for_one_case_and_for_thirty(house: House) -> None:
    chen = actor_of(house.chen)
    house.open(at=NINE)
    with CaptureQueriesContext(connection) as one:
        queue_page(QueueWish(view="team"), actor=chen, at=NINE, views=["mine", "risk", "vip"])
    for minute in range(1, 31):
        house.open(at=NINE + timedelta(minutes=minute), customer=house.li)
    with CaptureQueriesContext(connection) as thirty:
        queue_page(QueueWish(view="team"), actor=chen, at=NINE, views=["mine", "risk", "vip"])

    assert (len(one), len(thirty)) == (3, 3)


# Who may read what --------------------------------------------------------------------------------------------------


def test_another_department_s_case_is_not_there(house: House) -> None:
    case = house.open(at=NINE)
    message = Message.objects.get(case=case)
    outsider = of_department(house, house.other_department)

    assert subjects(QueueWish(view="all"), outsider) == []
    for read in (
        lambda: case_by_reference(case.reference, actor=outsider),
        lambda: message_for(message.pk, actor=outsider),
        lambda: attachment_for(1, actor=outsider),
    ):
        with pytest.raises(NotFound):
            read()


def test_a_customer_never_reads_a_note(house: House) -> None:
    case = house.open(at=NINE)
    note = add_note(case=case, said=Said("他上次也这样", NINE), by=actor_of(house.chen), at=NINE)

    with pytest.raises(NotFound):
        message_for(note.pk, actor=Actor.customer(house.wang.pk))
    entries = tracked(case, at=NINE).entries
    assert [entry.text for entry in entries if isinstance(entry, Talk)] == ["洗衣机漏水"]


def test_other_cases_beside_are_only_those_one_may_see(house: House) -> None:
    case = house.open(at=NINE, subject="this")
    house.open(at=NINE, subject="elsewhere", team=house.other_team, owner=house.zhou)
    earlier = house.open(at=NINE - HOUR, subject="earlier")

    found = other_cases(case, actor=of_department(house, house.department))

    assert [other.reference for other in found] == [earlier.reference]


def test_the_side_reads_no_personal_value(house: House) -> None:
    case = case_by_reference(house.open(at=NINE).reference, actor=SYSTEM)

    with CaptureQueriesContext(connection) as queries:
        customership_of(case, actor=actor_of(house.chen))

    read = " ".join(query["sql"].split(" FROM ")[0] for query in queries)
    assert '"customers_identity"."value"' not in read
    assert '"customers_customer"."address" IS NOT NULL' in read


def test_open_cases_of_a_customer_are_those_open_and_visible(house: House) -> None:
    first, closed = house.open(at=NINE), house.open(at=NINE)
    house.open(at=NINE, customer=house.li)
    close_case(case=closed, outcome="solved", by=actor_of(house.chen), at=NINE)

    assert list(open_cases_of_customer(house.wang, actor=actor_of(house.chen))) == [first]


# The conversation and the ledger ------------------------------------------------------------------------------------


def test_the_conversation_tells_what_was_said_and_what_happened_in_order(house: House) -> None:
    chen = actor_of(house.chen)
    case = house.open(at=NINE)
    reply(case=case, said=Said("明天上门", NINE + HOUR, author_name="陈晨"), by=chen, at=NINE + HOUR)
    close_case(case=case, outcome="repaired", summary="换了水管", by=chen, at=NINE + 2 * HOUR)

    entries = conversation(case).entries

    told = [entry.message.kind if isinstance(entry, Talk) else entry.what for entry in entries]
    assert told == [
        "case_opened",
        "customer",
        "promise_made",
        "reply",
        "promise_kept",
        "promise_kept",
        "case_closed",
    ]
    closing = entries[-1]
    assert isinstance(closing, Event)
    assert (closing.by, closing.detail) == ("陈晨", "换了水管")
    assert [entry.day is not None for entry in entries] == [True] + 6 * [False]


def test_a_broken_promise_stands_at_the_time_it_was_due(house: House) -> None:
    case = house.open(at=NINE)
    break_due_promises(at=NINE + 4 * HOUR)

    broken = [one for one in conversation(case).entries if isinstance(one, Event) and one.what == "promise_broken"]

    assert [event.at for event in broken] == [NINE + 2 * HOUR]


def test_a_long_conversation_shows_its_end_and_counts_the_rest(house: House) -> None:
    case = house.open(at=NINE)
    for minute in range(1, 46):
        add_note(case=case, said=Said(f"{minute}", NINE + timedelta(minutes=minute)), by=SYSTEM, at=NINE)

    short, whole = conversation(case), conversation(case, whole=True)

    # 41 000 bytes hold 34 messages of two letters and 1 200 bytes each.
    talks = [entry.text for entry in short.entries if isinstance(entry, Talk)]
    assert (len(talks), talks[0], talks[-1], short.hidden_count) == (34, "12", "45", 12)
    assert (len([one for one in whole.entries if isinstance(one, Talk)]), whole.hidden_count) == (46, 0)


def test_a_very_long_message_is_cut(house: House) -> None:
    case = house.open(at=NINE, text="漏" * 5000, subject="漏水")

    talk = next(entry for entry in conversation(case).entries if isinstance(entry, Talk))

    assert (len(talk.text), talk.is_cut) == (4000, True)


def test_of_long_messages_a_page_shows_fewer(house: House) -> None:
    case = house.open(at=NINE)
    for hour in range(1, 6):
        add_note(case=case, said=Said("水" * 9000, NINE + hour * HOUR), by=SYSTEM, at=NINE)

    conversing = conversation(case)

    # Each weighs 4 000 characters of 3 bytes and 1 200 besides; three of them fit into 45 000.
    assert [len(entry.text) for entry in conversing.entries if isinstance(entry, Talk)] == [4000, 4000, 4000]
    assert conversing.hidden_count == 3


def test_the_ledger_says_of_every_promise_how_it_stands_and_why_that_time(house: House) -> None:
    chen = actor_of(house.chen)
    case = house.open(at=NINE)
    reply(case=case, said=Said("明天上门", NINE + HOUR), by=chen, at=NINE + HOUR)

    rows = ledger(case, at=NINE + HOUR)

    # 24 open hours from Monday 09:00 at 8 a day end on Wednesday 18:00, which is 10:00 UTC.
    assert [(row.code, row.state, row.due_at, row.within, row.version) for row in rows] == [
        ("resolution", "live", datetime(2026, 11, 4, 10, 0, tzinfo=UTC), 24 * HOUR, 1),
        ("first_response", "kept", NINE + 2 * HOUR, 2 * HOUR, 1),
    ]


@pytest.mark.parametrize(
    ("after", "state"),
    # 2 h are promised; the owner is warned after three quarters of them, 1 h 30.
    [
        (timedelta(), "live"),
        (timedelta(minutes=89), "live"),
        (timedelta(minutes=90), "soon"),
        (2 * HOUR, "soon"),
        (timedelta(hours=2, seconds=1), "broken"),
    ],
)
def test_a_promise_turns_from_live_to_soon_to_broken(house: House, after: timedelta, state: str) -> None:
    case = house.open(at=NINE)

    assert ledger(case, at=NINE + after)[0].state == state


# What customers see --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王晓宁", "晓宁"), ("陈晨", "小陈"), ("欧阳静怡", "静怡"), ("欧阳静", "小欧阳"), ("Emma Chen", "Emma"), ("", "")],
)
def test_customers_read_the_given_name_of_a_colleague(name: str, shown: str) -> None:
    assert given_name(name) == shown


def test_a_customer_may_write_for_fourteen_days_after_the_closure(house: House) -> None:
    case = house.open(at=NINE)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=NINE)
    case.refresh_from_db()

    assert tracked(case, at=NINE + timedelta(days=14)).may_write is True
    assert tracked(case, at=NINE + timedelta(days=14, seconds=1)).may_write is False


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 min"), (120, "2 h"), (1296, "21 h 36 min"), (60, "1 h"), (61, "1 h 1 min")]
)
def test_a_standards_time_is_said_in_hours_and_minutes(minutes, words):
    assert open_time(timedelta(minutes=minutes)) == words
