"""The team board as leaders and agents use it: what it says, what lies behind each figure, what never leaks."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from yinuo.access.actions import add_account, grant_role
from yinuo.access.roles import Role
from yinuo.cases.actions import close_case
from yinuo.cases.models import Case, PromiseTally
from yinuo.cases.queries.board import KeptCount, house_day
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House
from yinuo.cases.tests.reading import text_of
from yinuo.desk.pages.words import length, percent_of
from yinuo.foundation.models import FactRow
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Staff, Team, TeamMembership
from yinuo.standards.actions import save_calendar

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def browser_of(staff: Staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def limit_to(staff: Staff, role: Role, department_id: int) -> None:
    staff.account.grants.all().delete()
    grant_role(account=staff.account, role=role, department_id=department_id, by=SYSTEM, at=BEGINNING)


def figures(page) -> dict[str, str]:
    """Return the large numbers of a board by their labels."""
    html = page.content.decode()
    pattern = r'yn-board-label">([^<]+)</span><\w+ class="yn-board-value"[^>]*>([^<]+)<'
    return dict(re.findall(pattern, html))


@pytest.fixture
def at():
    return timezone.now() - timedelta(minutes=30)


@pytest.fixture
def zhou(house: House) -> Client:
    """The leader's browser."""
    return browser_of(house.zhou)


@pytest.fixture
def always_open(house: House):
    """A calendar without closing time, so that what is due in the next two hours does not depend on the hour."""
    hours = {"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-sun": {"open": ["00:00-24:00"]}}}]}
    save_calendar(code="office", name_zh="全天", name_en="Always", definition=hours, by=SYSTEM, at=BEGINNING)


def test_a_leader_sees_first_the_team_they_lead(house: House, zhou: Client, always_open, at) -> None:
    house.open(at=at, subject="洗衣机漏水")
    house.open(at=at - 2 * HOUR, subject="空调不冷", customer=house.li)
    house.open(at=at, team=house.other_team, owner=house.zhao)

    page = zhou.get("/board")

    assert figures(page)["处理中的工单"] == "2"
    # Wang's first response is due in an hour and a half; Li's was due half an hour ago.
    assert figures(page)["两小时内临期"] == "1"
    assert figures(page)["未兑现且尚未答复"] == "1"
    assert figures(page)["等待最久"] == "2 小时 30 分"
    words = text_of(page)
    assert "洗衣机漏水" in words
    assert "李强 · 空调不冷" in words
    assert "陈晨" in words


def test_an_agent_reads_the_board_of_their_team_and_of_no_other(house: House) -> None:
    chen = browser_of(house.chen)

    assert chen.get("/board").status_code == 200
    assert chen.get("/board", {"team": "aftersales"}).status_code == 200
    assert chen.get("/board", {"team": "delivery"}).status_code == 404
    assert chen.get("/board/figures/open", {"team": "delivery"}).status_code == 404
    assert "配送组" not in text_of(chen.get("/board", {"team": "all"}))


def test_quality_sees_all_teams_first_and_each_leads_to_its_board(house: House, at) -> None:
    house.open(at=at)
    house.open(at=at, team=house.other_team, owner=house.zhao)

    page = browser_of(house.zhao).get("/board")

    assert figures(page)["处理中的工单"] == "2"
    assert '<a href="/board?team=delivery">配送组</a>' in page.content.decode()


def test_an_agent_of_another_department_learns_nothing(house: House, at) -> None:
    house.open(at=at, subject="洗衣机漏水")
    house.open(at=at, team=house.other_team, owner=house.zhao, subject="没有送到")
    TeamMembership.objects.create(staff=house.zhao, team=house.other_team)
    limit_to(house.zhao, Role.AGENT, house.other_department.pk)
    stranger = browser_of(house.zhao)

    for address in ("/board", "/board?team=all", "/board/piece", "/board/figures/open", "/board/figures/opened"):
        page = stranger.get(address)
        assert "洗衣机漏水" not in page.content.decode()
    assert figures(stranger.get("/board"))["处理中的工单"] == "1"
    assert stranger.get("/board/piece", {"team": "aftersales"}).status_code == 404
    load = stranger.get("/board/figures/load", {"owner": house.chen.pk})
    assert "此刻没有" in text_of(load)


def test_a_leader_of_a_department_sees_the_teams_of_that_department(house: House) -> None:
    limit_to(house.zhou, Role.TEAM_LEADER, house.department.pk)
    Team.objects.create(code="vip", name_zh="尊享组", name_en="VIP", department=house.department)

    page = browser_of(house.zhou).get("/board").content.decode()

    assert "尊享组" in page
    assert "配送组" not in page


def test_who_is_in_no_team_is_told_so(house: House) -> None:
    TeamMembership.objects.all().delete()

    assert "您还没有加入团队" in text_of(browser_of(house.chen).get("/board"))


