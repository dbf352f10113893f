"""`yinuo import mail`: .eml files, mbox files, Maildirs and folders of them become cases."""

import argparse
import json
from pathlib import Path

NAME = "mail"
HELP = "take in mails from .eml, mbox, Maildir, or folders of them"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--mailbox", help="the address they came to; without one, the fallback team has them")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import prepare_tables, say, start_django

    start_django()
    prepare_tables()
    from yinuo.commands.refusals import NoSuchMailbox
    from yinuo.intake.mail.importing import import_mails
    from yinuo.intake.mail.models import Mailbox

    mailbox = None
    if options.mailbox:
        mailbox = Mailbox.objects.select_related("team").filter(address=options.mailbox.lower()).first()
        if mailbox is None:
            raise NoSuchMailbox(address=options.mailbox)
    counts, problems = import_mails(options.paths, mailbox=mailbox)
    for source, sentence in problems:
        if not options.json:
            say(f"{source}: {sentence}")
    if options.json:
        told = [{"source": source, "reason": sentence} for source, sentence in problems]
        say(json.dumps({**counts, "problems": told}, ensure_ascii=False))
    else:
        say(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))
    return 0
