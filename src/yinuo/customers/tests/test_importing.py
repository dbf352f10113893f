import csv
import io
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils.translation import override

from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.customers import queries
from yinuo.customers.actions import (
    CustomerDetails,
    IdentityDraft,
    ImportReader,
    add_customer,
    cancel_import,
    continue_import,
    find_or_add_by_identity,
    importing,
    run_import_to_end,
    start_import,
)
from yinuo.customers.actions.importing import FileChanged
from yinuo.customers.importing.files import FileMissing, QuotesUnbalanced
from yinuo.customers.models import Company, Customer, Identity, ImportRun, RejectedRow
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MAPPING = {"name": "姓名", "phone": "手机", "mail": "邮箱"}


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def save(tmp_path):
    def save(text: str, name: str = "customers.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return save


def many(count: int) -> str:
    return "姓名,手机,邮箱\n" + "".join(
        f"客户{number},138{number:08d},c{number}@example.com\n" for number in range(count)
    )


def whole(path: Path, mapping=MAPPING, **more) -> ImportRun:
    run = start_import(path=path, mapping=mapping, source="file", by=SYSTEM, at=AT, **more)
    return run_import_to_end(run=run, by=SYSTEM, clock=lambda: AT)


def counts(run: ImportRun) -> tuple[str, int, int, int, int]:
    return run.state, run.read_count, run.stored_count, run.duplicate_count, run.rejected_count


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    return [(row.line_number, row.reason) for row in queries.rejected_rows(SYSTEM, run)]


def test_a_file_becomes_customers_with_everything_it_says(house, save):
    text = (
        "姓名;手机;邮箱;编号;单位;等级;语言;区域;城市;地址;注册日期\n"
        "曾敏;'13800136721；021-62501234转8;Zeng@Example.com;kh1;和暖酒店;金卡;en;华东;上海;幸福路 1 号;2025年3月1日\n"
        "Anna Schmidt;;anna@example.com;;和暖酒店;;;EAST;;;2024/12/31\n"
    )
    mapping = {
        "name": "姓名", "phone": "手机", "mail": "邮箱", "account_number": "编号", "company": "单位", "tier": "等级",
        "language": "语言", "region": "区域", "city": "城市", "address": "地址", "registered_on": "注册日期",
    }  # fmt: skip
    with override("zh-hans"):
        from yinuo.customers.models import Tier

        text = text.replace("金卡", str(Tier.GOLD.label))

    run = whole(save(text, encoding="gb18030"), mapping)

    assert reasons(run) == []
    assert counts(run) == ("done", 2, 2, 0, 0)
    zeng = Customer.objects.get(name="曾敏")
    assert (zeng.sort_key, zeng.tier, zeng.language, zeng.region, zeng.city, zeng.address, zeng.registered_on) == (
        "zeng min", "gold", "en", house.region, "上海", "幸福路 1 号", date(2025, 3, 1),
    )  # fmt: skip
    assert sorted(zeng.identities.values_list("kind", flat=True)) == ["account_number", "mail", "phone", "phone"]
    assert {row.value for row in zeng.identities.all()} == {
        "+8613800136721", "+862162501234;ext=8", "Zeng@example.com", "KH1",
    }  # fmt: skip
    assert [company.name for company in Company.objects.all()] == ["和暖酒店"]
    assert Customer.objects.get(name="Anna Schmidt").company == zeng.company


def test_an_import_writes_what_the_action_for_one_customer_writes(db, save):
    whole(save("姓名,手机,邮箱\n单丽,13800136721,a@example.com\n"))
    imported = Customer.objects.get()
    made = add_customer(
        details=CustomerDetails(name="单丽"),
        identities=[IdentityDraft("mail", "b@example.com"), IdentityDraft("phone", "13800136722")],
        source="file",
        by=SYSTEM,
        at=AT,
    )

    one, other = (Customer.objects.filter(pk=row.pk).values().get() for row in (imported, made))
    assert one | {"id": 0} == other | {"id": 0}
    shapes = [
        [(fact.type, fact.payload | {"identity_id": 0}) for fact in FactRow.objects.filter(customer_id=row.pk)]
        for row in (imported, made)
    ]
    assert shapes[0] == shapes[1]
    columns = ("kind", "source", "is_verified", "added_at")
    assert list(imported.identities.order_by("kind").values_list(*columns)) == list(
        made.identities.order_by("kind").values_list(*columns)
    )


def test_the_same_file_twice_stores_nobody_twice(db, save):
    path = save(many(450))

    assert counts(whole(path)) == ("done", 450, 450, 0, 0)
    assert counts(whole(path)) == ("done", 450, 0, 450, 0)
    assert (Customer.objects.count(), Identity.objects.count()) == (450, 900)


def test_one_person_twice_in_a_file_is_one_customer_also_across_batches(db, save):
    path = save(many(250) + "客户3,+86 138 0000 0003,\n客户240,,C240@example.com\n")

    assert counts(whole(path)) == ("done", 252, 250, 2, 0)


def test_every_rejected_row_is_kept_with_its_reason_and_no_personal_value_in_it(house, save):
    add_customer(
        details=CustomerDetails(name="王丽"), identities=[IdentityDraft("phone", "13800136721")],
        source="x", by=SYSTEM, at=AT,
    )  # fmt: skip
    add_customer(
        details=CustomerDetails(name="李强"), identities=[IdentityDraft("mail", "li@example.com")],
        source="x", by=SYSTEM, at=AT,
    )  # fmt: skip
    text = (
        "姓名,手机,邮箱,等级,区域,日期\n"
        ",13900000001,,,,\n"
        "缺身份,,,,,\n"
        "短号,1390000000,,,,\n"
        "坏邮箱,,nobody@nowhere,,,\n"
        "等级,13900000002,,钻石,,\n"
        "区域,13900000003,,,月球,\n"
        "日期,13900000004,,,,2025-02-30\n"
        "未来,13900000005,,,,2026-11-03\n"
        "列少,13900000006\n"
        "合用,13800136721,,,,\n"
        "王丽,13800136721,li@example.com,,,\n"
        "科学,1.39E+10,,,,\n"
        "好人,13900000009,,,east,\n"
    )
    mapping = MAPPING | {"tier": "等级", "region": "区域", "registered_on": "日期"}

    run = whole(save(text), mapping)

    assert counts(run) == ("done", 13, 1, 0, 12)
    begins = [(line, reason.split(".")[0]) for line, reason in reasons(run)]
    assert begins == [
        (2, "The name is empty"),
        (3, "The row has no mail address, phone number or account number"),
        (4, "This is not a complete phone number"),
        (5, "This is not a mail address"),
        (6, "The tier is unknown"),
        (7, "The region is unknown"),
        (8, "The registration date cannot be read"),
        (9, "The registration date lies in the future"),
        (10, "The row has 2 values, the first line has 6 columns"),
        (11, "A phone number or mail address in this row belongs to a customer with another name"),
        (12, "The identities in this row belong to different customers we know"),
        (13, "A spreadsheet has shortened this phone number, so its last digits are lost"),
    ]
    for _line, reason in reasons(run):
        assert not any(value in reason for value in ("1380013", "139000", "li@", "nowhere", "王丽", "李强"))


def test_rejected_rows_can_be_mended_and_imported_again(db, save):
    run = whole(save('姓名,手机,邮箱\n=1+1,1390000000,"a,b\nc"\n'))

    table = "".join(queries.rejected_rows_table(SYSTEM, run))

    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    assert rows[0] == ["Line", "Reason", "姓名", "手机", "邮箱"]
    assert rows[1][0] == "2"
    assert rows[1][2:] == ["'=1+1", "1390000000", "a,b\nc"]
    mended = save(table.replace("1390000000", "13900000001").replace('"a,b\nc"', ""), "mended.csv")
    assert counts(whole(mended)) == ("done", 1, 1, 0, 0)
    assert Customer.objects.get().name == "=1+1"


def test_the_row_of_a_rejected_person_is_encrypted(db, save):
    whole(save("姓名,手机,邮箱\n短号,1390000000,\n"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM customers_rejectedrow r")
        stored = cursor.fetchone()[0]
    assert "1390000000" not in stored
    assert b"1390000000".hex() not in stored
    assert RejectedRow.objects.get().text == "短号,1390000000,"


def test_a_dry_run_counts_exactly_what_the_run_then_does_and_stores_nobody(db, save):
    text = many(410) + "客户1,13800000001,\n别人,13800000002,\n无,,\n客户405,,c405@example.com\n"
    path = save(text)

    dry = whole(path, dry_run=True)

    assert counts(dry) == ("done", 414, 410, 2, 2)
    assert not Customer.objects.exists()
    assert not FactRow.objects.filter(type="customers.customer_added").exists()
    assert counts(whole(path)) == counts(dry)


def test_a_dry_run_continued_batch_by_batch_with_new_readers_counts_the_same(db, save):
    run = start_import(
        path=save(many(410) + "客户1,13800000001,\n"), mapping=MAPPING, source="file", dry_run=True, by=SYSTEM, at=AT
    )

    for _ in range(3):
        run = continue_import(run=run, by=SYSTEM, at=AT)

    assert counts(run) == ("done", 411, 410, 1, 0)


def test_starting_the_same_file_again_continues_its_unfinished_run(db, save):
    path = save(many(410))
    run = start_import(path=path, mapping=MAPPING, source="file", by=SYSTEM, at=AT)
    continue_import(run=run, by=SYSTEM, at=AT)

    again = start_import(path=path, mapping=MAPPING, source="file", by=SYSTEM, at=AT)
    again = run_import_to_end(run=again, by=SYSTEM, clock=lambda: AT)

    assert again.pk == run.pk
    assert counts(again) == ("done", 410, 410, 0, 0)
    assert [(fact.type, fact.payload) for fact in FactRow.objects.filter(type__startswith="customers.import")] == [
        ("customers.import_started", {"run_id": run.pk, "row_count": 410, "is_dry_run": False}),
        (
            "customers.import_finished",
            {"run_id": run.pk, "stored_count": 410, "duplicate_count": 0, "rejected_count": 0, "is_dry_run": False},
        ),
    ]


def test_a_reader_of_another_process_that_lags_behind_reads_on_at_the_right_row(db, save):
    run = start_import(path=save(many(650)), mapping=MAPPING, source="file", by=SYSTEM, at=AT)
    one, other = ImportReader(run, at=AT), ImportReader(run, at=AT)

    for reader in (one, other, other, one):
        run = continue_import(run=run, reader=reader, by=SYSTEM, at=AT)

    assert counts(run) == ("done", 650, 650, 0, 0)


def test_a_cancelled_import_keeps_what_it_stored_and_reads_no_more(db, save):
    run = start_import(path=save(many(410)), mapping=MAPPING, source="file", by=SYSTEM, at=AT)
    continue_import(run=run, by=SYSTEM, at=AT)

    cancel_import(run=run, by=SYSTEM, at=AT)
    run = run_import_to_end(run=run, by=SYSTEM, clock=lambda: AT)

    assert counts(run) == ("cancelled", 200, 200, 0, 0)
    assert Customer.objects.count() == 200


def test_a_file_changed_or_lost_halfway_fails_the_run_with_the_reason_and_can_go_on_once_it_is_back(db, save):
    path = save(many(410))
    run = start_import(path=path, mapping=MAPPING, source="file", by=SYSTEM, at=AT)
    continue_import(run=run, by=SYSTEM, at=AT)
    original = path.read_bytes()

    path.write_bytes(original + "又一人,13900000001,\n".encode())
    with pytest.raises(FileChanged):
        run_import_to_end(run=run, by=SYSTEM, clock=lambda: AT)
    run.refresh_from_db()
    assert (run.state, run.problem.split(",")[0]) == (
        "failed",
        "The file customers.csv was changed after its import began",
    )
    path.unlink()
    with pytest.raises(FileMissing):
        continue_import(run=run, by=SYSTEM, at=AT)

    path.write_bytes(original)
    run.refresh_from_db()
    assert counts(run_import_to_end(run=run, by=SYSTEM, clock=lambda: AT)) == ("done", 410, 410, 0, 0)


def test_a_broken_file_is_refused_whole_and_leaves_nothing(db, save):
    path = save(many(300) + '"开着,13900000001,\n')

    with pytest.raises(QuotesUnbalanced):
        start_import(path=path, mapping=MAPPING, source="file", by=SYSTEM, at=AT)

    assert not ImportRun.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_brings_the_same_person_during_a_batch_makes_no_second_customer(save, monkeypatch):
    run = start_import(path=save(many(5)), mapping=MAPPING, source="file", by=SYSTEM, at=AT)
    sort_out = importing.sort_out

    def a_mail_arrives() -> None:
        find_or_add_by_identity(kind="mail", value="c3@example.com", name="客户3", source="mail", by=SYSTEM, at=AT)
        connection.close()

    def sort_out_and_be_overtaken(*arguments, **more):
        found = sort_out(*arguments, **more)
        monkeypatch.setattr(importing, "sort_out", sort_out)
        mail = threading.Thread(target=a_mail_arrives)
        mail.start()
        mail.join()
        return found

    monkeypatch.setattr(importing, "sort_out", sort_out_and_be_overtaken)
    run = continue_import(run=run, by=SYSTEM, at=AT)

    assert counts(run) == ("done", 5, 4, 1, 0)
    assert Customer.objects.count() == 5


def test_only_those_who_may_import_do(house, save):
    path = save(many(3))
    run = start_import(path=path, mapping=MAPPING, source="file", by=actor_of(house.admin), at=AT)

    assert run.by_staff_id == house.admin.pk
    for act in (
        lambda by: start_import(path=path, mapping=MAPPING, source="file", by=by, at=AT),
        lambda by: continue_import(run=run, by=by, at=AT),
        lambda by: run_import_to_end(run=run, by=by, clock=lambda: AT),
        lambda by: cancel_import(run=run, by=by, at=AT),
        lambda by: list(queries.rejected_rows(by, run)),
        lambda by: list(queries.rejected_rows_table(by, run)),
    ):
        with pytest.raises(NotAllowed):
            act(actor_of(house.chen))
    assert queries.import_runs(actor_of(house.chen)) == []
    assert queries.import_runs(actor_of(house.admin)) == [run]


_CHILD = """
import sys, django
django.setup()
from django.conf import settings
from pathlib import Path
from yinuo.access.actors import Actor
from yinuo.customers.actions import run_import_to_end, start_import
from yinuo.foundation.clock import now
by = Actor.system("import")
mapping = {"name": "姓名", "phone": "手机", "mail": "邮箱"}
run = start_import(path=Path(sys.argv[1]), mapping=mapping, source="file", by=by, at=now())
run_import_to_end(run=run, by=by, clock=now, after_batch=lambda run: print(run.read_count, flush=True))
print("end", flush=True)
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_an_import_killed_again_and_again_loses_no_row_and_doubles_none(save):
    path = save(many(1_500) + "".join(f"坏{number},12,\n" for number in range(100)))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "yinuo.web.settings",
        "DATABASE_URL": _url_of(connection.settings_dict),
        "PYTHONPATH": str(Path(importing.__file__).parents[3]),
    }
    kills = 0
    for patience in (0, 2, 1, 99):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(path)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for batch, line in enumerate(child.stdout):
            if line.strip() == "end":
                break
            if batch >= patience:
                time.sleep(0.03 * patience)  # somewhere inside the next batch
                child.send_signal(signal.SIGKILL)
                kills += 1
                break
        child.stdout.close()
        child.wait()

    run = ImportRun.objects.get()
    assert kills == 3
    assert counts(run) == ("done", 1_600, 1_500, 0, 100)
    assert (Customer.objects.count(), Identity.objects.count(), RejectedRow.objects.count()) == (1_500, 3_000, 100)
    assert FactRow.objects.filter(type="customers.customer_added").count() == 1_500
    assert FactRow.objects.filter(type="customers.import_finished").count() == 1


def _url_of(settings) -> str:
    user, password, host = (quote(settings[name] or "", safe="") for name in ("USER", "PASSWORD", "HOST"))
    port = f"&port={settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}:{password}@/{settings['NAME']}?host={host}{port}"
