"""The list pages: what they show, count, hide, remember, and hand out as files."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.access.actions import grant_role
from yinuo.access.models import Reveal
from yinuo.access.roles import Role
from yinuo.cases.actions import close_case
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Customer
from yinuo.foundation.models import FactRow
from yinuo.organisation.models import SavedView, Staff

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def chen(house: House, client: Client) -> Client:
    client.force_login(house.chen.account)
    return client


@pytest.fixture
def zhou(house: House) -> Client:
    return browser_of(house.zhou)


def browser_of(staff: Staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def limit_to(staff: Staff, role: Role, department_id: int) -> None:
    staff.account.grants.all().delete()
    grant_role(account=staff.account, role=role, department_id=department_id, by=SYSTEM, at=BEGINNING)


def rows_of(page) -> list[str]:
    """Return the main cell of each row."""
    return re.findall(r"data-list-item>\s*([^<]+?)\s*<", page.content.decode())


def count_of(page) -> str:
    return re.search(r'id="list-count"[^>]*><span class="yn-pill">([^<]+)<', page.content.decode())[1]


# What is shown ------------------------------------------------------------------------------------------------------


def test_all_cases_stand_in_the_list_the_newest_first(house: House, chen: Client) -> None:
    first = house.open(at=MONDAY, subject="洗衣机漏水")
    second = house.open(at=MONDAY + MINUTE, subject="空调不冷", customer=house.li)

    page = chen.get("/cases/list")

    assert rows_of(page) == [second.reference, first.reference]
    assert count_of(page) == "2"
    assert "洗衣机漏水" in text_of(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=漏水", ["漏"]),
        ("q=李强", ["空"]),
        ("q=无此词", []),
        ("channel=phone", ["空"]),
        ("channel=phone&channel=mail", ["空", "漏"]),
        ("state=closed", []),
        ("tier=platinum", ["漏"]),
        ("opened_from=2026-11-03", ["空"]),
        ("opened_to=2026-11-02", ["漏"]),
        ("broken=yes", []),
        ("overdue=yes", ["空", "漏"]),
        ("owner=no&team=0&channel=pigeon&sort=x&opened=never&columns=y&after=z", ["空", "漏"]),
        ("sort=opened", ["漏", "空"]),
    ],
)
def test_filters_of_the_address_choose_the_rows_and_the_count(house: House, chen: Client, query, found) -> None:
    leak = house.open(at=MONDAY, subject="洗衣机漏水")
    # 16:00 in UTC is already the next day in Shanghai.
    cold = house.open(at=MONDAY + timedelta(hours=15), subject="空调不冷", customer=house.li, channel="phone")
    names = {"漏": leak.reference, "空": cold.reference}

    page = chen.get(f"/cases/list?{query}")

    if query == "broken=yes":
        # Both are overdue today, so both are broken by now; that they still run changes nothing.
        found = ["空", "漏"]
    assert rows_of(page) == [names[one] for one in found]
    assert count_of(page) == str(len(found))


def test_cases_without_a_promise_stand_last_in_the_order_of_promises(house: House, chen: Client) -> None:
    late = house.open(at=MONDAY + timedelta(hours=3))
    early = house.open(at=MONDAY)
    done = house.open(at=MONDAY)
    close_case(case=done, outcome="solved", by=actor_of(house.chen), at=MONDAY + MINUTE)

    assert rows_of(chen.get("/cases/list?sort=promise")) == [early.reference, late.reference, done.reference]
    assert rows_of(chen.get("/cases/list?sort=-promise")) == [late.reference, early.reference, done.reference]


def test_what_was_not_kept_is_said_in_the_row(house: House, chen: Client) -> None:
    house.open(at=timezone.now())
    assert "次未兑现" not in text_of(chen.get("/cases/list"))

    house.open(at=MONDAY)

    # First response and resolution, both long past.
    assert "2 次未兑现" in text_of(chen.get("/cases/list"))


def test_a_list_says_how_it_is_ordered(house: House, chen: Client) -> None:
    house.open(at=MONDAY)

    page = chen.get("/cases/list").content.decode()

    assert page.count('aria-sort="descending"') == 1
    assert 'aria-sort="ascending"' not in page


def test_empty_and_nothing_found_say_what_to_do(house: House, chen: Client) -> None:
    assert "还没有工单" in text_of(chen.get("/cases/list"))

    house.open(at=MONDAY)
    words = text_of(chen.get("/cases/list?q=没有的词"))

    assert "没有符合筛选条件的记录" in words
    assert "清除全部筛选" in words


def test_pages_follow_by_key_and_lead_back(house: House, chen: Client) -> None:
    made = [house.open(at=MONDAY + count * MINUTE).reference for count in range(41)][::-1]

    first = chen.get("/cases/list")
    older = re.search(r'href="([^"]+)"[^>]*rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = chen.get(older)
    newer = re.search(r'href="([^"]+)"[^>]*rel="prev"', second.content.decode())[1].replace("&amp;", "&")

    assert rows_of(first) == made[:40]
    assert rows_of(second) == made[40:]
    assert rows_of(chen.get(newer)) == made[:40]


@pytest.mark.parametrize("address", ["/cases/list", "/customers"])
def test_a_list_costs_six_statements_with_one_row_and_with_thirty(house: House, chen: Client, address) -> None:
    Customer.objects.exclude(pk=house.wang.pk).delete()
    house.open(at=MONDAY)
    chen.get(address)
    with CaptureQueriesContext(connection) as one:
        chen.get(address)
    for count in range(29):
        customer = Customer.objects.create(name=f"客{count}", region=house.region, created_at=MONDAY)
        house.open(at=MONDAY + count * MINUTE, customer=customer)
    with CaptureQueriesContext(connection) as thirty:
        page = chen.get(address)

    assert len(rows_of(page)) == 30
    assert len(thirty) == len(one)
    # The frame around every page asks for things of its own; so does the gallery, which reads nothing else.
    with CaptureQueriesContext(connection) as frame:
        chen.get("/gallery")
    assert len(thirty) - len(frame) <= 6


# Who sees what ------------------------------------------------------------------------------------------------------


def test_another_departments_agent_finds_counts_and_exports_nothing(house: House) -> None:
    house.open(at=MONDAY, subject="洗衣机漏水")
    limit_to(house.zhou, Role.TEAM_LEADER, house.other_department.pk)
    browser = browser_of(house.zhou)

    for query in ("", "?q=漏水", f"?customer={house.wang.pk}", "?count=exact"):
        page = browser.get(f"/cases/list{query}")
        assert rows_of(page) == []
        assert count_of(page) == "0"
        assert "漏水" not in text_of(page).replace("漏水 ", "", 1) or query == "?q=漏水"


def test_a_customer_out_of_sight_is_neither_listed_nor_named_by_a_filter(house: House) -> None:
    house.zhou.account.grants.all().delete()
    grant_role(account=house.zhou.account, role=Role.TEAM_LEADER, tier="standard", by=SYSTEM, at=BEGINNING)
    browser = browser_of(house.zhou)

    page = browser.get("/customers")

    assert rows_of(page) == ["李强"]
    assert count_of(page) == "1"
    assert "王丽" not in text_of(browser.get(f"/cases/list?customer={house.wang.pk}"))
    assert browser.get(f"/customers/{house.wang.pk}").status_code == 404


def test_a_partner_sees_own_cases_and_no_link_to_the_customer(house: House) -> None:
    case = house.open(at=MONDAY, owner=house.zhao)
    house.open(at=MONDAY, customer=house.li)
    house.zhao.account.grants.all().delete()
    grant_role(account=house.zhao.account, role=Role.PARTNER, by=SYSTEM, at=BEGINNING)

    page = browser_of(house.zhao).get("/cases/list")

    assert rows_of(page) == [case.reference]
    assert f"/customers/{house.wang.pk}" not in page.content.decode()


def test_identities_are_masked_on_the_page_and_never_read(house: House, chen: Client) -> None:
    add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=MONDAY)

    with CaptureQueriesContext(connection) as asked:
        page = chen.get("/customers")

    assert "138 **** 6721" in page.content.decode()
    assert "13800006721" not in page.content.decode()
    assert not [q for q in asked if '"customers_identity"."value"' in q["sql"]]
    assert not [q for q in asked if '"customers_customer"."address"' in q["sql"]]


def test_a_whole_phone_number_finds_its_customer(house: House, chen: Client) -> None:
    add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=MONDAY)

    assert rows_of(chen.get("/customers?q=138 0000 6721"))[0].startswith("王丽")


def test_open_cases_of_a_customer_lead_to_exactly_these(house: House, chen: Client) -> None:
    house.open(at=MONDAY)
    house.open(at=MONDAY)
    done = house.open(at=MONDAY)
    close_case(case=done, outcome="solved", by=actor_of(house.chen), at=MONDAY + MINUTE)

    page = chen.get("/customers?q=王丽").content.decode()
    address, shown = re.search(r'<a href="(/cases/list\?customer=[^"]+)">(\d+)\s*</a>', page).groups()

    assert shown == "2"
    assert count_of(chen.get(address.replace("&amp;", "&"))) == "2"


# What is remembered -------------------------------------------------------------------------------------------------


def test_chosen_columns_are_shown_and_remembered(house: House, chen: Client) -> None:
    house.open(at=MONDAY)

    answer = chen.post("/lists/cases/columns", {"query": "state=open", "column": ["subject", "team", "nonsense"]})

    assert answer["Location"] == "/cases/list?state=open&columns=subject,team"
    for address in (answer["Location"], "/cases/list"):
        heads = re.findall(r'data-column="(\w+)"', chen.get(address).content.decode())
        assert heads == ["reference", "subject", "team"]
    chen.post("/lists/cases/columns", {"usual": "1"})
    assert 'data-column="opened"' in chen.get("/cases/list").content.decode()


def test_a_view_is_kept_opened_changed_shared_and_removed(house: House, zhou: Client, chen: Client) -> None:
    house.open(at=MONDAY, channel="phone")

    answer = zhou.post("/lists/cases/views", {"query": "channel=phone&after=x", "name": "电话"})
    view = SavedView.objects.get()
    assert answer["Location"] == f"/cases/list?channel=phone&view={view.pk}"
    assert 'aria-current="true">电话<' in zhou.get(answer["Location"]).content.decode()
    assert "电话 · " not in text_of(chen.get("/cases/list"))

    zhou.post(f"/views/{view.pk}/team", {"team": house.team.pk})
    assert "电话 · 周敏" in text_of(chen.get("/cases/list"))

    zhou.post(f"/views/{view.pk}/query", {"query": "channel=mail"})
    zhou.post(f"/views/{view.pk}/name", {"name": "邮件组"})
    assert (
        f'href="/cases/list?channel=mail&amp;view={view.pk}">邮件组 · 周敏<' in chen.get("/cases/list").content.decode()
    )

    assert chen.post(f"/views/{view.pk}/removal").status_code == 403
    zhou.post(f"/views/{view.pk}/removal")
    assert SavedView.objects.count() == 0


def test_a_name_that_is_taken_is_said_on_the_list_with_its_filters(house: House, chen: Client) -> None:
    chen.post("/lists/cases/views", {"query": "channel=phone", "name": "电话"})

    answer = chen.post("/lists/cases/views", {"query": "channel=mail", "name": "电话"}, follow=True)

    assert answer.redirect_chain == [("/cases/list?channel=mail", 302)]
    assert "您在这里已有名为“电话”的视图" in text_of(answer)


# Files --------------------------------------------------------------------------------------------------------------


def file_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.django_db(transaction=True)
class TestExport:
    """A file is read by a thread of its own, so its rows must be committed."""

    def test_a_csv_file_has_the_rows_and_columns_of_the_screen(self, house: House, zhou: Client) -> None:
        house.open(at=MONDAY, subject="=HYPERLINK(1)", channel="phone")
        house.open(at=MONDAY, subject="空调不冷")

        answer = zhou.post(
            "/lists/cases/exports", {"form": "csv", "query": "channel=phone&columns=subject,opened,promise,kept"}
        )
        data = file_of(answer)

        assert data.startswith(b"\xef\xbb\xbf")
        number = Case.objects.get(channel="phone").reference
        assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
            ["编号", "主题", "建单", "下一承诺", "承诺"],
            [number, "'=HYPERLINK(1)", "2026-11-02 09:00", "2026-11-02 11:00", "2 次未兑现"],
        ]
        assert re.fullmatch(
            r"attachment; filename\*=utf-8''%E5%85%A8%E9%83%A8%E5%B7%A5%E5%8D%95%20\d{4}-\d\d-\d\d%20\d{4}\.csv",
            answer["Content-Disposition"],
        )

    def test_an_xlsx_file_holds_real_dates_and_text_as_it_is(self, house: House, zhou: Client) -> None:
        house.open(at=MONDAY, subject="=1+1 <&> 漏水")

        book = zipfile.ZipFile(
            io.BytesIO(file_of(zhou.post("/lists/cases/exports", {"form": "xlsx", "query": "columns=subject,opened"})))
        )

        assert book.testzip() is None
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        rows = [
            ["".join(cell.itertext()) for cell in row.findall(f"{space}c")]
            for row in sheet.find(f"{space}sheetData").findall(f"{space}row")
        ]
        # 46 328 days after 30 December 1899 is 2 November 2026; 09:00 in Shanghai is 0.375 of it.
        assert rows == [["编号", "主题", "建单"], [Case.objects.get().reference, "=1+1 <&> 漏水", "46328.37500000"]]

    def test_who_exports_what_is_written_down_without_the_words(self, house: House, zhou: Client) -> None:
        house.open(at=MONDAY, subject="洗衣机漏水")

        file_of(zhou.post("/lists/cases/exports", {"form": "csv", "query": "q=漏水&channel=mail&columns=subject"}))

        fact = FactRow.objects.get(type="access.list_exported")
        assert (fact.actor, fact.staff_id) == (f"staff:{house.zhou.pk}", house.zhou.pk)
        assert fact.payload == {
            "place": "cases",
            "form": "csv",
            "columns": ["reference", "subject"],
            "filters": {"q": True, "channel": ["mail"]},
            "row_count": 1,
        }

    def test_personal_values_leave_the_house_masked(self, house: House, zhou: Client) -> None:
        add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=MONDAY)

        text = file_of(zhou.post("/lists/customers/exports", {"form": "csv"})).decode()

        assert "138 **** 6721" in text
        assert "13800006721" not in text
        assert Reveal.objects.count() == 0

    def test_a_file_holds_nothing_that_its_taker_may_not_see(self, house: House) -> None:
        house.open(at=MONDAY, subject="洗衣机漏水")
        limit_to(house.zhou, Role.TEAM_LEADER, house.other_department.pk)

        text = file_of(browser_of(house.zhou).post("/lists/cases/exports", {"form": "csv"})).decode()

        assert len(text.splitlines()) == 1
        assert FactRow.objects.get(type="access.list_exported").payload["row_count"] == 0

    def test_agents_take_no_lists_out_of_the_house(self, house: House, client: Client) -> None:
        client.force_login(house.chen.account)

        assert client.post("/lists/cases/exports", {"form": "csv"}).status_code == 403
        assert "导出" not in text_of(client.get("/cases/list"))
        assert FactRow.objects.filter(type="access.list_exported").count() == 0
