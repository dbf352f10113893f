"""Who is told of what happens to a case, exactly once, and who may still read it."""

from datetime import timedelta

import pytest
from django.db import connection

from yinuo.access.actions import grant_role, revoke_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.actions import (
    add_automatic_message,
    add_customer_message,
    add_note,
    break_due_promises,
    change_owner,
    close_case,
    notify_customer,
    reopen_case,
    reply,
    warn_of_due_promises,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.cases.reactions import tell_staff
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.foundation.facts import COLUMNS, RecordedFact, recorded
from yinuo.foundation.followers import known_followers
from yinuo.notifications.actions import mark_read
from yinuo.notifications.models import Notification
from yinuo.notifications.queries import centre, shown, unread_count

_TYPES = next(one.types for one in known_followers() if one.name == "cases.tell_staff")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def log() -> list[RecordedFact]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact ORDER BY tx, id")
        return [recorded(row) for row in cursor.fetchall()]


class Follower:
    """Hands on what was announced since the last time, as the worker does."""

    def __init__(self) -> None:
        self.last_id = 0

    def follow(self) -> None:
        facts = [fact for fact in log() if fact.id > self.last_id]
        self.last_id = facts[-1].id if facts else self.last_id
        tell_staff([fact for fact in facts if fact.type in _TYPES])


@pytest.fixture
def follower(db) -> Follower:
    return Follower()


def told(staff) -> list[tuple[str, int]]:
    """Return what somebody was told: kind and count, in the order of the alphabet."""
    return sorted(Notification.objects.filter(staff=staff).values_list("kind", "count"))


def wang(house) -> Actor:
    return Actor.customer(house.wang.pk)


@pytest.fixture
def case(house, follower, monday_nine) -> Case:
    """A case of Chen's about which everything was told already."""
    case = house.open(at=monday_nine)
    follower.follow()
    Notification.objects.all().delete()
    return case


def test_a_case_given_by_the_system_is_news_once_with_its_first_message(house, follower, monday_nine):
    house.open(at=monday_nine)

    follower.follow()

    assert told(house.chen) == [("cases.owned", 1)]


def test_who_opens_a_case_for_a_caller_is_told_nothing(house, follower, monday_nine):
    house.open(at=monday_nine, by=actor_of(house.chen))

    follower.follow()

    assert told(house.chen) == []


def test_messages_of_the_customer_become_one_notification_that_counts_them(house, case, follower, monday_nine):
    for minutes in (1, 2, 3):
        at = monday_nine + minutes * MINUTE
        add_customer_message(case=case, said=Said("还漏", at), channel="mail", by=wang(house), at=at)
        follower.follow()

    (row,) = shown(centre(actor_of(house.chen)), actor=actor_of(house.chen))
    assert (row.sentence, row.detail) == (f"3 new messages in {case.reference}", "洗衣机漏水")
    assert row.at == monday_nine + 3 * MINUTE


def test_a_message_after_reading_is_news_again(house, case, follower, monday_nine):
    chen = actor_of(house.chen)
    for minutes in (1, 2):
        at = monday_nine + minutes * MINUTE
        add_customer_message(case=case, said=Said("还漏", at), channel="mail", by=wang(house), at=at)
        follower.follow()
        mark_read(notification_id=Notification.objects.unread().get().pk, by=chen, at=at)

    assert told(house.chen) == [("cases.customer_wrote", 1), ("cases.customer_wrote", 1)]


def test_nothing_is_told_twice_when_a_worker_reads_the_log_again(house, case, follower, monday_nine):
    at = monday_nine + HOUR
    before = follower.last_id
    add_customer_message(case=case, said=Said("还漏", at), channel="mail", by=wang(house), at=at)
    follower.follow()
    follower.last_id = before

    follower.follow()

    assert told(house.chen) == [("cases.customer_wrote", 1)]


def test_a_new_owner_is_told_and_whoever_named_them_is_not(house, case, follower, monday_nine):
    change_owner(case=case, to=house.zhou, reason="假期", by=actor_of(house.admin), at=monday_nine + MINUTE)
    change_owner(case=case, to=house.chen, reason="回来", by=actor_of(house.zhou), at=monday_nine + 2 * MINUTE)

    follower.follow()

    assert (told(house.zhou), told(house.chen), told(house.admin)) == ([("cases.owned", 1)], [("cases.owned", 1)], [])


def test_a_promise_is_told_of_before_and_when_it_breaks_and_the_leader_hears_of_the_break(
    house, case, follower, monday_nine
):
    # First response within 2 h: warned after 1 h 30 min, broken after 2 h.
    warn_of_due_promises(at=monday_nine + timedelta(minutes=90))
    break_due_promises(at=monday_nine + 2 * HOUR + MINUTE)

    follower.follow()

    assert told(house.chen) == [("cases.promise_broken", 1), ("cases.promise_soon_due", 1)]
    assert told(house.zhou) == [("cases.team_promise_broken", 1)]
    soon = Notification.objects.get(kind="cases.promise_soon_due")
    assert soon.moment == monday_nine + 2 * HOUR


def test_a_leader_who_owns_the_case_hears_of_the_break_as_its_owner_only(house, follower, monday_nine):
    house.open(at=monday_nine, owner=house.zhou, by=actor_of(house.zhou))
    break_due_promises(at=monday_nine + 2 * HOUR + MINUTE)

    follower.follow()

    assert told(house.zhou) == [("cases.promise_broken", 1)]


def test_colleagues_answers_and_notes_are_told_to_the_owner_with_their_name(house, case, follower, monday_nine):
    zhou = actor_of(house.zhou)
    reply(case=case, said=Said("您好", monday_nine), by=zhou, at=monday_nine + MINUTE)
    add_note(case=case, said=Said("已联系", monday_nine), by=zhou, at=monday_nine + 2 * MINUTE)
    add_note(case=case, said=Said("好的", monday_nine), by=actor_of(house.chen), at=monday_nine + 3 * MINUTE)

    follower.follow()

    (row,) = shown(centre(actor_of(house.chen)), actor=actor_of(house.chen))
    assert (row.sentence, row.who) == (f"2 times a colleague wrote in {case.reference}", "周敏")


def test_a_customer_who_writes_to_a_closed_case_is_one_piece_of_news(house, case, follower, monday_nine):
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=monday_nine + MINUTE)
    at = monday_nine + HOUR
    add_customer_message(case=case, said=Said("又坏了", at), channel="mail", by=wang(house), at=at)

    follower.follow()

    assert told(house.chen) == [("cases.reopened", 1)]


