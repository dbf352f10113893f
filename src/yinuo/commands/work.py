"""`yinuo work`: everything that happens by itself — mail, promises that fall due, reactions, imports."""

import argparse

NAME = "work"
HELP = "fetch and send mail, watch promises, react to what happens (run one or more)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-prepare", action="store_true", help="do not bring the tables up to date")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import prepare, start_django

    start_django()
    if not options.no_prepare:
        prepare()
    from yinuo.web.worker import stop_on_signals, work

    work(stop_on_signals())
    return 0
