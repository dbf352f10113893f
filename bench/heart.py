"""What promises cost as history grows: the same work in a small house and in a large one, measured in turns.

    python bench/heart.py --home DIR [--small 1000] [--rounds 5] [--quick]

DIR is what `bench/fill.py --home DIR` filled; a small house is filled beside it, in a temporary folder. For both:
opening a case by the action, a sweep of due promises when none is due, one when many are, and the first page of the
queue by next promise with the plan of its statement. Prints each with its ratio to the small house. What is measured is
rolled back; the filled house is left as it was.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import _machine

DUE_COUNT = 2_000
GOALS = {"open": "goal <= 1.3 of the small house", "sweep": "goal: 1 s behind at most", "queue": "goal <= 80 ms"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", help="a folder that bench/fill.py filled")
    parser.add_argument("--small", type=int, default=1_000, help="cases of the small house")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=200, help="cases opened in a round")
    parser.add_argument("--json", help="keep the figures in this file")
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it runs")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(Path(options.home), options)))
        _machine.close_database()
        return 0
    if options.quick:
        vars(options).update(small=120, rounds=1, cases=5)
    elif not options.home:
        parser.error("name the folder that bench/fill.py filled: --home DIR")
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        small = Path(folder) / "small"
        _fill(small, options)
        large = Path(options.home) if options.home else small
        rounds = [(_measure(small, options), _measure(large, options)) for _ in range(options.rounds)]
    return _told(rounds, options)


def _fill(home: Path, options: argparse.Namespace) -> None:
    sizes = ["--quick"] if options.quick else ["--cases", str(options.small), "--staff", "60", "--moulds", "60"]
    command = [sys.executable, str(Path(__file__).with_name("fill.py")), "--home", str(home), *sizes]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    home.chmod(0o711)


def _measure(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own: a process belongs to one database."""
    command = [sys.executable, __file__, "--measure", "--home", str(home), "--cases", str(options.cases)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Return what the work costs in this house, in milliseconds, and how large the house is."""
    os.environ |= {"YINUO_HOME": str(home), "YINUO_LOG_LEVEL": "ERROR"}
    os.environ.pop("DATABASE_URL", None)
    from yinuo.commands.starting import prepare, start_django

    start_django()
    prepare()
    from yinuo.cases.models import Case, Promise

    return {
        "cases": Case.objects.count(),
        "live": Promise.objects.filter(is_live=True).count(),
        "open": rolled_back(lambda: opening(options.cases)),
        "idle_sweep": rolled_back(idle_sweep),
        **rolled_back(full_sweep),
        **queue(),
    }


def rolled_back(work: Callable[[], Any]) -> Any:
    from django.db import transaction

    with transaction.atomic():
        result = work()
        transaction.set_rollback(True)
    return result


def opening(count: int) -> float:
    """Return the milliseconds of one case opened by the action; the first few warm up and are not counted."""
    from yinuo.access.actors import Actor
    from yinuo.cases.actions import open_case
    from yinuo.cases.actions.opening import FirstMessage
    from yinuo.customers.models import Customer
    from yinuo.foundation.clock import now
    from yinuo.organisation.models import Team

    team = Team.objects.filter(staff__left_at=None).order_by("id").first()
    owner, customer = team.staff.filter(left_at=None).first(), Customer.objects.order_by("id").first()
    text = "洗衣机漏水，已经两天了，请尽快安排师傅。" * 5

    def one() -> None:
        at = now()
        open_case(
            customer=customer, first=FirstMessage(text=text, subject="洗衣机漏水", said_at=at), channel="mail",
            team=team, owner=owner, owner_reason="bench", by=Actor.system("bench"), at=at,
        )  # fmt: skip

    for _ in range(min(count, 20)):
        one()
    return milliseconds(lambda: [one() for _ in range(count)]) / count


def idle_sweep() -> float:
    """Return the milliseconds of a look for due promises when none is due."""
    from datetime import timedelta

    from yinuo.cases.actions import break_due_promises
    from yinuo.cases.models import Promise

    first = Promise.objects.filter(is_live=True).order_by("due_at").values_list("due_at", flat=True)[0]
    at = first - timedelta(seconds=1)
    break_due_promises(at=at)
    return statistics.median(milliseconds(lambda: break_due_promises(at=at)) for _ in range(20))


def full_sweep() -> dict[str, float]:
    """Return what it takes until as many due promises as there may be are acted on, at the instant they are due."""
    from yinuo.cases.actions import break_due_promises
    from yinuo.cases.models import Promise

    due = Promise.objects.filter(is_live=True).order_by("due_at").values_list("due_at", flat=True)[:DUE_COUNT]
    at = list(due)[-1]
    count = len(due)
    return {"due": count, "sweep": milliseconds(lambda: break_due_promises(at=at))}


def queue() -> dict[str, Any]:
    """Return the milliseconds of the first page of all open cases by next promise, and tables it read whole."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yinuo.access.actors import Actor
    from yinuo.cases.queries import QueueWish, queue_page
    from yinuo.foundation.clock import now

    actor, wish = Actor.system("bench"), QueueWish(view="all")

    def page() -> None:
        queue_page(wish, actor=actor, at=now(), views=())

    page()
    with CaptureQueriesContext(connection) as statements:
        page()
    whole = set()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement['sql']}")
            whole |= _read_whole(cursor.fetchone()[0][0]["Plan"])
    return {"queue": statistics.median(milliseconds(page) for _ in range(20)), "read_whole": sorted(whole)}


def _read_whole(plan: dict[str, Any]) -> set[str]:
    found = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return found.union(*(_read_whole(part) for part in plan.get("Plans", [])))


def milliseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _told(rounds: list[tuple[dict[str, Any], dict[str, Any]]], options: argparse.Namespace) -> int:
    small, large = rounds[0]
    facts = _machine.facts()
    print(f"{facts['cores']} cores, load {facts['load'][0]}, commit {facts['commit']}, medians of {len(rounds)} rounds")
    for name, house in (("small", small), ("large", large)):
        print(f"{name} house: {house['cases']:,} cases, {house['live']:,} live promises")
    print(f"{'':<44}{'small ms':>10}{'large ms':>10}{'ratio':>8}")
    labels = {
        "open": "open a case by the action",
        "idle_sweep": "look for due promises, none is due",
        "sweep": f"act on {large['due']:,} that fall due at once",
        "queue": "first page of the queue by next promise",
    }
    for key, label in labels.items():
        one, other = (statistics.median(pair[place][key] for pair in rounds) for place in (0, 1))
        print(f"{label:<44}{one:>10.2f}{other:>10.2f}{other / one:>8.2f}  {GOALS.get(key, '')}")
    print(f"tables read whole by the queue's statements in the large house: {', '.join(large['read_whole']) or 'none'}")
    if options.json:
        _machine.write_json(options.json, {"machine": facts, "rounds": rounds})
    return 0


if __name__ == "__main__":
    sys.exit(main())