def test_a_case_that_a_leader_reopens_is_told_to_its_owner(house, case, follower, monday_nine):
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=monday_nine + MINUTE)
    reopen_case(case=case, reason="客户来电", by=actor_of(house.zhou), at=monday_nine + HOUR)

    follower.follow()

    assert told(house.chen) == [("cases.reopened", 1)]


def test_bounces_and_our_own_notices_are_no_news(house, case, follower, monday_nine):
    add_automatic_message(case=case, said=Said("undeliverable", monday_nine), by=SYSTEM, at=monday_nine + MINUTE)
    notify_customer(
        case=case,
        said=Said("已收到", monday_nine),
        conversation=case.conversations.get(),
        by=SYSTEM,
        at=monday_nine + MINUTE,
    )

    follower.follow()

    assert told(house.chen) == []


def test_imported_history_is_no_news(house, case, follower, monday_nine):
    """What was said more than a day before we had it was read, or missed, long ago."""
    old = monday_nine - timedelta(days=30)
    house.open(at=monday_nine + MINUTE, subject="旧信", customer=house.li).messages.update(at=old)
    add_customer_message(case=case, said=Said("旧", old), channel="mail", by=SYSTEM, at=monday_nine + MINUTE)

    follower.follow()

    assert told(house.chen) == []


def test_who_has_left_is_told_nothing(house, case, follower, monday_nine):
    house.chen.left_at = monday_nine
    house.chen.save(update_fields=["left_at"])
    add_customer_message(
        case=case, said=Said("在吗", monday_nine), channel="mail", by=wang(house), at=monday_nine + HOUR
    )

    follower.follow()

    assert told(house.chen) == []


def test_who_may_no_longer_see_the_case_sees_nothing_of_it(house, case, follower, monday_nine):
    at = monday_nine + HOUR
    change_owner(case=case, to=house.zhou, reason="换人", by=SYSTEM, at=at)
    follower.follow()
    assert unread_count(actor_of(house.zhou)) == 1

    change_owner(case=case, to=house.chen, reason="换回", by=SYSTEM, at=at)
    revoke_role(grant=house.zhou.account.grants.get(), by=SYSTEM, at=at)
    department = house.other_department.pk
    grant_role(account=house.zhou.account, role=Role.AGENT, department_id=department, by=SYSTEM, at=at)

    zhou = actor_of(type(house.zhou).objects.get(pk=house.zhou.pk))
    assert (unread_count(zhou), list(centre(zhou))) == (0, [])
    assert shown(Notification.objects.filter(staff=house.zhou), actor=zhou) == []


def test_no_row_holds_a_word_of_anybody(house, case, follower, monday_nine):
    at = monday_nine + HOUR
    add_customer_message(case=case, said=Said("秘密", at, author_name="王丽"), channel="mail", by=wang(house), at=at)

    follower.follow()

    with connection.cursor() as cursor:
        cursor.execute("SELECT n::text || t::text FROM notifications_notification n, notifications_told t")
        stored = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT payload::text FROM foundation_fact WHERE type LIKE 'notifications.%'")
        stored += "".join(row[0] for row in cursor.fetchall())
    assert not [word for word in ("秘密", "王丽", "洗衣机", case.reference) if word in stored]


def test_telling_of_one_fact_and_of_thirty_takes_as_many_queries(
    house, follower, monday_nine, django_assert_num_queries
):
    cases = [house.open(at=monday_nine) for _number in range(30)]
    follower.last_id = log()[-1].id

    def write(to) -> list[RecordedFact]:
        for case in to:
            at = monday_nine + HOUR
            add_customer_message(case=case, said=Said("在吗", at), channel="mail", by=wang(house), at=at)
        facts = [fact for fact in log() if fact.id > follower.last_id and fact.type == "cases.customer_wrote"]
        follower.last_id = facts[-1].id
        return facts

    one, thirty = write(cases[:1]), write(cases)

    for facts in (one, thirty):
        with django_assert_num_queries(15):
            tell_staff(facts)
    assert len(shown(centre(actor_of(house.chen)), actor=actor_of(house.chen))) == 30


def test_who_is_mentioned_is_told_so_and_an_owner_not_twice(house, case, follower, monday_nine):
    note = Said("@周敏 @陈晨 请看", monday_nine)
    add_note(case=case, said=note, by=actor_of(house.admin), at=monday_nine + MINUTE)

    follower.follow()

    assert (told(house.zhou), told(house.chen)) == ([("cases.mentioned", 1)], [("cases.mentioned", 1)])
