"""`yinuo restore`: put a backup back into an empty home, and prove that it is the same."""

import argparse
from pathlib import Path

NAME = "restore"
HELP = "put a backup back into an empty YINUO_HOME, and prove that nothing is missing"
_NAMED = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="BACKUP", help="a folder that `yinuo backup` made")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many tables are written at a time (2)")


def run(options: argparse.Namespace) -> int:
    from yinuo.foundation.backups import restore
    from yinuo.foundation.home import home
    from yinuo.foundation.postgres import database_url

    # Before Django, which would make keys of its own in the empty home.
    found = restore(options.folder, home(), address=database_url(), jobs=options.jobs)
    from yinuo.commands.starting import prepare_tables, say, start_django

    for name in found.differing:
        say(f"{name}: is not what the backup holds")
    for name in found.bad_files[:_NAMED]:
        say("a file is missing" if name == "?" else f"the file {name} is damaged")
    if not found.is_same:
        say("What came back is NOT the same. Take another backup, and look after the disk this one lies on.")
        return 1
    say(
        f"The same: {found.facts.rows} facts (digest {found.facts.digest}), "
        f"{found.table_count} tables and {found.file_count} files, row by row."
    )
    start_django()
    prepare_tables()
    say("A new era of the log has begun. Start Yinuo when you are ready; mail that was queued will be sent.")
    return 0
