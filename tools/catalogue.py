"""Write the pages of docs/ that list what the code declares: facts, refusals, commands.

    python tools/catalogue.py write    # write docs/facts.md, docs/refusals.md, docs/commands.md
    python tools/catalogue.py check    # exit 1 and name the pages that are out of date; changes nothing

The words come from the code: a fact's docstring, a refusal's docstring and its sentence, a command's help. So what
reads badly on a page is mended in the code. `foundation/tests/test_docs.py` compares pages and code.
"""

import argparse
import ast
import dataclasses
import importlib
import inspect
import os
import pkgutil
import sys
import textwrap
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_TRANSLATING = {"_", "gettext", "gettext_lazy"}
# Programs that start something as soon as they are imported, and folders that are no part of a running Yinuo.
_NOT_IMPORTED = ("__main__", "asgi", "wsgi")
_LEFT_OUT = (".tests", ".migrations", ".demo")
_KINDS = {int: "integer", str: "text", bool: "true or false", datetime: "instant", date: "date", type(None): "null"}


def main() -> int:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("doing", choices=("write", "check"))
    doing = parser.parse_args().doing
    _start_django()
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if doing == "write":
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name} {'was written' if doing == 'write' else 'is out of date: python tools/catalogue.py write'}")
    return 1 if stale and doing == "check" else 0


def pages() -> dict[str, str]:
    """Return every generated page by its name below docs/. Django must be ready."""
    import_everything()
    return {"facts.md": facts_page(), "refusals.md": refusals_page(), "commands.md": commands_page()}


def import_everything() -> None:
    """Import every module of Yinuo, so that whatever registers itself on import is known."""
    import yinuo

    for module in pkgutil.walk_packages(yinuo.__path__, "yinuo."):
        is_program = module.name.rpartition(".")[2] in _NOT_IMPORTED
        if not is_program and not any(part in module.name for part in _LEFT_OUT):
            importlib.import_module(module.name)


def facts_page() -> str:
    """Return docs/facts.md: every declared fact by folder."""
    from yinuo.foundation.facts import SUBJECTS

    lines = [_FACTS_HEAD]
    folder = ""
    for fact in facts():
        here = fact.fact_type.partition(".")[0]
        if here != folder:
            folder = here
            lines.append(f"\n## {folder}\n\n| type | when | about | payload |\n|---|---|---|---|\n")
        hints = typing.get_type_hints(fact)
        names = [field.name for field in dataclasses.fields(fact)]
        about = ", ".join(f"`{name}`" for name in names if name in SUBJECTS) or "—"
        payload = ", ".join(f"`{name}` {_kind(hints[name])}" for name in names if name not in SUBJECTS) or "—"
        version = f" (version {fact.fact_version})" if fact.fact_version > 1 else ""
        lines.append(f"| `{fact.fact_type}`{version} | {_cell(inspect.getdoc(fact) or '')} | {about} | {payload} |\n")
    return "".join(lines)


def facts() -> list[type]:
    """Return the declared facts in the order of their types, those of tests left out."""
    from yinuo.foundation.facts import known_facts

    return [fact for fact in known_facts() if fact.__module__.startswith("yinuo.") and ".tests" not in fact.__module__]


def refusals_page() -> str:
    """Return docs/refusals.md: every refusal by the folder in its code."""
    lines = [_REFUSALS_HEAD]
    folder = None
    for refusal in refusals():
        here = refusal.code.rpartition(".")[0]
        if here != folder:
            folder = here
            lines.append(
                f"\n## {folder or 'everywhere'}\n\n| code | status | sentence | meaning |\n|---|---|---|---|\n"
            )
        meaning = _cell(inspect.cleandoc(refusal.__doc__).split("\n\n")[0]) if refusal.__doc__ else ""
        lines.append(f"| `{refusal.code}` | {refusal.status} | {_cell(_sentence(refusal))} | {meaning} |\n")
    return "".join(lines)


def refusals() -> list[type]:
    """Return the refusals in the order of their codes; bases that only serve others and those of tests left out."""
    from yinuo.foundation.refusals import Refusal

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    found = {one for one in below(Refusal) if one.__module__.startswith("yinuo.") and ".tests" not in one.__module__}
    bases = {one for one in found if one.__subclasses__() and "sentence" not in vars(one)}
    return sorted(found - bases, key=lambda one: ("." in one.code, one.code, one.__name__))


