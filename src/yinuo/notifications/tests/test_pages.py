"""The bell, the centre and the choices, as their reader meets them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.notifications.actions import Notice, choose_ways, forget_old, notify
from yinuo.notifications.models import KindChoice, Notification, TellingWish, Told
from yinuo.notifications.queries import centre, unread_count
from yinuo.notifications.rules import Ways
from yinuo.notifications.tests.telling import tell

HOUR = timedelta(hours=1)


@pytest.fixture
def chen(house, client: Client) -> Client:
    house.chen.account.language = "en"
    house.chen.account.save(update_fields=["language"])
    client.force_login(house.chen.account)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_every_desk_page_shows_how_many_wait(house, chen, monday_nine):
    tell(house.chen, house.open(at=monday_nine), count=2)

    for path in ("/", "/settings/account", "/notifications"):
        assert b'<span class="yn-bell-count" aria-hidden="true">1</span>' in chen.get(path).content


def test_an_opened_notification_leads_to_its_case_and_is_read(house, chen, monday_nine):
    case = house.open(at=monday_nine)
    row = tell(house.chen, case)

    answer = chen.get(f"/notifications/{row.pk}")

    assert (answer.status_code, answer.url) == (302, f"/cases/{case.reference}")
    assert unread_count(actor_of(house.chen)) == 0


def test_nobody_opens_or_reads_the_notification_of_another(house, chen, monday_nine):
    row = tell(house.zhou, house.open(at=monday_nine))

    assert chen.get(f"/notifications/{row.pk}").status_code == 404
    assert chen.post(f"/notifications/{row.pk}/reading").status_code == 404
    assert unread_count(actor_of(house.zhou)) == 1


def test_all_read_leaves_unread_what_came_after_the_page_was_shown(house, chen, monday_nine):
    tell(house.chen, house.open(at=monday_nine), at=monday_nine)
    tell(house.chen, house.open(at=monday_nine), at=monday_nine + HOUR)

    chen.post("/notifications/readings", {"up_to": monday_nine.isoformat()})

    assert [row.at for row in centre(actor_of(house.chen)).unread()] == [monday_nine + HOUR]


def test_reading_one_by_htmx_sends_it_back_as_read_with_the_number_at_the_bell(house, chen, monday_nine):
    row = tell(house.chen, house.open(at=monday_nine))

    answer = chen.post(f"/notifications/{row.pk}/reading", HTTP_HX_REQUEST="true").content.decode()

    assert "data-unread" not in answer
    assert '<span id="yn-bell-count" hx-swap-oob="innerHTML"></span>' in "".join(answer.splitlines())


def test_the_centre_goes_on_behind_the_last_one_shown_and_filters_by_kind(house, chen, monday_nine):
    for number in range(31):
        tell(house.chen, house.open(at=monday_nine), at=monday_nine + number * HOUR)
    tell(house.chen, house.open(at=monday_nine), kind="cases.reopened", at=monday_nine)

    first = chen.get("/notifications")
    second = chen.get(first.context["older_url"])
    reopened = chen.get("/notifications?kind=cases.reopened")

    assert [len(answer.context["rows"]) for answer in (first, second, reopened)] == [30, 2, 1]
    assert first.context["rows"][0].at == monday_nine + 30 * HOUR


def test_a_long_centre_takes_as_many_queries_as_a_short_one(house, chen, monday_nine):
    counts = []
    for number in (1, 29):
        for _more in range(number):
            tell(house.chen, house.open(at=monday_nine))
        for path in ("/notifications", "/notifications/panel"):
            chen.get(path)
            with CaptureQueriesContext(connection) as asked:
                chen.get(path)
            counts.append(len(asked))

    assert counts[:2] == counts[2:]


def test_chosen_ways_are_kept_and_obeyed(house, chen, monday_nine):
    page = chen.get("/settings/notifications").content.decode()
    assert 'name="app:cases.customer_wrote" checked' in page

    answer = chen.post(
        "/settings/notifications",
        {"app:cases.reopened": "on", "zone": "Asia/Shanghai", "quiet_begins": "22:00", "quiet_ends": "08:00"},
    )

    assert answer.status_code == 302
    wish = TellingWish.objects.get()
    assert (wish.staff, str(wish.quiet_begins), wish.digest_hour) == (house.chen, "22:00:00", None)
    case = house.open(at=monday_nine)
    assert (
        notify(
            notices=[Notice("cases.customer_wrote", house.chen.pk, case.pk, "a", monday_nine)],
            by=SYSTEM,
            at=monday_nine,
        )
        == 0
    )
    tell(house.chen, case, kind="cases.reopened")
    assert Notification.objects.get().kind == "cases.reopened"


def test_half_a_quiet_time_is_refused_beside_its_field(house, chen):
    answer = chen.post("/settings/notifications", {"zone": "Asia/Shanghai", "quiet_begins": "22:00"})

    assert answer.status_code == 422
    assert "Say from when to when it is to be quiet" in answer.content.decode()
    assert not KindChoice.objects.exists()


def test_who_agrees_with_a_default_has_no_row(house, monday_nine):
    chen = actor_of(house.chen)
    choose_ways(ways={"cases.reopened": Ways(app=False)}, by=chen, at=monday_nine)
    choose_ways(ways={"cases.reopened": Ways(app=True, push=True, digest=True)}, by=chen, at=monday_nine)

    assert not KindChoice.objects.exists()


def test_only_leaders_are_offered_what_their_teams_broke(house, client):
    offered = {}
    for person in (house.chen, house.zhou):
        client.force_login(person.account)
        offered[person.name] = b"cases.team_promise_broken" in client.get("/settings/notifications").content

    assert offered == {"陈晨": False, "周敏": True}


def test_a_visitor_and_a_person_without_a_role_see_no_bell(house, client):
    assert b"data-bell" not in client.get("/accounts/login/").content
    house.chen.account.grants.all().delete()
    client.force_login(house.chen.account)

    assert b"data-bell" not in client.get("/settings/account").content


def test_what_is_old_is_forgotten_with_what_it_was_made_of(house, monday_nine):
    day = timedelta(days=1)
    now = timezone.now()
    rows = [tell(house.chen, house.open(at=monday_nine), at=now - days * day) for days in (95, 89, 31, 29)]
    for row, days in zip(rows[2:], (31, 29), strict=True):
        Notification.objects.filter(pk=row.pk).update(read_at=now - days * day)

    assert forget_old(at=now) == 2

    assert list(Notification.objects.order_by("pk")) == [rows[1], rows[3]]
    assert Told.objects.count() == 2
