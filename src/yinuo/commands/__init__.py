"""The command line, one module a command.

A module gives

    NAME: str                      what a person types
    HELP: str                      one line for the list of commands
    arguments(parser) -> None      its arguments (argparse)
    run(options) -> int            0 done, 1 refused or failed, 2 wrong use

and imports Django only inside `run`, so that help stays quick. `options.rest` holds what the parser did not
know, for modules that set `PASSES_ON = True` (`test` hands it to pytest).
"""

# In the order of the help page. A new command is added here.
COMMANDS = (
    "demo",
    "serve",
    "work",
    "live",
    "import",
    "check",
    "user",
    "token",
    "keys",
    "train",
    "verify-trail",
    "backup",
    "restore",
    "database",
    "test",
    "bench",
)
