"""Pushes as a browser gets them: encrypted, signed, at the right time, once, and not lost while a network is away."""

import logging
import time as clock
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from yinuo.access.actions import revoke_role
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.foundation.refusals import NotFound
from yinuo.notifications.actions import (
    Wish,
    choose_ways,
    choose_wish,
    hand_out_pushes,
    mark_all_read,
    send_due_pushes,
    subscribe_browser,
    try_browser,
    unsubscribe_browser,
)
from yinuo.notifications.actions.subscribing import PushAddressUnknown, PushKeysWrong, TooManyBrowsers
from yinuo.notifications.models import Notification, PushDelivery, PushSubscription
from yinuo.notifications.push_service import public_key
from yinuo.notifications.rules import Ways, is_push_address, push_retry_at
from yinuo.notifications.tests.push_peer import PushPeer, unb64
from yinuo.notifications.tests.telling import tell

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MIDNIGHT = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)  # Tuesday 00:00 in Shanghai


@pytest.fixture
def peer(settings) -> Iterator[PushPeer]:
    settings.PUSH_HOSTS = ["127.0.0.1"]
    settings.SITE_URL = "https://service.henuan.example"
    peer = PushPeer()
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def browser(house, peer, monday_nine) -> PushSubscription:
    """Chen's browser, which shows English."""
    house.chen.account.language = "en"
    house.chen.account.save(update_fields=["language"])
    return subscribe_browser(**peer.address, browser="Firefox", by=actor_of(house.chen), at=monday_nine)


def run(at: datetime) -> None:
    """Do once what the worker does again and again."""
    hand_out_pushes(at=at)
    send_due_pushes(at=at)


def test_a_push_says_what_happened_where_and_nobodys_words(house, peer, browser, monday_nine):
    case = house.open(at=monday_nine)
    row = tell(house.chen, case)

    run(monday_nine)

    (push,) = peer.received
    assert push.says == {
        "title": f"The customer wrote in {case.reference}",
        "url": f"/notifications/{row.pk}",
        "tag": f"cases.customer_wrote-{case.pk}",
    }
    assert (push.ttl, push.urgency) == (12 * 60 * 60, "normal")
    browser.refresh_from_db()
    assert (browser.reached_at, PushDelivery.objects.count()) == (monday_nine, 0)


def test_a_push_is_signed_by_the_key_that_browsers_were_given_for_this_service_alone(house, peer, browser, monday_nine):
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)

    (push,) = peer.received
    assert push.key == public_key()
    assert len(unb64(public_key())) == 65
    assert push.claims["aud"] == f"http://127.0.0.1:{peer.port}"
    assert push.claims["sub"] == "mailto:postmaster@service.henuan.example"
    assert clock.time() < push.claims["exp"] <= clock.time() + 24 * 60 * 60


def test_what_is_read_before_it_goes_out_is_not_pushed(house, peer, browser, monday_nine):
    tell(house.chen, house.open(at=monday_nine))
    hand_out_pushes(at=monday_nine)
    mark_all_read(by=actor_of(house.chen), at=monday_nine)

    send_due_pushes(at=monday_nine)

    assert (peer.received, PushDelivery.objects.count()) == ([], 0)


def test_who_may_no_longer_see_the_case_is_pushed_nothing(house, peer, browser, monday_nine):
    tell(house.chen, house.open(at=monday_nine, owner=house.zhou))
    revoke_role(grant=house.chen.account.grants.get(), by=SYSTEM, at=monday_nine)

    run(monday_nine)

    assert peer.received == []


def test_more_than_three_at_once_are_one(house, peer, browser, monday_nine):
    for _number in range(4):
        tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)

    assert [push.says["title"] for push in peer.received] == ["4 notifications wait for you"]


