"""`yinuo import customers FILE`: the rows of a table file become customers; run again, it continues after a crash."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from yinuo.customers.models import ImportRun

NAME = "customers"
HELP = "take in customers from a CSV file; given again after a crash, it continues"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8, UTF-16 or GB 18030")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="say which column holds what, such as name=姓名 (may be repeated); "
        "columns with well-known names are found without. FIELD= leaves one out",
    )
    parser.add_argument("--dry-run", action="store_true", help="count and check only; store nobody")
    parser.add_argument("--source", default="import", help="where they come from, kept with each identity")
    parser.add_argument(
        "--rejected", type=Path, metavar="PATH", help="write the rejected rows with reasons here, as CSV"
    )
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(options: argparse.Namespace) -> int:
    words = [word.partition("=") for word in options.map]
    if wrong := next((field for field, sign, _column in words if not (field and sign)), None):
        sys.stderr.write(f"yinuo import customers: --map {wrong} is not like name=姓名\n")
        return 2
    from yinuo.commands.starting import prepare, say, start_django

    start_django()
    prepare()
    from yinuo.access.actors import Actor
    from yinuo.customers.actions import run_import_to_end, start_import
    from yinuo.customers.importing.files import look_at
    from yinuo.customers.importing.mapping import suggest_mapping
    from yinuo.foundation.clock import now

    by = Actor.system("import")
    chosen = {field.strip(): column.strip() for field, _sign, column in words}
    columns = suggest_mapping(look_at(options.file).header) | chosen
    mapping = {field: column for field, column in columns.items() if column}
    run = start_import(
        path=options.file, mapping=mapping, source=options.source, dry_run=options.dry_run, by=by, at=now()
    )
    run = run_import_to_end(run=run, by=by, clock=now, after_batch=_progress())
    if options.rejected:
        _write_rejected(run, by, options.rejected)
    counts = _counts(run)
    say(json.dumps(counts, ensure_ascii=False) if options.json else _sentence(counts))
    return 0


def _progress() -> "Callable[[ImportRun], None] | None":
    """Return what shows the progress on one line that changes, when a person watches."""
    if not sys.stderr.isatty():
        return None

    def show(run: "ImportRun") -> None:
        end = "\n" if run.finished_at else ""
        sys.stderr.write(f"\r{run.read_count} / {run.row_count} rows{end}")
        sys.stderr.flush()

    return show


def _write_rejected(run: "ImportRun", by: Any, path: Path) -> None:
    from yinuo.customers.queries import rejected_rows_table

    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(rejected_rows_table(by, run))


def _counts(run: "ImportRun") -> dict[str, Any]:
    # `kept_raw` counts what is stored without being understood: mails can be, rows of a table are rejected instead.
    return {
        "run": run.pk,
        "state": run.state,
        "dry_run": run.is_dry_run,
        "read": run.read_count,
        "stored": run.stored_count,
        "duplicates": run.duplicate_count,
        "kept_raw": 0,
        "rejected": run.rejected_count,
        "problems": [
            {"line": row.line_number, "reason": row.reason} for row in run.rejected_rows.order_by("line_number")[:1000]
        ],
    }


def _sentence(counts: dict[str, Any]) -> str:
    names = ("read", "stored", "duplicates", "kept_raw", "rejected")
    lines = [f"line {problem['line']}: {problem['reason']}" for problem in counts["problems"][:20]]
    if counts["rejected"] > len(lines):
        lines.append(f"… and {counts['rejected'] - len(lines)} more; --rejected PATH writes all of them")
    summary = ", ".join(f"{name.replace('_', ' ')}: {counts[name]}" for name in names)
    return "\n".join([*lines, f"dry run, nothing stored: {summary}" if counts["dry_run"] else summary])
