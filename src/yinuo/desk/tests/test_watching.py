"""Two in one case see each other: who is here, who types, and that nobody else is told."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from yinuo.cases.tests.cast import House, actor_of
from yinuo.desk.actions import forget_watching, say_gone, say_here
from yinuo.desk.models import Typing, Watching
from yinuo.desk.queries.watching import Here, others_here, watching_in
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotFound
from yinuo.web.tests.browser import assert_accessible, assert_no_csp_violation
from yinuo.web.tests.test_live import database_address

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def test_a_colleague_is_here_for_forty_five_seconds_and_types_for_six(house: House) -> None:
    case, chen, zhou = house.open(at=NINE), actor_of(house.chen), actor_of(house.zhou)
    say_here(reference=case.reference, typing=Typing.REPLY, by=zhou, at=NINE)

    def seen(seconds: float) -> list[Here]:
        return others_here(case, actor=chen, at=later(seconds))

    assert seen(5.9) == [Here("周敏", "reply")]
    assert seen(6) == [Here("周敏", "")]
    assert seen(44.9) == [Here("周敏", "")]
    assert seen(45) == []


def test_saying_to_be_here_does_not_end_the_typing(house: House) -> None:
    case, zhou = house.open(at=NINE), actor_of(house.zhou)
    say_here(reference=case.reference, typing=Typing.NOTE, by=zhou, at=NINE)
    say_here(reference=case.reference, by=zhou, at=later(3))

    assert others_here(case, actor=actor_of(house.chen), at=later(4)) == [Here("周敏", "note")]
    assert Watching.objects.count() == 1


def test_nobody_sees_themselves_and_those_who_type_come_first(house: House) -> None:
    case, chen = house.open(at=NINE), actor_of(house.chen)
    for staff, typing in ((house.chen, None), (house.admin, None), (house.zhou, Typing.REPLY)):
        say_here(reference=case.reference, typing=typing, by=actor_of(staff), at=NINE)

    assert others_here(case, actor=chen, at=NINE) == [Here("周敏", "reply"), Here("管理员", "")]
    assert watching_in([case.pk, 0], at=NINE) == {
        case.pk: frozenset({(house.chen.pk, ""), (house.admin.pk, ""), (house.zhou.pk, "reply")})
    }


def test_who_leaves_is_gone_at_once(house: House) -> None:
    case, zhou = house.open(at=NINE), actor_of(house.zhou)
    say_here(reference=case.reference, by=zhou, at=NINE)

    say_gone(reference=case.reference, by=zhou)

    assert others_here(case, actor=actor_of(house.chen), at=NINE) == []


def test_nobody_is_in_a_case_they_may_not_see(house: House) -> None:
    with pytest.raises(NotFound):
        say_here(reference="YN-000000-0000", by=actor_of(house.chen), at=NINE)


def test_it_leaves_no_fact_and_no_log_and_is_forgotten(house: House) -> None:
    case = house.open(at=NINE)
    before = FactRow.objects.count()
    say_here(reference=case.reference, by=actor_of(house.zhou), at=NINE)

    assert FactRow.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'desk_watching'")
        assert cursor.fetchone() == ("u",)
    assert [forget_watching(at=later(seconds)) for seconds in (600, 601)] == [0, 1]


# In the browser, on a server of its own: the stream of live events is real -------------------------------------------


@pytest.fixture
def site(tmp_path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": database_address(), "YINUO_STATIC_ROOT": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "yinuo", "serve", "--port", str(port)], env=environment, stdout=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def opened(chromium: Browser, site: str, staff, path: str) -> Page:
    browser = Client()
    browser.force_login(staff.account, backend="django.contrib.auth.backends.ModelBackend")
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900})
    context.add_init_script("window.cspViolations = []")
    context.add_cookies([{"name": "sessionid", "value": browser.cookies["sessionid"].value, "url": site}])
    page = context.new_page()
    page.goto(site + path)
    return page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(240)
def test_two_agents_in_one_case_see_each_other(site: str, chromium: Browser, house: House) -> None:
    case = house.open(at=timezone.now() - timedelta(minutes=5), subject="洗衣机漏水")
    house.open(at=timezone.now() - timedelta(minutes=4), subject="空调不冷")
    path = f"/cases/{case.reference}?view=all"
    chen = opened(chromium, site, house.chen, path)
    expect(chen.locator("#here")).to_have_text("")

    zhou = opened(chromium, site, house.zhou, path)
    expect(zhou.locator("#here")).to_contain_text("陈晨 也在看")
    expect(chen.locator("#here")).to_contain_text("周敏 也在看")

    zhou.locator("form[data-writes=reply] textarea").type("您好")
    expect(chen.locator("#here")).to_contain_text("周敏 正在写答复")
    expect(chen.locator("#here-warning")).to_contain_text("周敏 也在答复客户")
    assert_accessible(chen)
    expect(chen.locator("#here")).to_contain_text("周敏 也在看", timeout=12_000)
    expect(chen.locator("#here-warning")).to_have_text("")

    zhou.locator("[data-list-item]", has_text="空调不冷").click()
    expect(chen.locator("#here")).to_have_text("", timeout=8_000)
    assert_no_csp_violation(chen)
    for page in (chen, zhou):
        page.context.close()
