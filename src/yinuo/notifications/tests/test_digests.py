"""The daily digest: on working days at the chosen hour, once, only when there is something to say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from yinuo.cases.actions import break_due_promises
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.intake.mail.models import Letter
from yinuo.intake.mail.reactions import queue_digests
from yinuo.notifications.actions import Wish, choose_ways, choose_wish, make_due_digests
from yinuo.notifications.models import Digest, Notification
from yinuo.notifications.rules import Ways, digest_day
from yinuo.notifications.tests.telling import tell
from yinuo.organisation.actions import leave

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Monday 2 November 2026, 08:00 in Shanghai.
MONDAY_EIGHT = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def chen(house: House):
    """Chen reads English and wants a digest at eight."""
    house.chen.account.language = "en"
    house.chen.account.save(update_fields=["language"])
    choose_wish(wish=Wish(zone="Asia/Shanghai", digest_hour=8), by=actor_of(house.chen), at=MONDAY_EIGHT - 30 * DAY)
    return house.chen


def letters() -> list[Letter]:
    """Let the mail floor write what is ready, and return all digests as mails."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact WHERE type = 'notifications.digest_ready' ORDER BY id")
        queue_digests([recorded(row) for row in cursor.fetchall()])
    return list(Letter.objects.order_by("id"))


@pytest.mark.parametrize(
    ("clock", "day"),
    [
        ("2026-11-01T23:59", None),  # 07:59 in Shanghai
        ("2026-11-02T00:00", date(2026, 11, 2)),
        ("2026-11-02T03:59", date(2026, 11, 2)),  # a worker that was away writes it late
        ("2026-11-02T04:00", None),  # but not at noon
    ],
)
def test_a_digest_is_due_from_its_hour_on_for_four_hours(clock, day):
    assert digest_day(hour=8, zone="Asia/Shanghai", at=datetime.fromisoformat(f"{clock}+00:00")) == day


def test_it_says_what_is_due_broken_waited_for_and_unread_with_numbers_only(house, chen):
    # Opened on Friday 16:00: the first response was due at 18:00 and is broken, the customer waits.
    friday = MONDAY_EIGHT - 3 * DAY + 8 * HOUR
    late = house.open(at=friday, text="洗衣机漏水", customer=house.wang)
    break_due_promises(at=friday + 3 * HOUR)
    # Opened on Friday 17:59: due on Monday at 10:59.
    soon = house.open(at=friday + HOUR + timedelta(minutes=59), customer=house.li)
    tell(chen, late, at=MONDAY_EIGHT - HOUR)
    Digest.objects.create(staff=chen, day=date(2026, 10, 30), made_at=friday - 8 * HOUR)

    assert make_due_digests(at=MONDAY_EIGHT) == 1

    (letter,) = letters()
    text = letter.text
    assert (letter.address, letter.subject) == ("chen@henuan.example", "Your day in Yinuo, November 2")
    assert text.startswith(f"Promises due today (2)\n· {soon.reference}: First response by 10:59\n  http")
    assert f"· {late.reference}: Next update by 18:00" in text
    assert f"Broken promises (1)\n· {late.reference}: First response was due October 30 18:00" in text
    assert f"Customers who wait for your answer (2)\n· {late.reference}: waits since October 30 16:00" in text
    assert f"Not read yet (1)\n· The customer wrote in {late.reference}" in text
    assert text.endswith("/settings/notifications")
    assert not [word for word in ("洗衣机", "王丽", "李强") if word in text]


def test_it_comes_once_however_often_the_worker_looks(house, chen):
    tell(chen, house.open(at=MONDAY_EIGHT))

    assert [make_due_digests(at=MONDAY_EIGHT + minutes * HOUR / 60) for minutes in (0, 1, 60)] == [1, 0, 0]
    letters()

    assert len(letters()) == 1


def test_with_nothing_to_say_no_mail_comes(house, chen):
    assert make_due_digests(at=MONDAY_EIGHT) == 0

    assert (letters(), Digest.objects.count()) == ([], 1)


def test_on_days_the_house_is_closed_no_mail_comes(house, chen):
    house.open(at=MONDAY_EIGHT - 3 * DAY)

    assert [make_due_digests(at=MONDAY_EIGHT - days * DAY) for days in (2, 1, 0)] == [0, 0, 1]


def test_who_chose_none_or_has_left_or_has_no_address_gets_none(house, chen):
    for person in (house.zhou, house.zhao):
        choose_wish(wish=Wish(zone="Asia/Shanghai", digest_hour=8), by=actor_of(person), at=MONDAY_EIGHT)
        house.open(at=MONDAY_EIGHT, owner=person)
    house.open(at=MONDAY_EIGHT, owner=house.admin)
    leave(staff=house.zhou, by=SYSTEM, at=MONDAY_EIGHT)
    house.zhao.account.email = ""
    house.zhao.account.save(update_fields=["email"])

    assert make_due_digests(at=MONDAY_EIGHT) == 0


def test_who_wants_news_in_the_digest_alone_finds_it_there_once(house, chen):
    choose_ways(ways={"cases.reopened": Ways(app=False, digest=True)}, by=actor_of(chen), at=MONDAY_EIGHT)
    case = house.open(at=MONDAY_EIGHT - HOUR, owner=house.zhou)
    tell(chen, case, kind="cases.reopened", at=MONDAY_EIGHT - HOUR)

    assert make_due_digests(at=MONDAY_EIGHT) == 1

    assert f"Not read yet (1)\n· {case.reference} was reopened" in letters()[0].text
    assert Notification.objects.get().read_at == MONDAY_EIGHT
    assert make_due_digests(at=MONDAY_EIGHT + DAY) == 0
