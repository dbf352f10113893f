"""`yinuo train`: learn a model of texts from tables, list the versions, choose the one in use."""

import argparse
import sys
from pathlib import Path

NAME = "train"
HELP = "learn a model of texts, such as sentiment, from tables with examples; list and choose versions"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="MODEL", help="which model: sentiment, or a name of your own")
    parser.add_argument("--data", action="append", default=[], type=Path, metavar="FILE",
                        help="a CSV file (.csv or .csv.gz) with examples; may be repeated. Without it, sentiment "
                        "learns from sentences of Yinuo's own")  # fmt: skip
    parser.add_argument("--text", default="text", help="the column with the text (default text)")
    parser.add_argument("--label", default="label", help="the column with the label (default label)")
    parser.add_argument("--split", default="", help="the column that says train, or something else for rows to test "
                        "on; a fifth is kept for that when absent")  # fmt: skip
    parser.add_argument("--licence", default="of the house", help="whose the data are; it stands on the model's card")
    parser.add_argument("--keep", action="store_true", help="keep the new version without using it yet")
    parser.add_argument("--list", action="store_true", help="list the versions of all models, or of MODEL")
    parser.add_argument("--use", metavar="VERSION", help="use this version of MODEL from now on; shipped: Yinuo's own")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import start_django

    if not options.list and not options.name:
        sys.stderr.write("yinuo train: which model? Such as: yinuo train sentiment --data reviews.csv\n")
        return 2
    start_django()
    if options.list:
        return _list(options.name)
    if options.use:
        return _use(options.name, options.use)
    return _train(options)


def _list(name: str | None) -> int:
    from yinuo.commands.starting import say
    from yinuo.language.model_files import models

    for one in [name] if name else models().names():
        current = models().current_version(one)
        for card in models().cards(one):
            say(f"{'*' if card.version == current else ' '} {one} {card.version}   {card.examples_count} examples from "
                f"{card.learnt_from}")  # fmt: skip
            for score, value in card.scores.items():
                say(f"      {score} {value:.3f}")
    return 0


def _use(name: str, version: str) -> int:
    from yinuo.commands.starting import say
    from yinuo.language.model_files import models

    card = models().activate(name, version)
    say(f"{name} uses {version} from now on ({card.examples_count} examples). Running processes notice by themselves.")
    return 0


def _train(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import say
    from yinuo.foundation.clock import now
    from yinuo.language.model_files import models
    from yinuo.language.training import Table, train

    tables = [Table(path, options.text, options.label, options.split) for path in options.data]
    trained = train(options.name, tables, licence=options.licence, at=now())
    for place, report in trained.reports.items():
        say(f"── {place}\n{report.as_text()}\n")
    card = models().save(trained.classifier, trained.card)
    say(f"Kept as {card.name} {card.version}, learnt from {card.examples_count} examples.")
    if options.keep:
        say(f"Not in use yet: yinuo train {card.name} --use {card.version}")
        return 0
    before = _before(options.name)
    models().activate(card.name, card.version)
    say(f"In use from now on. Back to the one before: yinuo train {card.name} --use {before}" if before else "In use.")
    return 0


def _before(name: str) -> str:
    from yinuo.language.model_files import models
    from yinuo.language.refusals import NoSuchModel

    try:
        return models().current_version(name)
    except NoSuchModel:
        return ""
