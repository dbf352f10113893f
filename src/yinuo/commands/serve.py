"""`yinuo serve`: pages, API and live events on one port; with --pages-only, pages and API in several processes."""

import argparse
import os
import sys

NAME = "serve"
HELP = "serve pages, API and live events (run `yinuo work` beside it)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--pages-only", action="store_true", help="without live events: run `yinuo live` beside it")
    parser.add_argument("--processes", type=int, default=1, help="with --pages-only: how many processes (default 1)")
    parser.add_argument("--no-prepare", action="store_true", help="do not bring tables and static files up to date")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import prepare, say, start_django

    if options.processes != 1 and not options.pages_only:
        sys.stderr.write("yinuo serve: --processes needs --pages-only; live events are served by one process.\n")
        return 2
    os.environ.setdefault("YINUO_URL", f"http://{options.host}:{options.port}")
    start_django()
    from yinuo.web.serving import open_port, serve_on

    # Before the work of preparing: whoever took the port is told at once.
    opened = open_port(options.host, options.port)
    if not options.no_prepare:
        prepare()
    say(f"Yinuo serves on http://{options.host}:{options.port}")
    _say_first_run()
    if options.pages_only:
        opened.close()
        return _serve_pages(options)
    from yinuo.web.asgi import application

    serve_on(opened, application)
    return 0


def _say_first_run() -> None:
    from django.conf import settings
    from django.utils.translation import gettext as _

    from yinuo.commands.starting import say
    from yinuo.web.setup import first_run

    if first_run.is_empty():
        words = _("Nobody can sign in yet. Open %(url)s/setup and type this code: %(code)s")
        say(words % {"url": settings.SITE_URL, "code": first_run.setup_code()})


def _serve_pages(options: argparse.Namespace) -> int:
    # Granian manages processes of its own: a fresh interpreter keeps our threads and connections out of them.
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host]
    command += ["--port", str(options.port), "--workers", str(options.processes), "--blocking-threads", "4"]
    os.execv(sys.executable, [*command, "--no-access-log", "yinuo.web.wsgi:application"])  # noqa: S606 - fixed words
