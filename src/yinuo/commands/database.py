"""`yinuo database`: hold the embedded database open, say how to connect, or open PostgreSQL's own shell on it."""

import argparse
import os
import signal
import subprocess
import sys

NAME = "database"
HELP = "start the database, print how to connect to it, or open psql on it"
PASSES_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    doings = parser.add_subparsers(dest="doing", metavar="WHAT", required=True)
    doings.add_parser("start", help="keep the embedded database running until Ctrl-C")
    doings.add_parser("dsn", help="print how to connect, as libpq's key='value' string (holds the password)")
    doings.add_parser("url", help="print how to connect, as a URL (holds the password)")
    doings.add_parser("psql", help="open psql on Yinuo's database; further words go to psql")


def run(options: argparse.Namespace) -> int:
    if options.rest and options.doing != "psql":
        sys.stderr.write(f"yinuo database {options.doing}: unknown arguments: {' '.join(options.rest)}\n")
        return 2
    from yinuo.foundation.postgres import database_url

    address = database_url()
    match options.doing:
        case "start":
            return _start(address)
        case "dsn":
            sys.stdout.write(f"{_dsn(address)}\n")
            return 0
        case "url":
            sys.stdout.write(f"{address}\n")
            return 0
        case _:
            return _psql(address, options.rest)


def _start(address: str) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if os.environ.get("DATABASE_URL"):
        sys.stderr.write("Yinuo: DATABASE_URL names an external database; there is nothing to start.\n")
        return 1
    sys.stdout.write(f"The database runs until Ctrl-C. Connect with:\n{address}\n")
    sys.stdout.flush()
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        return 0


def _dsn(address: str) -> str:
    from psycopg import conninfo

    return conninfo.make_conninfo(address)


def _psql(address: str, words: list[str]) -> int:
    from psycopg import conninfo

    from yinuo.foundation.postgres.binaries import find_binaries

    # psql shares our terminal: its Ctrl-C cancels a statement and must not end us, who hold the database open.
    # A handler, unlike "ignore", is not inherited by psql.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    parts = {name: str(value) for name, value in conninfo.conninfo_to_dict(address).items()}
    # The password by environment: every account of the machine can read arguments.
    environment = os.environ | {"PGPASSWORD": parts.pop("password", "")}
    command = [find_binaries().program("psql"), *words, "--dbname", conninfo.make_conninfo("", **parts)]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - PostgreSQL's own shell
