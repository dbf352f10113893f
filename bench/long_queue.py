"""What a page of the queue costs among 100 000 open and 900 000 closed cases of 500 people in 50 teams.

    python bench/long_queue.py [--open 100000] [--closed 900000] [--plans] [--quick]

For each view and order, and for some filters: the median time of a whole page with the counts on its chips, and whether
a statement read the table from end to end. Makes a database of its own in a temporary folder and removes it.
"""

import argparse
import os
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

PEOPLE, TEAMS = 500, 50
STAFF = """
INSERT INTO access_account (password, username, email, name, language, is_active, created_at, list_columns)
SELECT '', 'person' || n, '', 'Person ' || n, 'zh-hans', true, now(), '{}' FROM generate_series(1, %(people)s) AS n;
INSERT INTO organisation_team (code, name_zh, name_en, department_id, is_fallback)
SELECT 'team' || n, 'team' || n, 'team' || n, %(department)s, false FROM generate_series(1, %(teams)s) AS n;
INSERT INTO organisation_staff (account_id, name, title, employee_number, department_id, level, languages, capacity,
    presence)
SELECT id, name, '', '', %(department)s, 1, '{}', 20, (ARRAY['available', 'busy', 'away', 'offline'])[1 + id %% 4]
FROM access_account WHERE username LIKE 'person%%';
INSERT INTO organisation_teammembership (staff_id, team_id, is_leader)
SELECT s.account_id, t.id, false FROM organisation_staff s
JOIN organisation_team t ON t.code = 'team' || (1 + s.account_id %% %(teams)s);
"""
CASES = """
WITH people AS (SELECT array_agg(account_id ORDER BY account_id) AS ids FROM organisation_staff),
     teams AS (SELECT array_agg(id ORDER BY id) AS ids FROM organisation_team),
     fresh AS (
        SELECT n, nextval('cases_case_id_seq') AS case_id,
               CASE WHEN n <= %(open)s THEN nextval('cases_promise_id_seq') END AS promise_id,
               CASE WHEN n <= %(open)s THEN 'open' ELSE 'closed' END AS state,
               %(at)s::timestamptz - random() * interval '1 day' * CASE WHEN n <= %(open)s THEN 10 ELSE 700 END
                   AS opened_at,
               %(at)s::timestamptz + (random() - 0.01) * interval '5 days' AS due_at,
               random() AS luck
        FROM generate_series(1, %(open)s + %(closed)s) AS n),
     cases AS (
        INSERT INTO cases_case (id, reference, subject, customer_id, owner_id, team_id, department_id, tier, channel,
            case_class, category, language, state, standard_version_id, standard_reason, next_promise_id, next_due_at,
            has_live_promise, opened_at, closed_at, settled_at, unanswered_since, broken_since, last_message_at,
            message_count, preview, track_token)
        SELECT case_id, 'B' || n, 'subject ' || n, %(customer)s, people.ids[1 + n %% cardinality(people.ids)],
            teams.ids[1 + n %% cardinality(teams.ids)], %(department)s,
            CASE WHEN luck < 0.03 THEN 'platinum' WHEN luck < 0.1 THEN 'gold' ELSE 'standard' END,
            CASE WHEN luck < 0.002 THEN 'counter' WHEN luck < 0.3 THEN 'phone' ELSE 'mail' END,
            'routine', '', CASE WHEN luck < 0.05 THEN 'en' ELSE 'zh-hans' END, state, %(version)s, '', promise_id,
            CASE WHEN state = 'open' THEN due_at END, CASE WHEN state = 'open' THEN true END, opened_at,
            CASE WHEN state = 'closed' THEN opened_at + interval '2 days' END,
            CASE WHEN state = 'closed' THEN opened_at + interval '16 days' END,
            CASE WHEN state = 'open' AND luck < 0.4 THEN opened_at END,
            CASE WHEN state = 'open' AND luck < 0.01 THEN opened_at END, opened_at + luck * interval '1 day', 3, '',
            'token' || n
        FROM fresh, people, teams RETURNING 1)
INSERT INTO cases_promise (id, case_id, kind, made_at, starts_at, due_at, warn_at, is_live, "end",
    standard_version_id, calendar_version_id, reason)
SELECT promise_id, case_id, 'resolution', opened_at, opened_at, due_at, due_at, true, '', %(version)s, %(calendar)s, ''
FROM fresh WHERE state = 'open' AND (SELECT count(*) FROM cases) >= 0
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--closed", type=int, default=900_000)
    parser.add_argument("--plans", action="store_true", help="print the plan of what reads the table from end to end")
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.open, options.closed = 300, 300
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"YINUO_HOME": folder, "YINUO_LOG_LEVEL": "ERROR"}
        from yinuo.commands.starting import prepare, start_django

        start_django()
        prepare()
        fill(options)
        measure(options)
        from django.db import connection

        from yinuo.foundation.postgres import database_server

        connection.close()
        database_server().close()  # before its folder goes


def fill(options: argparse.Namespace) -> None:
    """Make the people and the cases by statements; actions would take hours."""
    from django.db import connection, transaction

    from yinuo.cases.tests.cast import build_house
    from yinuo.foundation.clock import now
    from yinuo.standards.models import StandardVersion

    house = build_house()
    version = StandardVersion.objects.get()
    values = {
        "people": PEOPLE,
        "teams": TEAMS,
        "department": house.department.pk,
        "open": options.open,
        "closed": options.closed,
        "at": now(),
        "customer": house.wang.pk,
        "version": version.pk,
        "calendar": house.calendar.versions.get().pk,
    }
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STAFF, values)
        cursor.execute(CASES, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"{options.open + options.closed} cases in {time.perf_counter() - began:.0f} s")


def measure(options: argparse.Namespace) -> None:
    """Print a line for each question somebody may ask of the queue."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yinuo.access.actors import Actor, Grant
    from yinuo.access.roles import Role
    from yinuo.cases.queries import QueueWish, queue_page
    from yinuo.foundation.clock import now
    from yinuo.organisation.models import Staff, Team

    me = Staff.objects.filter(name="Person 7").get()
    actor = Actor.staff(me.pk, grants=(Grant(Role.TEAM_LEADER),))
    at = now()
    team, today = Team.objects.get(code="team3").pk, at.date()
    wishes: list[dict[str, Any]] = [
        {"view": view, "order": order}
        for view in ("mine", "team", "risk", "vip", "all", "away", "closed")
        for order in QueueWish(view=view).orders
    ]
    wishes += [
        {"view": "all", "channel": "counter"},
        {"view": "all", "channel": "api"},
        {"view": "all", "team": team, "order": "message"},
        {"view": "all", "owner": me.pk, "tier": "gold"},
        {"view": "all", "language": "en", "opened_from": today - timedelta(days=1)},
        {"view": "closed", "channel": "counter"},
        {"view": "closed", "owner": me.pk},
        {"view": "closed", "team": team},
        {"view": "closed", "opened_from": today - timedelta(days=300), "opened_until": today - timedelta(days=299)},
        {"view": "closed", "channel": "api"},
    ]
    for wish in wishes:
        times = []
        for _round in range(5):
            began = time.perf_counter()
            page = queue_page(
                QueueWish(**wish), actor=actor, at=at, views=("mine", "team", "risk", "vip", "all", "away")
            )
            times.append(time.perf_counter() - began)
        with CaptureQueriesContext(connection) as statements:
            queue_page(QueueWish(**wish), actor=actor, at=at)
        plans = [plan_of(query["sql"]) for query in statements.captured_queries]
        scans = [plan for plan in plans if "Seq Scan on cases_case" in plan]
        words = " ".join(f"{name}={value}" for name, value in wish.items() if value)
        mark = "  SCAN" if scans else ""
        milliseconds = statistics.median(times) * 1000
        print(f"{milliseconds:7.1f} ms  {len(page.rows):2} of {page.count:5}  {words}{mark}")
        if options.plans:
            print("\n".join(scans))


def plan_of(sql: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


if __name__ == "__main__":
    main()
