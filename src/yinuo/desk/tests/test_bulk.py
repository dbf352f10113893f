"""One act on many cases: each done once, each with its own answer, whatever is killed when."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.access.actions import grant_role
from yinuo.access.models import RoleGrant
from yinuo.access.roles import Role
from yinuo.cases.actions import close_case
from yinuo.cases.models import Case, Closure, Message, Ownership
from yinuo.cases.rules import EmptyMessage, UnknownOutcome
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.desk.actions import bulk, cancel_run, carry_on, carry_on_due_runs, start_run
from yinuo.desk.models import BulkAct, BulkRow, BulkRun
from yinuo.desk.rules import NothingChosen, ReasonMissing, RunHasEnded, TooManyCases
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.web.tests.test_live import database_address

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def many(house: House, count: int, **more) -> list[Case]:
    return [house.open(at=NINE + n * timedelta(seconds=1), subject=f"{n:02}", **more) for n in range(count)]


def note_all(house: House, cases: list[Case], at: datetime = TEN) -> BulkRun:
    return start_run(act=BulkAct.NOTE, cases=cases, text="停电通知", by=actor_of(house.chen), at=at)


def states(run: BulkRun) -> list[str]:
    return list(run.rows.order_by("position").values_list("state", flat=True))


def notes() -> list[int]:
    return sorted(Message.objects.filter(kind="note").values_list("case_id", flat=True))


# Doing it -----------------------------------------------------------------------------------------------------------


def test_each_act_is_done_to_every_chosen_case(house: House) -> None:
    zhou, cases = actor_of(house.zhou), many(house, 2)
    runs = [
        start_run(act=BulkAct.OWNER, cases=cases, text="休假", new_owner=house.zhou, by=zhou, at=TEN),
        start_run(act=BulkAct.NOTE, cases=cases, text="停电通知", by=zhou, at=TEN),
        start_run(act=BulkAct.CLOSE, cases=cases, outcome="explained", text="已恢复", by=zhou, at=TEN),
        start_run(act=BulkAct.REOPEN, cases=cases, text="又停电", by=zhou, at=TEN),
    ]
    for run in runs:
        carry_on(run, at=TEN)

    assert [states(run) for run in runs] == 4 * [["done", "done"]]
    assert list(Ownership.objects.filter(until=None).values_list("owner_id", "reason")) == 2 * [(house.zhou.pk, "休假")]
    assert list(Message.objects.filter(kind="note").values_list("text", "author_name")) == 2 * [("停电通知", "周敏")]
    assert list(Closure.objects.values_list("outcome", "summary")) == 2 * [("explained", "已恢复")]
    assert [case.is_open for case in Case.objects.all()] == [True, True]


def test_a_refused_case_says_why_and_holds_up_no_other(house: House) -> None:
    chen, cases = actor_of(house.chen), many(house, 3)
    close_case(case=cases[1], outcome="solved", by=chen, at=NINE + MINUTE)

    run = start_run(act=BulkAct.CLOSE, cases=cases, outcome="solved", by=chen, at=TEN)
    carry_on(run, at=TEN)

    assert states(run) == ["done", "refused", "done"]
    row = run.rows.get(state="refused")
    assert (row.code, row.sentence) == ("cases.case_is_closed", f"工单 {cases[1].reference} 已结案，请先重开。")


def test_a_fault_with_one_case_is_logged_and_holds_up_no_other(house: House, monkeypatch, caplog) -> None:
    cases = many(house, 2)
    run = note_all(house, cases)
    real = bulk._ACTS[BulkAct.NOTE]

    def break_first(row: BulkRow, by, at) -> None:
        real(row, by, at)
        if row.position == 1:
            raise RuntimeError

    monkeypatch.setitem(bulk._ACTS, BulkAct.NOTE, break_first)
    carry_on(run, at=TEN)

    assert states(run) == ["failed", "done"]
    assert notes() == [cases[1].pk]
    assert "case of a bulk run failed" in caplog.text


def test_whoever_loses_the_role_meanwhile_is_refused_from_then_on(house: House) -> None:
    run = note_all(house, many(house, 2))
    carry_on(run, at=TEN, limit=1)
    RoleGrant.objects.filter(account=house.chen.account).delete()

    carry_on(run, at=TEN)

    assert states(run) == ["done", "refused"]


def test_the_end_is_told_once_with_what_came_of_it(house: House) -> None:
    run = note_all(house, many(house, 2))
    carry_on(run, at=TEN)
    carry_on(run, at=TEN + MINUTE)

    told = [(fact.type, fact.staff_id, fact.payload) for fact in FactRow.objects.filter(type__startswith="desk.bulk")]
    assert told == [
        ("desk.bulk_run_started", house.chen.pk, {"act": "note", "case_count": 2, "run_id": run.pk}),
        (
            "desk.bulk_run_ended",
            house.chen.pk,
            {"cancelled_count": 0, "done_count": 2, "refused_count": 0, "run_id": run.pk},
        ),
    ]
    run.refresh_from_db()
    assert run.finished_at == TEN


# Refusing it as a whole ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"act": BulkAct.OWNER, "text": "x"}, NotAllowed),
        ({"act": BulkAct.NOTE, "text": "  "}, EmptyMessage),
        ({"act": BulkAct.CLOSE, "outcome": "x"}, UnknownOutcome),
        ({"act": BulkAct.REOPEN, "text": ""}, ReasonMissing),
        ({"act": BulkAct.NOTE, "text": "x", "cases": []}, NothingChosen),
    ],
)
def test_what_cannot_be_done_to_any_case_is_refused_before_the_first(house: House, values: dict, refusal: type) -> None:
    values = {"cases": many(house, 1)} | values

    with pytest.raises(refusal):
        start_run(by=actor_of(house.chen), at=TEN, **values)
    assert not BulkRun.objects.exists()


def test_more_than_five_hundred_cases_at_once_are_refused(house: House) -> None:
    case = house.open(at=NINE)

    with pytest.raises(TooManyCases):
        note_all(house, 501 * [case])


# Behind, and interrupted --------------------------------------------------------------------------------------------


def test_more_than_twenty_cases_are_carried_out_behind_each_run_by_parts(house: House) -> None:
    first, second = note_all(house, many(house, 41)), note_all(house, many(house, 21))

    assert carry_on_due_runs(at=TEN) == 40
    assert [run.rows.filter(state="done").count() for run in (first, second)] == [20, 20]
    assert [carry_on_due_runs(at=TEN) for _time in range(3)] == [21, 1, 0]
    assert not BulkRun.objects.unfinished().exists()


def test_a_short_run_whose_page_died_is_carried_on_after_a_minute(house: House) -> None:
    run = note_all(house, many(house, 2))
    carry_on(run, at=TEN, limit=1)

    assert carry_on_due_runs(at=TEN + timedelta(seconds=59)) == 0
    assert carry_on_due_runs(at=TEN + timedelta(seconds=60)) == 1
    assert states(run) == ["done", "done"]


def test_what_is_cancelled_leaves_the_rest_undone(house: House) -> None:
    chen = actor_of(house.chen)
    run = note_all(house, many(house, 3))
    carry_on(run, at=TEN, limit=1)

    cancelled = cancel_run(run=run, by=chen, at=TEN + MINUTE)

    assert states(run) == ["done", "cancelled", "cancelled"]
    assert (cancelled.cancelled_at, cancelled.finished_at) == (TEN + MINUTE, TEN + MINUTE)
    assert carry_on_due_runs(at=TEN + timedelta(hours=1)) == 0
    with pytest.raises(RunHasEnded):
        cancel_run(run=run, by=chen, at=TEN + MINUTE)


def test_nobody_cancels_another_s_run(house: House) -> None:
    run = note_all(house, many(house, 1))

    with pytest.raises(NotFound):
        cancel_run(run=run, by=actor_of(house.admin), at=TEN)


WORKER = """
import django; django.setup()
from django.utils import timezone
from yinuo.desk.actions import carry_on_due_runs
print("ready", flush=True)
while True: carry_on_due_runs(at=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_a_killed_worker_leaves_every_case_done_once_or_still_to_do(house: House) -> None:
    cases = many(house, 60)
    run = note_all(house, cases, at=timezone.now())
    environment = os.environ | {"DATABASE_URL": database_address(), "DJANGO_SETTINGS_MODULE": "yinuo.web.settings"}
    killed = 0
    for wanted in (5, 25):
        worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE)
        worker.stdout.readline()
        deadline = time.monotonic() + 60
        while run.rows.filter(state="done").count() < wanted and time.monotonic() < deadline:
            time.sleep(0.005)
        killed += worker.poll() is None
        worker.kill()
        worker.wait()
        worker.stdout.close()

    assert killed == 2
    done = run.rows.filter(state="done").count()
    assert done >= 25
    assert len(notes()) == done
    while carry_on_due_runs(at=timezone.now()):
        pass
    assert notes() == sorted(case.pk for case in cases)
    assert set(states(run)) == {"done"}


