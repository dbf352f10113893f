"""`yinuo check`: looks at configuration, database, mail, clocks and workers, and says what to do."""

import argparse
import json
from typing import Any

NAME = "check"
HELP = "look at configuration, database, mail, clocks and workers, and say what to do"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace) -> int:
    """Look and tell; changes nothing. 0 when all is well, 1 when something needs a look."""
    from yinuo.commands.starting import say

    found = _findings()
    if options.json:
        say(json.dumps(found, ensure_ascii=False))
    else:
        for one in found:
            say(f"{'ok  ' if one['is_well'] else 'LOOK'}  {one['name']}{': ' if one['detail'] else ''}{one['detail']}")
            if not one["is_well"] and one["advice"]:
                say(f"      {one['advice']}")
    return 0 if all(one["is_well"] for one in found) else 1


def _findings() -> list[dict[str, Any]]:
    from yinuo.commands.starting import start_django
    from yinuo.foundation.refusals import Refusal

    try:
        start_django()
    except Refusal as refusal:  # no database at all: its sentence says what to do
        return [{"name": "database", "is_well": False, "detail": refusal.sentence(), "advice": ""}]
    from yinuo.foundation.clock import now
    from yinuo.web.health import findings

    return [vars(one) for one in findings(now())]
