"""What the spine costs, beside a floor measured in the same run on the same connection.

    python bench/spine.py [--rounds 5] [--cases 300] [--promises 100000]

Prints, as medians of the rounds: cases opened by the action against the same rows written by one raw statement;
mail files made cases; facts handled by a follower; how late a due promise is acted on among many open ones.
Makes a database of its own in a temporary folder and removes it.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=300, help="cases a round")
    parser.add_argument("--promises", type=int, default=100_000, help="open promises beside the due one")
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(rounds=2, cases=5, promises=100)
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"YINUO_HOME": folder, "YINUO_LOG_LEVEL": "ERROR"}
        from yinuo.commands.starting import prepare, start_django

        start_django()
        prepare()
        from yinuo.cases.tests.cast import build_house

        house = build_house()
        print(f"PostgreSQL durable (fsync on), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        open_cases(house, options)
        mails(house, options)
        followers(options)
        due_promises(house, options)
        from django.db import connection

        from yinuo.foundation.postgres import database_server

        connection.close()
        database_server().close()  # before its folder goes


def rate(work: Callable[[], int]) -> tuple[float, float]:
    """Return how many a second, by the clock and by this process's own CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    count = work()
    return count / (time.perf_counter() - wall), count / max(time.process_time() - cpu, 1e-9)


def row(what: str, value: float, unit: str, ratio: float | None = None, goal: str = "") -> None:
    shown = f"{ratio:6.2f} of floor" if ratio is not None else " " * 15
    print(f"{what:<46}{value:>10,.0f} {unit:<14}{shown}  {goal}")


def open_cases(house, options) -> None:
    from django.db import connection, transaction

    from yinuo.foundation.clock import now

    captured: list[tuple[str, object]] = []

    def capture(execute, sql, params, many, context):
        if "the_case" in sql:
            captured.append((sql, params))
        return execute(sql, params, many, context)

    def by_action() -> int:
        for _ in range(options.cases):
            open_one(house, now())
        return options.cases

    def by_statement() -> int:
        with connection.cursor() as cursor:
            for sql, params in captured:
                with transaction.atomic():
                    cursor.execute(sql, params)
        return len(captured)

    floors, actions = [], []
    by_action()  # warm up
    for _ in range(options.rounds):
        captured.clear()
        with connection.execute_wrapper(capture), transaction.atomic():
            by_action()
            transaction.set_rollback(True)
        floors.append(rate(by_statement)[0])
        actions.append(rate(by_action)[0])
    floor, action = statistics.median(floors), statistics.median(actions)
    row("open a case: the rows by one raw statement", floor, "cases/s", 1.0)
    row("open a case: by the action", action, "cases/s", action / floor, "goal >= 0.5")


def open_one(house, at) -> None:
    from yinuo.cases.actions import open_case
    from yinuo.cases.actions.opening import FirstMessage
    from yinuo.cases.tests.cast import SYSTEM

    first = FirstMessage(text="洗衣机漏水，已经两天了，请尽快安排师傅。" * 5, subject="洗衣机漏水", said_at=at)
    open_case(
        customer=house.wang, first=first, channel="mail", team=house.team, owner=house.chen,
        owner_reason="bench", by=SYSTEM, at=at,
    )  # fmt: skip


def mails(house, options) -> None:
    from yinuo.cases.tests.cast import SYSTEM
    from yinuo.foundation.clock import now
    from yinuo.intake.mail.actions import MailboxDraft, save_mailbox, take_in
    from yinuo.intake.mail.house_addresses import house_addresses
    from yinuo.intake.mail.reading import parse_mail

    draft = MailboxDraft(address="support@henuan.example", sender_name="Henuan", in_host="-", out_host="-")
    mailbox = save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=now())
    addresses = house_addresses()
    walls, cpus, parses = [], [], []
    for number in range(options.rounds):
        raws = [a_mail(f"{number}-{count}") for count in range(options.cases)]

        def take(raws=raws) -> int:
            for raw in raws:
                take_in(raw, mailbox=mailbox, at=now(), house=addresses)
            return len(raws)

        wall, cpu = rate(take)
        walls.append(wall)
        cpus.append(cpu)
        parses.append(rate(lambda raws=raws: sum(parse_mail(raw) is not None for raw in raws))[0])
    row("mail file: only read", statistics.median(parses), "mails/s")
    row("mail file -> case of a new customer", statistics.median(walls), "mails/s", None, "goal >= 100 a core")
    row("  by this process's CPU time alone", statistics.median(cpus), "mails/s")