def test_what_waited_out_the_night_comes_as_one_in_the_morning(house, peer, browser):
    quiet = Wish(zone="Asia/Shanghai", quiet_begins=time(22), quiet_ends=time(8))
    choose_wish(wish=quiet, by=actor_of(house.chen), at=MIDNIGHT)
    for minutes in (0, 10):
        tell(house.chen, house.open(at=MIDNIGHT), at=MIDNIGHT + minutes * MINUTE)

    run(MIDNIGHT + 8 * HOUR - SECOND)
    assert peer.received == []
    run(MIDNIGHT + 8 * HOUR)

    (push,) = peer.received
    assert push.says == {"title": "2 notifications wait for you", "url": "/notifications", "tag": "summary"}


def test_urgent_news_comes_at_night_to_those_who_want_it(house, peer, browser):
    loud = Wish(zone="Asia/Shanghai", quiet_begins=time(22), quiet_ends=time(8), urgent_breaks_quiet=True)
    choose_wish(wish=loud, by=actor_of(house.chen), at=MIDNIGHT)
    tell(house.chen, house.open(at=MIDNIGHT), at=MIDNIGHT)
    case = house.open(at=MIDNIGHT)
    tell(house.chen, case, kind="cases.promise_broken", at=MIDNIGHT)

    run(MIDNIGHT)

    (push,) = peer.received
    assert push.says["title"] == f"A promise in {case.reference} is broken"
    assert (push.ttl, push.urgency) == (2 * 60 * 60, "high")


def test_a_network_that_is_away_delays_and_loses_nothing(house, peer, browser, monday_nine):
    peer.stop()
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)
    run(monday_nine + 14 * SECOND)
    browser.refresh_from_db()
    assert browser.failure_count == 1
    peer.start()
    run(monday_nine + 15 * SECOND)

    browser.refresh_from_db()
    assert (len(peer.received), browser.failure_count) == (1, 0)
    # What is left of the twelve hours.
    assert peer.received[0].ttl == 12 * 60 * 60 - 15


def test_a_push_that_never_arrived_in_its_time_is_given_up(house, peer, browser, monday_nine):
    peer.answers = [503]
    tell(house.chen, house.open(at=monday_nine))
    run(monday_nine)

    run(monday_nine + 12 * HOUR)

    assert (peer.tries, PushDelivery.objects.count()) == (1, 0)


def test_a_service_that_asks_for_patience_is_given_it(house, peer, browser, monday_nine):
    peer.answers, peer.retry_after = [429], "120"
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)
    run(monday_nine + 119 * SECOND)
    assert peer.tries == 1
    run(monday_nine + 120 * SECOND)

    assert len(peer.received) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_wants_no_more_is_forgotten(house, peer, browser, monday_nine, status):
    peer.answers = [status]
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)

    assert not PushSubscription.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload->>'reason' FROM foundation_fact WHERE type = 'notifications.push_unsubscribed'")
        assert cursor.fetchall() == [("gone",)]


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_push_that_is_refused_is_not_sent_again_and_shows_at_the_browser(house, peer, browser, monday_nine, status):
    peer.answers = [status]
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)
    run(monday_nine + HOUR)

    browser.refresh_from_db()
    assert (peer.tries, browser.failure_count) == (1, 1)


def test_a_service_that_sends_us_elsewhere_is_not_followed(house, peer, browser, monday_nine):
    peer.answers = [302]
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)

    assert peer.tries == 1
    assert PushDelivery.objects.get().attempt_count == 1


def test_a_worker_that_died_while_sending_leaves_the_push_to_the_next(house, peer, browser, monday_nine, monkeypatch):
    tell(house.chen, house.open(at=monday_nine))
    hand_out_pushes(at=monday_nine)
    with monkeypatch.context() as patched:
        patched.setattr("yinuo.notifications.actions.pushing._try", lambda *_given: None)  # killed in the middle
        send_due_pushes(at=monday_nine)

    send_due_pushes(at=monday_nine + 59 * SECOND)
    assert peer.received == []
    send_due_pushes(at=monday_nine + MINUTE)

    assert len(peer.received) == 1