@pytest.mark.parametrize("figure", ["open", "due", "unanswered", "broken", "kept", "missed", "opened", "closed"])
def test_each_figure_opens_as_many_cases_as_it_says(house: House, zhou: Client, always_open, at, figure: str) -> None:
    house.open(at=at)
    house.open(at=at - 2 * HOUR, customer=house.li)

    page = zhou.get(f"/board/figures/{figure}", {"team": "aftersales"})

    expected = {"open": 2, "due": 1, "unanswered": 2, "broken": 1, "opened": opened_today(house)}.get(figure, 0)
    assert re.search(r'<span class="yn-pill">(\d+)', page.content.decode())[1] == str(expected)
    assert page.content.decode().count("data-list-item") == expected


def opened_today(house: House) -> int:
    """The older case was opened yesterday when the test runs in the first hours after midnight."""
    day = house_day(timezone.now())
    return Case.objects.filter(opened_at__gte=day.starts_at).count()


def test_a_figure_of_one_owner_shows_only_theirs(house: House, zhou: Client, at) -> None:
    house.open(at=at, subject="Chen's")
    house.open(at=at, subject="Zhou's", owner=house.zhou)

    page = text_of(zhou.get("/board/figures/open", {"owner": house.chen.pk}))

    assert "Chen's" in page.replace("&#x27;", "'")
    assert "Zhou's" not in page.replace("&#x27;", "'")


@pytest.mark.parametrize("address", ["/board/figures/nothing", "/board/figures/load", "/board?team=x"])
def test_what_there_is_not_is_not_found(house: House, zhou: Client, address: str) -> None:
    assert zhou.get(address).status_code == 404


def test_a_figure_is_walked_page_by_page(house: House, zhou: Client, at) -> None:
    for minute in range(35):
        house.open(at=at + minute * timedelta(seconds=1), subject=f"case {minute:02}")

    first = zhou.get("/board/figures/opened", {"after": "rubbish"}).content.decode()
    older = re.search(r'href="([^"]*after=[^"]*)"', first)[1].replace("&amp;", "&")
    second = zhou.get(older).content.decode()

    assert re.findall(r"case \d\d", first) == [f"case {number:02}" for number in range(34, 4, -1)]
    assert re.findall(r"case \d\d", second) == [f"case {number:02}" for number in range(4, -1, -1)]


def test_the_board_costs_the_same_for_one_person_and_for_thirty(house: House, zhou: Client, at) -> None:
    house.open(at=at)
    zhou.get("/board")
    with CaptureQueriesContext(connection) as one:
        zhou.get("/board/piece")
    for number in range(30):
        account = add_account(username=f"a{number}", name=f"员工{number}", email="", by=SYSTEM, at=BEGINNING)
        staff = Staff.objects.create(account=account, name=account.name, department=house.department)
        TeamMembership.objects.create(staff=staff, team=house.team)
        house.open(at=at + number * timedelta(seconds=1), owner=staff, customer=house.li)
    with CaptureQueriesContext(connection) as thirty:
        page = zhou.get("/board")

    assert len(one) <= 18  # thirteen of the board itself; the house, the session, the account and its roles
    with CaptureQueriesContext(connection) as again:
        zhou.get("/board/piece")
    assert len(again) == len(one)
    assert len(thirty) <= len(one) + 7  # the frame: presence, boards, rate, notices, approvals, live position
    assert len(page.content) < 120_000


# What a leader does from the board ----------------------------------------------------------------------------------


def test_a_leader_gives_marked_cases_to_a_colleague_and_hears_what_was_refused(house: House, zhou: Client, at) -> None:
    first, second = house.open(at=at), house.open(at=at, customer=house.li)
    close_case(case=second, outcome="solved", by=SYSTEM, at=at)
    sent = {"case": [first.reference, second.reference], "owner": house.zhou.pk, "reason": "下班", "team": "aftersales"}

    response = zhou.post("/board/owners", sent, follow=True)

    assert response.redirect_chain == [("/board?team=aftersales", 302)]
    assert Case.objects.get(pk=first.pk).owner == house.zhou
    assert Case.objects.get(pk=second.pk).owner == house.chen
    assert "周敏 名下新增 1 张工单。" in text_of(response)
    assert f"{second.reference}: " in text_of(response)
    assert first.ownerships.get(until=None).reason == "下班"


@pytest.mark.parametrize("lacking", ["case", "owner", "reason"])
def test_giving_without_saying_what_to_whom_and_why_changes_nothing(
    house: House, zhou: Client, at, lacking: str
) -> None:
    case = house.open(at=at)
    sent = {"case": case.reference, "owner": house.zhou.pk, "reason": "下班"}
    sent.pop(lacking)

    assert zhou.post("/board/owners", sent).status_code == 302
    assert Case.objects.get(pk=case.pk).owner == house.chen


