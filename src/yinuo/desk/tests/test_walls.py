"""Walls: figures for a whole room, by a link that shows nothing else and can be taken down."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yinuo.access.actions import grant_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.desk.actions import hang_up_wall, mark_wall_seen, take_down_wall
from yinuo.desk.actions.walls import WallNotFilledIn
from yinuo.desk.facts import WallHungUp, WallTakenDown
from yinuo.desk.models import WallLink
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.organisation.models import Staff
from yinuo.web.live import allowed_topics

MINUTE = timedelta(minutes=1)


@pytest.fixture
def at():
    return timezone.now() - 30 * MINUTE


def browser_of(staff: Staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def hang_up(house: House, by: Actor, teams=None, **more) -> tuple[WallLink, str]:
    values = {"name": "大厅", "language": "zh-hans", "theme": "dark"} | more
    return hang_up_wall(teams=teams or [house.team], by=by, at=BEGINNING, **values)


def limit_to(staff: Staff, role: Role, **limits) -> Actor:
    staff.account.grants.all().delete()
    grant_role(account=staff.account, role=role, by=SYSTEM, at=BEGINNING, **limits)
    return actor_of(staff)


# Hanging up and taking down ------------------------------------------------------------------------------------------


def test_a_wall_keeps_only_the_hash_of_its_token_and_is_announced(house: House) -> None:
    wall, token = hang_up(house, actor_of(house.zhou))

    assert bytes(wall.digest) == WallLink.digest_of(token)
    assert len(token) >= 40
    fact = FactRow.objects.get(type=WallHungUp.fact_type)
    assert (fact.payload, fact.actor) == (
        {"wall_id": wall.pk, "team_ids": [house.team.pk]},
        f"staff:{house.zhou.pk}",
    )


def test_who_sees_only_a_part_of_a_team_hangs_up_no_wall_of_it(house: House) -> None:
    own = limit_to(house.zhou, Role.TEAM_LEADER, department_id=house.department.pk)
    assert hang_up(house, own)
    with pytest.raises(WallNotFilledIn):
        hang_up(house, own, teams=[house.team, house.other_team])
    for limits in ({"tier": "gold"}, {"region_id": house.region.pk}):
        with pytest.raises(WallNotFilledIn):
            hang_up(house, limit_to(house.zhou, Role.TEAM_LEADER, **limits))
    with pytest.raises(NotAllowed):
        hang_up(house, actor_of(house.chen))


@pytest.mark.parametrize("wrong", [{"name": "  "}, {"language": "x"}, {"theme": "x"}])
def test_a_wall_without_a_place_or_a_language_is_refused(house: House, wrong) -> None:
    with pytest.raises(WallNotFilledIn):
        hang_up(house, actor_of(house.zhou), **wrong)


def test_a_wall_is_taken_down_once_by_who_may_share_its_team(house: House, client: Client) -> None:
    wall, token = hang_up(house, actor_of(house.zhou))
    with pytest.raises(NotFound):
        other = limit_to(house.zhao, Role.TEAM_LEADER, department_id=house.other_department.pk)
        take_down_wall(wall=wall, by=other, at=BEGINNING)
    assert client.get(f"/wall/{token}").status_code == 200

    take_down_wall(wall=wall, by=actor_of(house.zhou), at=BEGINNING)
    take_down_wall(wall=wall, by=actor_of(house.zhou), at=BEGINNING)

    assert client.get(f"/wall/{token}").status_code == 404
    assert client.get(f"/wall/{token}/piece").status_code == 404
    assert FactRow.objects.filter(type=WallTakenDown.fact_type).count() == 1
    assert allowed_topics({}, [f"wall-{token}"]) == {}


def test_a_leader_hangs_up_a_wall_on_its_page_and_reads_its_address_once(house: House, client: Client) -> None:
    zhou = browser_of(house.zhou)
    sent = {"name": "大厅", "teams": [house.team.pk], "language": "zh-hans", "theme": "dark"}

    page = zhou.post("/board/walls", sent)

    address = re.search(r"http://testserver(/wall/[\w-]+)", page.content.decode())[1]
    assert page.status_code == 201
    assert client.get(address).status_code == 200
    later = zhou.get("/board/walls").content.decode()
    assert "大厅" in later
    assert address not in later


def test_seeing_is_written_down_once_a_minute(house: House) -> None:
    wall, _token = hang_up(house, actor_of(house.zhou))

    def seen_after(minutes: float):
        mark_wall_seen(wall=wall, at=BEGINNING + minutes * MINUTE)
        return WallLink.objects.get(pk=wall.pk).last_seen_at - BEGINNING

    assert [seen_after(minutes) for minutes in (0, 0.5, 1)] == [0 * MINUTE, 0 * MINUTE, MINUTE]


# What it shows -------------------------------------------------------------------------------------------------------


def test_a_wall_needs_no_account_and_says_nothing_of_customers(house: House, client: Client, at) -> None:
    case = house.open(at=at, subject="洗衣机漏水", text="地板都湿了")
    _wall, token = hang_up(house, actor_of(house.zhou))

    for address in (f"/wall/{token}", f"/wall/{token}/piece?team=aftersales"):
        page = client.get(address).content.decode()
        assert "售后组" in page
        assert "陈晨" in page
        assert re.search(r"<dt>处理中的工单</dt><dd><b>1</b>", page)
        for secret in (house.wang.name, "洗衣机漏水", "地板都湿了", case.track_token):
            assert secret not in page
    assert "no-store" in client.get(f"/wall/{token}/piece")["Cache-Control"]


def test_a_wall_speaks_the_language_it_was_hung_up_in(house: House, client: Client) -> None:
    _wall, token = hang_up(house, actor_of(house.zhou), language="en", theme="light")

    page = client.get(f"/wall/{token}", headers={"Accept-Language": "zh-CN"}).content.decode()

    assert "At risk in two hours" in page
    assert 'data-theme="light"' in page


def test_a_wall_shows_its_teams_and_no_other(house: House, client: Client, at) -> None:
    house.open(at=at, team=house.other_team, owner=house.zhao)
    _wall, token = hang_up(house, actor_of(house.zhou))

    assert client.get(f"/wall/{token}/piece?team=delivery").status_code == 404
    assert client.get("/wall/guessed").status_code == 404
    assert "<dd><b>0</b>" in client.get(f"/wall/{token}").content.decode()


def test_who_is_signed_in_sees_the_walls_of_their_boards(house: House) -> None:
    chen = browser_of(house.chen)

    assert "售后组" in chen.get("/wall").content.decode()
    assert chen.get("/wall?team=delivery").status_code == 404
    assert chen.get("/wall/piece?team=delivery").status_code == 404
    both = browser_of(house.zhao).get("/wall?team=aftersales&team=delivery").content.decode()
    assert 'data-teams="aftersales,delivery"' in both


def test_a_link_lets_its_screen_hear_that_something_changed_and_nothing_of_cases(house: House, at) -> None:
    case = house.open(at=at)
    _wall, token = hang_up(house, actor_of(house.zhou))

    topic = f"wall-{token}"
    assert allowed_topics({}, [topic]) == {"queue": topic, "presence": topic, "promises": topic}
    assert allowed_topics({}, ["queue", f"case-{case.pk}", "wall-guessed"]) == {}
