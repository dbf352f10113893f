"""`yinuo verify-trail`: prove that nobody changed the fact log behind our back."""

import argparse

NAME = "verify-trail"
HELP = "read the whole fact log again and prove that it was not altered"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = HELP


def run(options: argparse.Namespace) -> int:
    del options
    from yinuo.commands.starting import prepare_tables, say, start_django

    start_django()
    prepare_tables()
    from yinuo.foundation.models import FactSeal
    from yinuo.foundation.seals import verify_trail

    broken = verify_trail()
    for seal in broken:
        say(
            f"{seal.day}: does not match its seal ({seal.sealed_count} facts were sealed, {seal.found_count} are there)"
        )
    if not broken:
        count = sum(FactSeal.objects.values_list("fact_count", flat=True))
        say(f"{count} facts of {FactSeal.objects.count()} days match their seals.")
    return 1 if broken else 0
