"""`yinuo backup`: a whole copy of the installation while it runs; with --prove it is put back on trial and compared."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

NAME = "backup"
HELP = "copy everything into a new folder while Yinuo runs; --prove puts it back on trial and compares"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="where the backups lie; each gets a folder below it"
    )
    parser.add_argument("--keep", type=int, metavar="N", help="afterwards remove all but the newest N backups there")
    parser.add_argument("--without-keys", action="store_true", help="leave the keys out; keep them elsewhere yourself")
    parser.add_argument("--prove", action="store_true", help="restore it into a temporary place and compare every row")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many tables are read at a time (2)")


def run(options: argparse.Namespace) -> int:
    if options.keep is not None and options.keep < 1:
        sys.stderr.write("yinuo backup: --keep needs 1 or more.\n")
        return 2
    from yinuo.commands.starting import say
    from yinuo.foundation.backups import back_up, drop_older
    from yinuo.foundation.clock import now
    from yinuo.foundation.home import home
    from yinuo.foundation.postgres import database_url

    made = back_up(
        home(), options.folder, address=database_url(), at=now(), with_keys=not options.without_keys, jobs=options.jobs
    )
    say(f"{made.folder}: {made.facts.rows} facts, {len(made.tables)} tables, {made.file_count} files")
    for name in made.damaged:
        say(f"The file {name} is damaged in the store; it was copied as it is.")
    if options.prove and _prove(made.folder, with_keys=not options.without_keys) != 0:
        return 1
    for name in drop_older(options.folder, keep=options.keep) if options.keep else []:
        say(f"removed {name}")
    return 1 if made.damaged else 0


def _prove(folder: Path, *, with_keys: bool) -> int:
    """Restore into a temporary home with a database of its own, in another process."""
    from yinuo.foundation.home import home

    with tempfile.TemporaryDirectory(prefix="yinuo-proof-") as place:
        Path(place).chmod(0o711)
        trial = Path(place) / "home"
        trial.mkdir(mode=0o711)
        if not with_keys:
            (trial / "keys").symlink_to(home().keys)
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        command = [sys.executable, "-m", "yinuo", "restore", str(folder.resolve())]
        return subprocess.run(command, env=environment | {"YINUO_HOME": str(trial)}, check=False).returncode  # noqa: S603 - ourselves