def test_an_agent_finds_no_way_to_give_cases_or_to_say_a_colleague_s_presence(house: House, at) -> None:
    house.open(at=at)
    page = browser_of(house.chen).get("/board").content.decode()

    assert "/board/owners" not in page
    assert f"/board/people/{house.zhou.pk}/presence" not in page
    assert browser_of(house.chen).get(f"/board/people/{house.zhou.pk}/presence").status_code == 403


def test_a_leader_says_for_a_colleague_that_they_went_home_and_why(house: House, zhou: Client) -> None:
    change_presence(staff=house.chen, presence="available", by=SYSTEM, at=BEGINNING)
    address = f"/board/people/{house.chen.pk}/presence"
    assert "陈晨的在岗状态" in text_of(zhou.get(address))
    assert zhou.post(address, {"presence": "offline"}).status_code == 422

    response = zhou.post(f"{address}?team=aftersales", {"presence": "offline", "reason": "shift_over"})

    assert response["Location"] == "/board?team=aftersales"
    assert Staff.objects.get(pk=house.chen.pk).presence == "offline"
    fact = FactRow.objects.filter(type="organisation.presence_changed").latest("id")
    assert (fact.actor, fact.payload["reason"]) == (f"staff:{house.zhou.pk}", "shift_over")


def test_a_leader_of_another_department_says_nobody_s_presence_here(house: House) -> None:
    limit_to(house.zhao, Role.TEAM_LEADER, house.other_department.pk)

    assert browser_of(house.zhao).get(f"/board/people/{house.chen.pk}/presence").status_code == 404


# The top bar ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "broken", "percent"), [(0, 0, ""), (1, 0, "100"), (1999, 1, "99.9"), (2, 1, "66.6"), (0, 3, "0.0")]
)
def test_a_rate_is_said_rounded_down(kept: int, broken: int, percent: str) -> None:
    assert percent_of(KeptCount(kept, broken)) == percent


@pytest.mark.parametrize(
    ("span", "words"),
    [(30 * MINUTE, "30 min"), (2 * HOUR, "2 h"), (26 * HOUR + MINUTE, "1 d 2 h"), (48 * HOUR, "2 d")],
)
def test_a_length_is_said_in_its_two_largest_units(span: timedelta, words: str) -> None:
    with translation.override("en"):
        assert length(span) == words


def test_the_top_bar_says_the_team_s_rate_of_today(house: House) -> None:
    chen = browser_of(house.chen)
    assert "今日尚无承诺了结" in text_of(chen.get("/"))

    today = house_day(timezone.now()).on
    more = {"ended_on": today, "department": house.department, "region": house.region, "tier": "standard"}
    PromiseTally.objects.create(team=house.team, kept_count=38, broken_count=1, **more)
    PromiseTally.objects.create(team=house.other_team, kept_count=1, broken_count=1, **more)

    assert "今日承诺达成率 97.4%" in text_of(chen.get("/"))
    assert "今日承诺达成率 97.4%" in chen.get("/board/kept").content.decode()
    # Zhao leads no team: what she sees is the house.
    assert "今日承诺达成率 95.1%" in text_of(browser_of(house.zhao).get("/"))


def test_presence_is_said_with_one_plain_form_on_every_page(house: House) -> None:
    chen = browser_of(house.chen)
    assert 'data-presence="offline"' in chen.get("/settings/account").content.decode()

    response = chen.post("/presence", {"presence": "available", "next": "/settings/account"})

    assert (response.status_code, response["Location"]) == (302, "/settings/account")
    assert Staff.objects.get(pk=house.chen.pk).presence == "available"
    account = chen.get("/settings/account").content.decode()
    assert re.search(r'name="presence" value="available" aria-pressed="true"', account)
    assert re.search(r'<summary.*?data-presence="available".*?</summary>', account, re.DOTALL)


def test_htmx_gets_the_switch_alone(house: House) -> None:
    piece = browser_of(house.chen).post("/presence", {"presence": "busy"}, headers={"HX-Request": "true"})

    assert piece.status_code == 200
    assert piece.content.decode().lstrip().startswith("<details")
    assert 'data-presence="busy"' in piece.content.decode()


def test_a_presence_there_is_not_is_refused_in_words(house: House) -> None:
    chen = browser_of(house.chen)

    assert chen.post("/presence", {"presence": "x"}, headers={"HX-Request": "true"}).status_code == 422
    assert "没有 x 这个在岗状态" in text_of(chen.post("/presence", {"presence": "x"}, follow=True))


def test_the_way_back_never_leads_to_a_stranger_s_site(house: House) -> None:
    response = browser_of(house.chen).post("/presence", {"presence": "busy", "next": "https://evil.example/"})

    assert response["Location"] == "/"


def test_who_says_no_presence_has_no_switch(house: House) -> None:
    assert 'id="yn-presence"' not in browser_of(house.zhao).get("/").content.decode()
    change_presence(staff=house.chen, presence="busy", by=SYSTEM, at=timezone.now())
    assert 'id="yn-presence"' in browser_of(house.chen).get("/").content.decode()
