"""`yinuo keys rotate`: a new key for personal fields; every stored value is written anew under it."""

import argparse

NAME = "keys"
HELP = "rotate the key of personal fields"


def arguments(parser: argparse.ArgumentParser) -> None:
    doings = parser.add_subparsers(dest="doing", metavar="WHAT", required=True)
    doings.add_parser("rotate", help="make a new key and write every personal field under it; may be repeated")


def run(options: argparse.Namespace) -> int:
    del options
    from yinuo.commands.starting import prepare_tables, say, start_django

    start_django()
    prepare_tables()
    from yinuo.access.encryption import add_key
    from yinuo.access.rotation import encrypt_anew

    number = add_key()
    say(f"Key {number} is the newest now.")
    for table, count in encrypt_anew():
        say(f"{table}: {count} values written anew")
    say("Done. Older keys are still needed to read older backups.")
    return 0
