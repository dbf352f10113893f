"""`yinuo live`: live events alone, for sites that serve pages with `yinuo serve --pages-only` behind a proxy."""

import argparse

NAME = "live"
HELP = "serve live events alone, behind a proxy that sends /live here"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8001, help="the port to listen on (default 8001)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import say, start_django

    start_django()
    from yinuo.web.asgi import live_only
    from yinuo.web.serving import open_port, serve_on

    opened = open_port(options.host, options.port)
    say(f"Yinuo serves live events on http://{options.host}:{options.port}/live")
    serve_on(opened, live_only)
    return 0
