"""Fills a database with cases, customers and staff as they look after a year of work.

    python bench/fill.py --home DIR [--cases 100000] [--processes 2]

Run again with the same DIR, it goes on where it was stopped. Without --home everything is made in a temporary folder
and removed: that only shows how long it takes. See bench/README.md for what is in it and what is not.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from _machine import close_database

SIGN = "bench-filling.json"
QUICK = {"cases": 120, "customers": 60, "staff": 45, "moulds": 24}


def main() -> int:
    options = arguments().parse_args()
    if options.quick:
        vars(options).update(QUICK)
    if options.home:
        return fill(Path(options.home), options)
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        try:
            return fill(Path(folder), options)
        finally:
            close_database()


def arguments(*, homeless: bool = True) -> argparse.ArgumentParser:
    """Return the options of a filling; other scripts add their own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    if homeless:
        parser.add_argument("--home", help="an empty folder, or one that this script began to fill")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--customers", type=int, help="default: three for ten cases")
    parser.add_argument("--staff", type=int, default=500)
    parser.add_argument("--days", type=int, default=365, help="how long the history is")
    parser.add_argument("--messages", type=float, default=10.0, help="of a case, on average")
    parser.add_argument("--open-share", type=float, default=0.1)
    parser.add_argument("--moulds", type=int, default=600, help="how many different histories are played first")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--quick", action="store_true", help="tiny, to see that it runs")
    return parser


def fill(home: Path, options: argparse.Namespace, say: Callable[[str], None] = print) -> int:
    """Fill the home folder's database; tells what is in it. 2 when the folder belongs to somebody else."""
    home.mkdir(parents=True, exist_ok=True)
    if any(home.iterdir()) and not (home / SIGN).exists():
        sys.stderr.write(f"{home} holds something that this script did not begin. Name an empty folder.\n")
        return 2
    (home / SIGN).touch()
    os.environ |= {"YINUO_HOME": str(home), "YINUO_LOG_LEVEL": "ERROR"}
    os.environ.pop("DATABASE_URL", None)
    from yinuo.commands.starting import prepare, start_django

    start_django()
    prepare()
    import _filling

    wish = _filling.remembered()
    if wish is None:
        wish = wished(options)
        _filling.remember(wish)
    prepare(history_from=wish.moved_in_at.date())
    began = time.monotonic()
    lines = _filling.Progress(say)
    if not _filling.is_whole():
        _filling.Filling(wish, home, lines.told).run(options.processes)
        _filling.settle()
        say(f"filled in {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    for line in _filling.contents():
        say(line)
    return 0


def wished(options: argparse.Namespace):
    """Return what is to be filled. The history ends at four in the afternoon, so that every run has the same hours."""
    import _filling

    from yinuo.demo.company.values import COMPANY_ZONE
    from yinuo.foundation.clock import now

    local = now().astimezone(COMPANY_ZONE)
    ends_at = local.replace(hour=16, minute=0, second=0, microsecond=0)
    return _filling.Filled(
        seed=options.seed,
        case_count=options.cases,
        customer_count=options.customers or max(1, options.cases * 3 // 10),
        ends_at=ends_at if ends_at < local else ends_at - timedelta(days=1),
        staff_count=options.staff,
        days=options.days,
        mould_count=options.moulds,
        messages=options.messages,
        open_share=options.open_share,
    )


if __name__ == "__main__":
    sys.exit(main())
