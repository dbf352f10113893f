"""`yinuo …`: the one entry to everything on the command line. Exit codes: 0 done, 1 refused or failed, 2 wrong use."""

import argparse
import importlib
import keyword
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType

from yinuo.commands import COMMANDS

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if words is None else words)
    # Only the wanted command's module is imported; the list of all is needed for help and mistakes.
    names = [words[0]] if words and words[0] in COMMANDS else list(COMMANDS)
    modules = {name: importlib.import_module(f"yinuo.commands.{_module_name(name)}") for name in names}
    parser = _parser(modules)
    options, rest = parser.parse_known_args(words)
    if not options.command:
        parser.print_help()
        return WRONG_USE
    module = modules[options.command]
    if rest and not getattr(module, "PASSES_ON", False):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    options.rest = rest
    return _run(module, options)


def _module_name(command: str) -> str:
    """`verify-trail` stands in verify_trail.py, and `import`, a word of Python's, in import_.py."""
    name = command.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yinuo",
        description="Yinuo (一诺): customer service management where every request has one owner and one promise.",
        epilog="All state lies in YINUO_HOME (default: .yinuo in your home folder). More: docs/operations/.",
    )
    parser.add_argument("--version", action="version", version=f"yinuo {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, module in modules.items():
        module.arguments(commands.add_parser(name, help=module.HELP, description=module.HELP))
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("yinuo")
    except PackageNotFoundError:
        return "(not installed)"


def _run(module: ModuleType, options: argparse.Namespace) -> int:
    try:
        return int(module.run(options))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return FAILED
    except Exception as problem:  # noqa: BLE001 - the edge: told once, in words for a person or with its trace
        from yinuo.foundation.refusals import Refusal

        if isinstance(problem, Refusal):
            sys.stderr.write(f"Yinuo: {problem.sentence()}\n")
        else:
            traceback.print_exception(problem)
            sys.stderr.write("Yinuo: this is a fault of Yinuo's, not yours. Please report it with the lines above.\n")
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
