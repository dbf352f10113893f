"""A customer's page: who they are, what they own, their cases, everything on one time line."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yinuo.access.actions import grant_role
from yinuo.access.models import Reveal
from yinuo.access.roles import Role
from yinuo.cases.actions import add_note, close_case, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Message
from yinuo.cases.queries import story
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.customers.actions import add_identity
from yinuo.entitlements.models import Order, OwnedProduct, Product

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def chen(house: House, client: Client) -> Client:
    client.force_login(house.chen.account)
    return client


def address(house: House) -> str:
    return f"/customers/{house.wang.pk}"


def order_of(house: House, *, at: datetime = MONDAY, number: str = "HN1") -> Order:
    return Order.objects.create(
        number=number, customer=house.wang, sales_channel="旗舰店", ordered_at=at, total_amount=Decimal(2639)
    )


def test_the_page_says_who_they_are_and_what_they_own(house: House, chen: Client) -> None:
    add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=MONDAY)
    product = Product.objects.create(
        code="S8", name_zh="扫拖机器人", name_en="Robot", line="clean", warranty_months=24, price_amount=2639
    )
    OwnedProduct.objects.create(
        order=order_of(house), customer=house.wang, product=product, serial_number="SN1", warranty_until="2099-01-01"
    )

    page = chen.get(address(house))

    words = text_of(page)
    for part in ("王丽", "铂金卡", "华东", "138 **** 6721", "扫拖机器人", "保修至 2099-01-01", "HN1", "¥2,639"):
        assert part in words
    assert "13800006721" not in page.content.decode()


def test_each_figure_leads_to_a_list_of_exactly_that_many(house: House, chen: Client) -> None:
    for count in range(3):
        house.open(at=MONDAY + count * MINUTE)
    done = house.open(at=MONDAY)
    close_case(case=done, outcome="solved", by=actor_of(house.chen), at=MONDAY + MINUTE)
    house.open(at=MONDAY, customer=house.li)

    page = chen.get(address(house)).content.decode()
    figures = re.findall(r'<a class="yn-figure" href="([^"]+)"[^>]*><b>(\d+)</b>', page)

    assert [shown for _url, shown in figures] == ["3", "4", "3"]
    for url, shown in figures:
        listed = chen.get(url.replace("&amp;", "&")).content.decode()
        assert re.search(r'id="list-count"[^>]*><span class="yn-pill">(\d+)<', listed)[1] == shown


def test_everything_stands_on_one_time_line_the_newest_first(house: House, chen: Client) -> None:
    order_of(house, at=MONDAY - timedelta(days=9))
    case = house.open(at=MONDAY, subject="报修", text="洗衣机漏水")
    reply(case=case, said=Said("明天上门。", MONDAY + MINUTE), by=actor_of(house.chen), at=MONDAY + MINUTE)
    add_note(case=case, said=Said("带密封圈", MONDAY + 2 * MINUTE), by=actor_of(house.chen), at=MONDAY + 2 * MINUTE)
    close_case(
        case=Case.objects.get(), outcome="solved", summary="已换密封圈", by=actor_of(house.chen), at=MONDAY + 3 * MINUTE
    )

    words = text_of(chen.get(address(house))).partition("时间线")[2]

    parts = ["工单结案", "已换密封圈", "内部备注", "带密封圈", "明天上门。", "洗衣机漏水", "工单建立", "HN1"]
    assert [words.index(part) for part in parts] == sorted(words.index(part) for part in parts)


def test_the_time_line_goes_back_page_by_page_and_shows_each_once(house: House) -> None:
    case = house.open(at=MONDAY)
    for count in range(7):
        # Several at one instant, so that a page may end among them.
        add_note(case=case, said=Said(f"n{count}", MONDAY + count // 3 * MINUTE), by=SYSTEM, at=MONDAY)
        order_of(house, at=MONDAY + count // 3 * MINUTE, number=f"HN{count}")
    seen, key = [], ""
    while True:
        page = story(house.wang, actor=SYSTEM, before=key, length=4)
        seen += [(entry.what, entry.id) for entry in page.entries]
        key = page.older_key
        if not key:
            break

    expected = {("message", pk) for pk in Message.objects.values_list("pk", flat=True)}
    expected |= {("ordered", pk) for pk in Order.objects.values_list("pk", flat=True)} | {("opened", case.pk)}
    assert len(seen) == len(set(seen))
    assert set(seen) == expected


@pytest.mark.parametrize(
    "key", ["x", "2026_1_1", "2026-11-02T00:00:00Z_a_b", "_", "2026-11-02T00:00:00Z_1_" + "9" * 40]
)
def test_a_time_line_begins_anew_from_a_key_that_cannot_be_read(house: House, chen: Client, key) -> None:
    house.open(at=MONDAY, text="洗衣机漏水")

    assert "洗衣机漏水" in text_of(chen.get(address(house), {"before": key}))


def test_what_belongs_to_cases_out_of_sight_is_on_no_part_of_the_page(house: House) -> None:
    house.open(at=MONDAY, subject="秘密", text="秘密的话")
    house.zhou.account.grants.all().delete()
    grant_role(
        account=house.zhou.account,
        role=Role.TEAM_LEADER,
        department_id=house.other_department.pk,
        by=SYSTEM,
        at=BEGINNING,
    )
    browser = Client()
    browser.force_login(house.zhou.account)

    page = browser.get(address(house))

    assert page.status_code == 200
    assert "秘密" not in page.content.decode()
    assert re.findall(r"<b>(\d+)</b>", page.content.decode())[:3] == ["0", "0", "0"]


def test_a_value_is_shown_in_clear_after_it_was_written_down(house: House, chen: Client) -> None:
    identity = add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=MONDAY)
    url = f"{address(house)}/reveals/{identity.pk}"

    piece = chen.post(url, headers={"HX-Request": "true"}).content.decode()
    whole = chen.post(url)

    assert "13800006721" in re.sub(r"[^\d]", "", piece)
    assert "138 **** 6721" not in text_of(whole)
    assert [row.field for row in Reveal.objects.all()] == ["phone", "phone"]
    assert chen.post(f"{address(house)}/reveals/address").status_code == 404
    assert chen.post(f"/customers/{house.li.pk}/reveals/{identity.pk}").status_code == 404


def test_a_new_case_for_a_known_customer_asks_not_who_they_are(house: House, chen: Client) -> None:
    page = text_of(chen.get(f"/cases/new?customer={house.wang.pk}"))
    assert "王丽" in page
    assert "电话号码" not in page

    values = {"channel": "phone", "subject": "漏水", "text": "又漏水了", "case_class": "routine", "team": house.team.pk}
    answer = chen.post("/cases", {**values, "customer": house.wang.pk})

    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.reference}"
    assert case.customer == house.wang
    assert chen.get("/cases/new?customer=999999").status_code == 404
    assert chen.post("/cases", {**values, "customer": "x"}).status_code == 404


def test_a_page_with_thirty_cases_costs_only_their_count_more_than_with_one(house: House, chen: Client) -> None:
    house.open(at=MONDAY)
    order_of(house)
    chen.get(address(house))
    with CaptureQueriesContext(connection) as one:
        chen.get(address(house))
    for count in range(29):
        house.open(at=MONDAY + count * MINUTE)
        order_of(house, number=f"N{count}")
    with CaptureQueriesContext(connection) as thirty:
        page = chen.get(address(house))

    # What fits one page has been counted by showing it; thirty cases do not.
    assert len(thirty) == len(one) + 1
    assert len(page.content) < 120_000