# On the page ---------------------------------------------------------------------------------------------------------


def browser_of(staff) -> Client:
    browser = Client()
    browser.force_login(staff.account)
    return browser


def test_chosen_cases_are_closed_and_the_report_says_how_each_went(house: House) -> None:
    cases = many(house, 3)
    close_case(case=cases[2], outcome="solved", by=actor_of(house.chen), at=NINE + MINUTE)
    chosen = [case.reference for case in cases[1:]]

    page = browser_of(house.chen).post(
        "/bulk", {"act": "close", "outcome": "explained", "close_text": "已恢复", "case": chosen}, follow=True
    )

    words = text_of(page)
    assert "已完成 1 / 2 张，1 张未能处理，原因见每张工单。" in words
    assert f"{cases[2].reference} 02 工单 {cases[2].reference} 已结案，请先重开。 未能处理" in words
    assert [case.is_open for case in Case.objects.order_by("pk")] == [True, False, False]


def test_a_whole_queue_is_meant_by_what_it_holds_then(house: House) -> None:
    many(house, 2, channel="phone")
    other = house.open(at=NINE, subject="mail")
    asked = {"act": "note", "note_text": "停电通知", "whole": "1", "query": "view=all&channel=phone"}

    page = browser_of(house.chen).post("/bulk", asked, follow=True)

    assert "2 张工单全部完成。" in text_of(page)
    assert other.pk not in notes()