def commands_page() -> str:
    """Return docs/commands.md: every command with its arguments."""
    from yinuo.commands import COMMANDS

    lines = [_COMMANDS_HEAD]
    for name in COMMANDS:
        module = importlib.import_module(f"yinuo.commands.{_module_name(name)}")
        parser = argparse.ArgumentParser(prog=f"yinuo {name}", description=module.HELP)
        module.arguments(parser)
        lines += _command(f"yinuo {name}", module.HELP, parser, depth=2)
    return "".join(lines)


def _command(title: str, words: str, parser: argparse.ArgumentParser, *, depth: int) -> Iterator[str]:
    yield f"\n{'#' * depth} {title}\n\n{_sentence_of(words)}\n"
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001 - argparse shows its arguments no other way
    rows = [row for action in parser._actions if action not in below and (row := _argument(action))]  # noqa: SLF001 - as above
    if rows:
        yield "\n| argument | meaning |\n|---|---|\n"
        yield from rows
    for action in below:
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001 - as above
        for name, sub in action.choices.items():
            yield from _command(f"{title} {name}", helps.get(name, ""), sub, depth=depth + 1)


def _argument(action: argparse.Action) -> str:
    if action.help == argparse.SUPPRESS or isinstance(action, argparse._HelpAction):  # noqa: SLF001 - as above
        return ""
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    shown = f"{', '.join(action.option_strings)} {value}".strip() if action.option_strings else value
    choices = f" One of: {', '.join(map(str, action.choices))}." if action.choices else ""
    needed = " Required." if action.option_strings and action.required else ""
    return f"| `{shown}` | {_cell(_sentence_of(action.help or ''))}{needed}{choices} |\n"


def _sentence_of(words: str) -> str:
    if not words:
        return ""
    text = words.replace("%%", "%").strip()
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _module_name(command: str) -> str:
    from yinuo.__main__ import _module_name as name

    return name(command)


def _sentence(refusal: type) -> str:
    """Return the English sentence as it stands in the code, with `…` where a value goes."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(refusal.sentence)))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _TRANSLATING
            and isinstance(node.args[0], ast.Constant)
        ):
            return _with_gaps(str(node.args[0].value))
    return "(made from what is wrong)"


def _with_gaps(text: str) -> str:
    before, mark, after = text.partition("%(")
    while mark:
        _name, _end, after = after.partition(")")
        text = f"{before}…{after[1:]}"
        before, mark, after = text.partition("%(")
    return text


def _kind(hint: typing.Any) -> str:
    if hint in _KINDS:
        return _KINDS[hint]
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return " or ".join(_kind(one) for one in inside)
    if origin in {list, tuple}:
        return f"list of {_kind(inside[0])}s"
    return getattr(hint, "__name__", str(hint))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _start_django() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    from yinuo.foundation.postgres import database_url

    os.environ["DATABASE_URL"] = database_url()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinuo.web.settings")
    import django

    django.setup()


_FACTS_HEAD = """\
# Facts

<!-- Written by tools/catalogue.py from the code; do not edit. -->

Everything that happens is announced as one row of the log, in the same transaction as the change it speaks of
([architecture.md](architecture.md)). Besides what the tables below name, each fact carries its position (`tx`, `id`),
`type`, `version`, `at` (when it happened), `recorded_at` (when we had it) and `actor` (`staff:12`, `customer:7`,
`system:mail`). "About" are ids in columns of their own, by which the history of one case, customer, member of staff or
team is found. No fact holds a customer's name, address or words.
"""

_REFUSALS_HEAD = """\
# Refusals

<!-- Written by tools/catalogue.py from the code; do not edit. -->

A refusal is an expected "no": it says what happened, why, and what to do next. Pages, API and command line show the
same sentence, in the reader's language; programs rely on the code, which never changes its meaning. The API answers
`{"code": …, "message": …, "data": {…}}` with the status below. "…" stands where a value goes.
"""

_COMMANDS_HEAD = """\
# Commands

<!-- Written by tools/catalogue.py from the code; do not edit. -->

`./yinuo COMMAND` in a checkout, `yinuo COMMAND` where it is installed. All state lies in `YINUO_HOME`
([settings.md](settings.md)). Exit codes: 0 done, 1 refused or failed, 2 wrong use, 130 interrupted.
"""


if __name__ == "__main__":
    sys.exit(main())
