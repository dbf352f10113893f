"""How many customers a second an import stores, beside COPY of the very same rows on the same connection.

Run: DATABASE_URL=… python bench/import_customers.py [--rows 2000]
The floor writes the customers, identities and facts that the import left behind, already encrypted, into empty copies
of the three tables; so the ratio shows what reading, checking, encrypting and looking up cost. Everything lies in a
database of the bench's own, dropped at the end.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from _machine import close_database

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinuo.web.settings")
TABLES = ("customers_customer", "customers_identity", "foundation_fact")


def write_file(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["姓名", "手机", "邮箱", "等级", "城市", "地址", "注册日期"])
        for number in range(rows):
            mail = f"customer{number}@example.com"
            writer.writerow([f"客户{number}", f"138{number:08d}", mail, "gold", "上海", "幸福路 1 号", "2025-03-01"])


def copy_seconds(connection) -> float:
    """Copy the rows out and, timed, into empty tables of the same shape, indexes included, in one transaction."""
    raw = connection.connection
    began = 0.0
    with raw.cursor() as cursor:
        blocks = []
        for table in TABLES:
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
            with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)") as copy:
                blocks.append((table, b"".join(bytes(block) for block in copy)))
        began = time.perf_counter()
        for table, block in blocks:
            with cursor.copy(f"COPY floor_{table} FROM STDIN (FORMAT binary)") as copy:
                copy.write(block)
    return time.perf_counter() - began


def measure(rows: int) -> None:
    from django.db import connection, transaction

    from yinuo.access.actors import Actor
    from yinuo.customers.actions import run_import_to_end, start_import
    from yinuo.customers.importing.files import look_at
    from yinuo.customers.importing.mapping import suggest_mapping

    at, by = datetime(2026, 11, 2, 1, 0, tzinfo=UTC), Actor.system("bench")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        write_file(path, rows)
        mapping = suggest_mapping(look_at(path).header)
        seconds = {}
        for name, dry_run in (("dry run", True), ("import", False), ("the same file again", False)):
            began, processor = time.perf_counter(), time.process_time()
            run = start_import(path=path, mapping=mapping, source="bench", dry_run=dry_run, by=by, at=at)
            run = run_import_to_end(run=run, by=by, clock=lambda: at)
            seconds[name] = (time.perf_counter() - began, time.process_time() - processor)
            expected = (0, rows) if name.startswith("the same") else (rows, 0)
            assert (run.stored_count, run.duplicate_count) == expected, vars(run)
    with transaction.atomic():
        floor = copy_seconds(connection)
    print(f"{rows} customers with two identities each, three facts each")
    print(f"{'':24}{'rows/s':>10}{'rows/s of our CPU':>20}{'of COPY':>10}")
    print(f"{'COPY of the same rows':24}{rows / floor:10,.0f}{'':20}{1:10.3f}")
    for name, (wall, processor) in seconds.items():
        print(f"{name:24}{rows / wall:10,.0f}{rows / processor:20,.0f}{floor / wall:10.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.rows = 20
    with tempfile.TemporaryDirectory() as home:
        os.environ["YINUO_HOME"] = home
        import django

        django.setup()
        from django.db import connection

        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            measure(options.rows)
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
            close_database()
    return 0


if __name__ == "__main__":
    sys.exit(main())