def test_who_wants_pushes_alone_has_nothing_in_the_centre(house, peer, browser, monday_nine):
    choose_ways(ways={"cases.customer_wrote": Ways(app=False, push=True)}, by=actor_of(house.chen), at=monday_nine)
    tell(house.chen, house.open(at=monday_nine))

    run(monday_nine)

    assert len(peer.received) == 1
    row = Notification.objects.get()
    assert (row.in_app, row.read_at) == (False, monday_nine)


def test_without_a_browser_nothing_waits_to_be_pushed(house, monday_nine):
    row = tell(house.chen, house.open(at=monday_nine))

    assert row.push_after is None


def test_a_trial_comes_at_any_hour(house, peer, browser, monday_nine):
    try_browser(subscription_id=browser.pk, by=actor_of(house.chen), at=monday_nine)

    send_due_pushes(at=monday_nine)

    assert peer.received[0].says["title"] == "This browser shows your notifications"


def test_a_browser_shows_the_notifications_of_the_last_who_switched_it_on(house, peer, browser, monday_nine):
    mine = subscribe_browser(**peer.address, browser="Firefox", by=actor_of(house.zhou), at=monday_nine)

    assert list(PushSubscription.objects.all()) == [mine]
    assert mine.staff == house.zhou


def test_nobody_removes_or_tries_the_browser_of_another(house, browser, monday_nine):
    for act in (unsubscribe_browser, try_browser):
        with pytest.raises(NotFound):
            act(subscription_id=browser.pk, by=actor_of(house.zhou), at=monday_nine)
    unsubscribe_browser(subscription_id=browser.pk, by=actor_of(house.chen), at=monday_nine)

    assert not PushSubscription.objects.exists()


def test_only_known_services_real_keys_and_ten_browsers_are_taken(house, peer, monday_nine):
    chen, good = actor_of(house.chen), peer.address
    with pytest.raises(PushAddressUnknown):
        subscribe_browser(**good | {"endpoint": "https://10.0.0.8/x"}, browser="", by=chen, at=monday_nine)
    for wrong in ({"auth": "c2hvcnQ"}, {"p256dh": "%%%"}):
        with pytest.raises(PushKeysWrong):
            subscribe_browser(**good | wrong, browser="", by=chen, at=monday_nine)
    for number in range(10):
        subscribe_browser(**good | {"endpoint": f"{good['endpoint']}{number}"}, browser="", by=chen, at=monday_nine)
    with pytest.raises(TooManyBrowsers):
        subscribe_browser(**good | {"endpoint": f"{good['endpoint']}-11"}, browser="", by=chen, at=monday_nine)


@pytest.mark.parametrize(
    ("endpoint", "is_one"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://db5p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/fcm/send/x", False),  # in the clear
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilnotify.windows.com/x", False),
        ("https://fcm.googleapis.com@10.0.0.8/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("http://127.0.0.1:5432/", False),
        ("https://fcm.googleapis.com:port/x", False),
        ("", False),
    ],
)
def test_pushes_go_to_known_services_only(endpoint, is_one):
    assert is_push_address(endpoint, ["fcm.googleapis.com", ".notify.windows.com"]) is is_one


def test_tries_come_after_15_seconds_1_4_16_and_then_every_30_minutes(monday_nine):
    pauses = [push_retry_at(monday_nine, attempt_count=count) - monday_nine for count in (1, 2, 3, 4, 5, 50)]

    assert pauses == [15 * SECOND, MINUTE, 4 * MINUTE, 16 * MINUTE, 30 * MINUTE, 30 * MINUTE]
    assert push_retry_at(monday_nine, attempt_count=1, wait=timedelta(days=9)) == monday_nine + HOUR


def test_the_log_names_the_service_and_not_the_browsers_address(house, peer, browser, monday_nine, caplog):
    peer.answers = [500]
    tell(house.chen, house.open(at=monday_nine))

    with caplog.at_level(logging.DEBUG, logger="yinuo"):
        run(monday_nine)

    assert [
        (record.message, record.host, record.status)
        for record in caplog.records
        if record.name == "yinuo.notifications"
    ] == [("push not taken", "127.0.0.1", 500)]
    assert "/push/1" not in caplog.text
