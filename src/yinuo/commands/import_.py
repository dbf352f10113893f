"""`yinuo import …`: take in what other systems hold. Each kind of thing is a module of its own, `import_<kind>.py`."""

import argparse

from yinuo.commands import import_customers, import_mail

NAME = "import"
HELP = "take in customers from a table file, or mails from files"

_KINDS = {kind.NAME: kind for kind in (import_customers, import_mail)}


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="WHAT", required=True)
    for name, kind in _KINDS.items():
        kind.arguments(kinds.add_parser(name, help=kind.HELP, description=kind.HELP))


def run(options: argparse.Namespace) -> int:
    return _KINDS[options.kind].run(options)
