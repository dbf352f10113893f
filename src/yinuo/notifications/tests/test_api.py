"""One's own notifications through the API: the same rights as on the pages, narrowed by the token's scopes."""

import pytest
from django.utils import timezone

from yinuo.notifications.models import KindChoice, TellingWish
from yinuo.notifications.tests.telling import tell
from yinuo.web.tests.api_caller import Caller, caller_of


@pytest.fixture
def chen(house) -> Caller:
    return caller_of(house.chen)


def test_notifications_are_listed_and_read_one_by_one_and_all_together(house, chen, monday_nine):
    case = house.open(at=monday_nine)
    first, second = tell(house.chen, case, count=2), tell(house.chen, case, kind="cases.reopened")

    listed = chen.get("/me/notifications?is_unread=true&kind=cases.customer_wrote").json()
    read = chen.post(f"/me/notifications/{first.pk}/reading")
    rest = chen.post("/me/notifications/readings", {"up_to": timezone.now().isoformat()})

    assert [(one["id"], one["sentence"]) for one in listed["items"]] == [
        (first.pk, f"2 new messages in {case.reference}")
    ]
    assert listed["items"][0]["url"] == f"/cases/{case.reference}"
    assert (read.status_code, read.json()["is_read"]) == (201, True)
    assert (rest.status_code, rest.json()) == (201, {"count": 1})
    assert chen.get("/me/notifications?is_unread=true").json() == {"items": [], "next": None}
    assert second.pk in [one["id"] for one in chen.get("/me/notifications").json()["items"]]


def test_a_token_without_cases_sees_nothing_of_them(house, monday_nine):
    row = tell(house.chen, house.open(at=monday_nine))
    caller = caller_of(house.chen, ["notifications:write"])

    assert caller.get("/me/notifications").json()["items"] == []
    assert caller.post(f"/me/notifications/{row.pk}/reading").status_code == 404
    assert caller_of(house.chen, ["cases:read"]).get("/me/notifications").status_code == 403


def test_wishes_are_chosen_and_shown(house, chen):
    wished = {
        "ways": {"cases.reopened": {"app": True, "push": False, "digest": False}},
        "zone": "Europe/Berlin",
        "quiet_begins": "22:00",
        "quiet_ends": "07:30",
        "digest_hour": 9,
    }

    answer = chen.call("PUT", "/me/notification-wishes", wished)

    assert answer.status_code == 200
    assert answer.json() == chen.get("/me/notification-wishes").json()
    assert (answer.json()["quiet_ends"], answer.json()["digest_hour"]) == ("07:30:00", 9)
    assert KindChoice.objects.get().kind == "cases.reopened"
    assert TellingWish.objects.get().zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"zone": "Mars/Olympus"}, "notifications.unknown_zone"),
        ({"quiet_begins": "22:00"}, "notifications.quiet_hours_incomplete"),
        (
            {"ways": {"cases.team_promise_broken": {"app": True, "push": True, "digest": True}}},
            "notifications.unknown_kind",
        ),
    ],
)
def test_wishes_that_cannot_be_are_refused_whole(house, chen, wrong, code):
    ways = {"cases.reopened": {"app": False, "push": False, "digest": False}}

    answer = chen.call("PUT", "/me/notification-wishes", {"ways": ways, "zone": "Asia/Shanghai"} | wrong)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not KindChoice.objects.exists()
