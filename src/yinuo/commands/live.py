"""`yinuo live`: live events alone, for sites that serve pages with `yinuo serve --pages-only` behind a proxy."""

import argparse

NAME = "live"
HELP = "serve live events alone, behind a proxy that sends /live here"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8001, help="the port to listen on (default 8001)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import start_django

    start_django()
    import uvicorn

    uvicorn.run("yinuo.web.asgi:live_only", host=options.host, port=options.port, log_config=None, access_log=False)
    return 0
