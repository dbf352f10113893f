"""`yinuo bench`: the measurements of the checkout's bench folder, one script after the other."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

NAME = "bench"
HELP = "run the measurements in the checkout's bench folder; further words go to the script"
PASSES_ON = True

CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = CHECKOUT / "bench"


def arguments(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(_names()) or "there are none here"
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which, all when none is named: {names}")


def run(options: argparse.Namespace) -> int:
    """Run the scripts; 0 when all ended well. Needs a checkout: an installed Yinuo has no measurements with it."""
    if not FOLDER.is_dir():
        sys.stderr.write("Yinuo: measurements are run from a checkout of the project; this is an installed copy.\n")
        return 1
    known = _names()
    unknown = [name for name in options.names if name not in known]
    if unknown:
        sys.stderr.write(f"yinuo bench: no measurement is called {', '.join(unknown)}. Known: {', '.join(known)}.\n")
        return 2
    wanted = options.names or known
    if options.rest and len(wanted) > 1:
        sys.stderr.write(f"yinuo bench: {' '.join(options.rest)} can go to one script only. Name it.\n")
        return 2
    results = [_passes(name, options.rest) for name in wanted]
    return 0 if all(results) else 1


def _names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def _passes(name: str, words: list[str]) -> bool:
    sys.stdout.write(f"── bench {' '.join((name, *words))}\n")
    sys.stdout.flush()
    began = time.monotonic()
    # The scripts import the package as an installed one does, wherever they are started from.
    paths = [str(CHECKOUT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, str(FOLDER / f"{name}.py"), *words]
    passed = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode == 0  # noqa: S603 - our own scripts
    sys.stdout.write(f"── {name} {'ended well' if passed else 'FAILED'}, {time.monotonic() - began:.1f} s\n")
    sys.stdout.flush()
    return passed