def a_mail(name: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"客户 {name} <customer{name}@qq.example>"
    message["To"] = "support@henuan.example"
    message["Subject"] = "洗衣机漏水"
    message["Message-ID"] = f"<{name}@qq.example>"
    message.set_content("洗衣机漏水，已经两天了，请安排师傅。\n" * 20)
    return message.as_bytes()


def followers(options) -> None:
    from yinuo.foundation.followers import Follower, Start
    from yinuo.foundation.models import FactRow
    from yinuo.foundation.seals import seal_facts

    total = FactRow.objects.count()
    idle = []
    for number in range(options.rounds):
        one = Follower(f"bench-{number}", lambda _facts: None, (), Start.BEGINNING, 500)
        idle.append(rate(lambda one=one: drain(one))[0])
    seal = Follower("foundation.seal", seal_facts, (), Start.BEGINNING, 2000)
    sealed = rate(lambda: drain(seal))[0]
    row(f"follower catches up over {total:,} facts", statistics.median(idle), "facts/s", None, "goal >= 10,000")
    row("  the follower that seals the log", sealed, "facts/s")


def drain(one) -> int:
    from yinuo.foundation.followers import catch_up

    count = 0
    while done := catch_up(one):
        count += done
    return count


def due_promises(house, options) -> None:
    """Open promises by copying cases in the database, then watch how long after its due instant one is broken."""
    import threading

    from django.db import connection

    from yinuo.cases.actions import break_due_promises
    from yinuo.cases.models import Promise
    from yinuo.foundation.clock import now

    with connection.cursor() as cursor:
        cursor.execute(COPY_CASES, [options.promises // 2])
        cursor.execute("ANALYZE cases_case, cases_promise")
    print(f"{Promise.objects.filter(is_live=True).count():,} live promises")
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            if not break_due_promises(at=now()):
                stop.wait(0.5)
        connection.close()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    late = [lateness(house, now) for _ in range(options.rounds * 2)]
    stop.set()
    sweeper.join()
    row("a due promise is acted on after", statistics.median(late) * 1000, "ms", None, "goal <= 1,000")
    row("  the latest of them", max(late) * 1000, "ms")


def lateness(house, now) -> float:
    from django.db import connection, transaction

    from yinuo.cases.models import Case, Promise
    from yinuo.foundation.models import FactRow

    open_one(house, now())
    case = Case.objects.order_by("-id")[0]
    due = now() + timedelta(seconds=1)
    with transaction.atomic():
        Promise.objects.filter(pk=case.next_promise_id).update(due_at=due, warn_at=due)
        Case.objects.filter(pk=case.pk).update(next_due_at=due)
    while True:
        broken = FactRow.objects.filter(case_id=case.pk, type="cases.promise_broken").first()
        if broken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT recorded_at FROM foundation_fact WHERE id = %s", [broken.pk])
                return (cursor.fetchone()[0] - due).total_seconds()
        time.sleep(0.01)


COPY_CASES = """
WITH template AS (SELECT * FROM cases_case WHERE state = 'open' ORDER BY id LIMIT 1),
ids AS (
    SELECT nextval('cases_case_id_seq') AS case_id, nextval('cases_promise_id_seq') AS first_id,
           nextval('cases_promise_id_seq') AS second_id, number,
           now() + interval '1 day' + number * interval '1 s' AS due
    FROM generate_series(1, %s) AS number
), the_cases AS (
    INSERT INTO cases_case (id, reference, subject, customer_id, owner_id, team_id, department_id, region_id, tier,
        channel, case_class, category, language, state, standard_version_id, standard_reason, next_promise_id,
        next_due_at, has_live_promise, opened_at, unanswered_since, last_message_at, message_count, preview,
        track_token)
    SELECT ids.case_id, 'BENCH-' || ids.number, subject, customer_id, owner_id, team_id, department_id, region_id, tier,
        channel, case_class, category, language, state, standard_version_id, standard_reason, ids.first_id,
        ids.due, true, opened_at, unanswered_since, last_message_at, message_count, preview, 'bench-' || ids.number
    FROM template, ids
)
INSERT INTO cases_promise (id, case_id, kind, made_at, starts_at, due_at, warn_at, is_live, "end",
    standard_version_id, calendar_version_id, reason)
SELECT promise.id, ids.case_id, promise.kind, now(), now(), promise.due, promise.due, true, '',
    template.standard_version_id, (SELECT max(id) FROM foundation_calendarversion), 'bench'
FROM template, ids, LATERAL (VALUES (ids.first_id, 'first_response', ids.due),
    (ids.second_id, 'resolution', ids.due + interval '1 day')) AS promise (id, kind, due)
"""

if __name__ == "__main__":
    sys.exit(main())
