"""`yinuo test`: everything the project checks about itself, each stage told, all run even when one fails."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

NAME = "test"
HELP = "check style, layers and types and run the tests; further words go to pytest"
PASSES_ON = True

CHECKOUT = Path(__file__).resolve().parents[3]

_STAGES = {
    "style": ("ruff", "check", "."),
    "layout": ("ruff", "format", "--check", "."),
    "layers": ("lint-imports",),
    "types": ("mypy",),
    # A file's tests stay together: they share servers and databases. `-n 0` runs everything in one process.
    "tests": ("pytest", "-n", "auto", "--dist", "loadfile"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        action="append",
        choices=tuple(_STAGES),
        metavar="STAGE",
        help=f"run only this stage, one of {', '.join(_STAGES)}; may be given several times",
    )


def run(options: argparse.Namespace) -> int:
    """Run the stages; 0 when all passed. Needs a checkout: an installed Yinuo has no tests with it."""
    if not (CHECKOUT / "pyproject.toml").exists():
        sys.stderr.write("Yinuo: tests are run from a checkout of the project; this is an installed copy.\n")
        return 1
    results = {}
    for stage in options.only or _STAGES:
        words = options.rest if stage == "tests" else []
        sys.stdout.write(f"── {stage}: {' '.join((*_STAGES[stage], *words))}\n")
        sys.stdout.flush()
        began = time.monotonic()
        results[stage] = (_passes(stage, words), time.monotonic() - began)
    for stage, (passed, seconds) in results.items():
        sys.stdout.write(f"{stage:8} {'passed' if passed else 'FAILED'}  {seconds:6.1f} s\n")
    return 0 if all(passed for passed, _ in results.values()) else 1


def _passes(stage: str, words: list[str]) -> bool:
    if _run_tool(stage, words) == 0:
        return True
    if stage != "tests":
        return False
    # Tests that start servers and wait for them can fail on a machine that is busy with something else.
    sys.stdout.write("── the failed tests once more, by themselves; one that passes now depends on time or order\n")
    sys.stdout.flush()
    return _run_tool(stage, [*words, "--last-failed", "--last-failed-no-failures=none"]) == 0


def _run_tool(stage: str, words: list[str]) -> int:
    program, *rest = _STAGES[stage]
    command = [str(Path(sys.executable).with_name(program)), *rest, *words]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode  # noqa: S603 - the project's own tools
