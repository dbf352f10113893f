"""`yinuo check`: looks at configuration, database, mail, clocks and workers, and says what to do."""

import argparse
import json

NAME = "check"
HELP = "look at configuration, database, mail, clocks and workers, and say what to do"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import prepare, say, start_django

    start_django()
    prepare()
    from yinuo.foundation.clock import now
    from yinuo.web.health import findings

    found = list(findings(now()))
    if options.json:
        say(json.dumps([vars(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            say(f"{'ok  ' if one.is_well else 'LOOK'}  {one.name}: {one.detail}")
            if not one.is_well and one.advice:
                say(f"      {one.advice}")
    return 0 if all(one.is_well for one in found) else 1