def test_hidden_cases_are_not_touched_even_when_named(house: House) -> None:
    case = house.open(at=NINE)
    RoleGrant.objects.filter(account=house.zhao.account).delete()
    elsewhere = house.other_department.pk
    grant_role(account=house.zhao.account, role=Role.AGENT, department_id=elsewhere, by=SYSTEM, at=BEGINNING)

    page = browser_of(house.zhao).post("/bulk", {"act": "note", "note_text": "x", "case": [case.reference]})

    assert page.status_code == 422
    assert notes() == []


def test_what_was_typed_comes_back_with_a_refusal(house: House) -> None:
    case = house.open(at=NINE)
    asked = {"act": "owner", "owner": house.chen.pk, "owner_text": " ", "case": [case.reference]}

    refused = browser_of(house.zhou).post("/bulk", asked)

    assert refused.status_code == 422
    assert "请写一句原因，它会记录在每张工单里。" in text_of(refused)
    assert f'name="case" value="{case.reference}"' in refused.content.decode()
    assert f'<option value="{house.chen.pk}" selected>' in refused.content.decode()


def test_long_runs_are_reported_while_they_go_and_can_be_cancelled(house: House) -> None:
    chen = browser_of(house.chen)
    chosen = [case.reference for case in many(house, 21)]

    begun = chen.post("/bulk", {"act": "note", "note_text": "停电", "case": chosen}, follow=True)
    assert "已处理 0 / 21 张。可以关闭此页面，处理会自动继续。" in text_of(begun)

    run = BulkRun.objects.get()
    carry_on_due_runs(at=timezone.now())
    assert "已处理 20 / 21 张" in text_of(chen.get(f"/bulk/{run.pk}", headers={"HX-Request": "true"}))
    ended = chen.post(f"/bulk/{run.pk}/cancellation", follow=True)
    assert "已取消：此前已完成 20 / 21 张，保持不变。" in text_of(ended)
    assert "完成 20 / 21" in text_of(chen.get("/bulk"))


def test_a_report_costs_the_same_for_one_case_and_for_thirty_and_stays_small(house: House) -> None:
    chen = browser_of(house.chen)
    one_run, cases = note_all(house, many(house, 1)), many(house, 150)
    long_run = note_all(house, cases)
    chen.get(f"/bulk/{one_run.pk}")
    with CaptureQueriesContext(connection) as one:
        chen.get(f"/bulk/{one_run.pk}")
    with CaptureQueriesContext(connection) as thirty:
        page = chen.get(f"/bulk/{long_run.pk}")

    assert len(one) == len(thirty)
    assert len(page.content) < 120_000
    assert "下一页" in text_of(page)


def test_a_report_is_only_for_whoever_began_it(house: House) -> None:
    run = note_all(house, many(house, 1))

    assert browser_of(house.admin).get(f"/bulk/{run.pk}").status_code == 404


def test_only_what_one_may_do_is_offered(house: House) -> None:
    house.open(at=NINE)
    asked = {"HX-Request": "true"}

    def offered(staff, query: str = "") -> list[str]:
        page = browser_of(staff).get(f"/queue/acts{query}", headers=asked).content.decode()
        return [act for act in ("owner", "note", "close", "reopen") if f'value="{act}"' in page]

    assert offered(house.chen) == ["note", "close"]
    assert offered(house.zhou) == ["owner", "note", "close"]
    assert offered(house.zhao) == ["note"]
    assert offered(house.zhou, "?view=closed") == ["note", "reopen"]


def test_cases_are_chosen_without_scripts_too(house: House) -> None:
    case = house.open(at=NINE)

    page = browser_of(house.chen).get("/queue/acts", follow=True)

    assert page.redirect_chain == [("/?choose=1", 302)]
    assert f'form="bulk" name="case" value="{case.reference}"' in page.content.decode()
    assert "将所选工单结案" in text_of(page)
