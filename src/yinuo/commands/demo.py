"""`yinuo demo`: an invented company with customers and history, complete and running, in a folder of its own.

The process people start stays small: it prepares, prints, and keeps the tree of children running. What needs Django
runs in children, which are this same command with `--part`.
"""

import argparse
import contextlib
import fcntl
import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from yinuo.demo.filling.filling import Filling
    from yinuo.demo.filling.wish import Wish
    from yinuo.intake.mail.transport.postbox import Postbox

NAME = "demo"
HELP = "start everything with a believable company in it"

_DEFAULT_HOME = "~/.yinuo-demo"
_MARK = "demo.json"
_OWN_FOLDERS = ("database", "attachments", "demo-mail")
_SMTP_PORT = 2525
_GRACE = timedelta(seconds=8)
_PROCESSES = 4
_PAGES_FIRST_SECONDS = 20.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--fresh", action="store_true", help="throw the demo of last time away and make a new one")
    parser.add_argument("--quiet-feed", action="store_true", help="no customers who keep writing")
    parser.add_argument("--cases", type=int, help="how many cases of history (default 8000)")
    parser.add_argument("--customers", type=int, help="how many customers (default 5000)")
    parser.add_argument("--seed", type=int, help="another number makes another company's life (default 7)")
    parser.add_argument("--part", choices=("first", "rest", "mail"), help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    root = Path(os.environ.get("YINUO_HOME") or _DEFAULT_HOME).expanduser().resolve()
    if options.part:
        return {"first": _first, "rest": _rest, "mail": _mail}[options.part](options, root)
    os.environ["YINUO_HOME"] = str(root)
    os.environ["YINUO_URL"] = f"http://{options.host}:{options.port}"
    os.environ["YINUO_ZONE"] = "Asia/Shanghai"
    os.environ.setdefault("YINUO_LOG_LEVEL", "WARNING")
    # A demo has a database of its own and never touches another one.
    os.environ.pop("DATABASE_URL", None)
    with _Demo(root) as demo:
        obstacle = demo.obstacle(options) or _port_obstacle(options)
        if obstacle:
            sys.stderr.write(f"Yinuo: {obstacle}\n")
            return 1
        demo.begin(options)
        return _run_tree(demo, options)


class _Demo:
    """The folder of a demo: locked while it runs, marked so that real data are never mixed with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mark = root / _MARK
        self._lock = -1

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self.root, os.O_RDONLY | os.O_CLOEXEC)
        return self

    def __exit__(self, *raised: object) -> None:
        os.close(self._lock)

    def obstacle(self, options: argparse.Namespace) -> str:
        """Return why this folder cannot be used, in a sentence; empty when it can."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return f"a demo is already running in {self.root}. End it first, or set YINUO_HOME to another folder."
        if not self.mark.exists() and (self.root / "database").exists():
            return (
                f"{self.root} holds an installation that is no demo. Set YINUO_HOME to another folder, "
                f"or unset it to use {_DEFAULT_HOME}."
            )
        if self.mark.exists() and not options.fresh:
            told = {"case_count": options.cases, "customer_count": options.customers, "seed": options.seed}
            differing = [name for name, value in told.items() if value is not None and value != self.read()[name]]
            if differing:
                return f"{self.root} holds a demo of another size or seed. Add --fresh to make it anew."
        return ""

    def begin(self, options: argparse.Namespace) -> None:
        """Mark the folder, after throwing away what is in it when that is asked for."""
        if options.fresh:
            # The mark goes last: whatever is left when somebody interrupts us is still known to be a demo's.
            for name in _OWN_FOLDERS:
                shutil.rmtree(self.root / name, ignore_errors=True)
            self.mark.unlink(missing_ok=True)
        if not self.mark.exists():
            self.write(
                seed=7 if options.seed is None else options.seed,
                case_count=8000 if options.cases is None else options.cases,
                customer_count=5000 if options.customers is None else options.customers,
                ends_at=datetime.now(UTC).isoformat(),
                stage="begun",
            )

    def read(self) -> dict[str, object]:
        return dict(json.loads(self.mark.read_text()))

    def write(self, **values: object) -> None:
        draft = self.mark.with_suffix(".draft")
        draft.write_text(json.dumps(values, indent=1) + "\n")
        draft.replace(self.mark)

    def reached(self, stage: str) -> None:
        self.write(**{**self.read(), "stage": stage})

    def wish(self) -> "Wish":
        from yinuo.demo.filling.wish import Wish

        return Wish.from_json(json.dumps({name: value for name, value in self.read().items() if name != "stage"}))

    @property
    def stage(self) -> str:
        return str(self.read()["stage"])

    @property
    def mail_folder(self) -> Path:
        return self.root / "demo-mail"


def _port_obstacle(options: argparse.Namespace) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as problem:
            return f"port {options.port} cannot be used ({problem.strerror}). Choose another one with --port."
    return ""


def _run_tree(demo: _Demo, options: argparse.Namespace) -> int:
    from yinuo.commands.starting import say
    from yinuo.foundation.postgres import database_server
    from yinuo.foundation.processes import Patience, Program, run_programs

    began = time.monotonic()
    if demo.stage == "begun":
        say("Making a company with customers and history …  正在搭建演示企业 …")
    server = database_server()  # kept, so that the database does not stop and start between the children
    try:
        if demo.stage == "begun" and (code := _run_first(options)):
            return code
        _say_hello(demo, options, time.monotonic() - began)
        yinuo, place = [sys.executable, "-m", "yinuo"], ["--host", options.host, "--port", str(options.port)]
        quiet = ["--quiet-feed"] if options.quiet_feed else []
        programs = [
            Program("web", [*yinuo, "serve", *place]),
            Program("work", [*yinuo, "demo", *place, "--part", "rest"]),
            Program("mail", [*yinuo, "demo", *place, "--part", "mail", *quiet]),
        ]
        return run_programs(programs, patience=Patience(grace=_GRACE))
    finally:
        server.close()


def _run_first(options: argparse.Namespace) -> int:
    """Fill what a newcomer sees first, in a child whose memory is given back afterwards."""
    command = [sys.executable, "-m", "yinuo", "demo", "--part", "first", "--port", str(options.port)]
    child = subprocess.Popen(command)  # noqa: S603 - our own program
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        return child.wait()
    except KeyboardInterrupt:  # the terminal told the child too
        child.wait()
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)


def _say_hello(demo: _Demo, options: argparse.Namespace, seconds: float) -> None:
    from yinuo.commands.starting import say

    address = f"http://{options.host}:{options.port}"
    is_whole = demo.stage == "whole"
    say(
        f"""
  一诺演示 · Yinuo demo        {address}

  登录 Sign in                 {address}/accounts/login/     ({seconds:.0f} s)
  密码 Password                yinuo-demo   (所有账号相同 the same for all)

    chen      陈晓岚  客服专员            Agent, mail desk
    zhou      周敏    一线组长            Team leader
    zhao      赵立群  服务质量经理        Quality manager
    admin     沈一帆  系统管理员          Administrator
    analyst   方知行  数据分析师          Analyst
    grace     何嘉怡  英语客服专员        Agent, English desk

  数据目录 All data            {demo.root}
  来信目录 Drop a mail (.eml)  cp my.eml {demo.mail_folder}/in/mail/new/
  发信目录 What was sent       {demo.mail_folder}/out/new/
  按 Ctrl-C 结束；--fresh 重新开始。Ctrl-C ends it; --fresh starts anew."""
    )
    if not is_whole:
        say(
            "  更早的历史正在后台补齐，完成后开始收发邮件。\n"
            "  Older history is being filled in behind; mail begins to flow when that is done."
        )
    say("")


def _first(_options: argparse.Namespace, root: Path) -> int:
    """Prepare the database and fill the company, its customers and the newest days."""
    from yinuo.commands.starting import prepare, start_django

    _end_with_parent()
    start_django()
    from yinuo.demo.filling import steps
    from yinuo.demo.filling.filling import Filling

    demo = _Demo(root)
    wish = demo.wish()
    prepare(history_from=wish.moved_in_at.date())
    wish = steps.remember(wish)
    filling = Filling(wish, demo.mail_folder)
    filling.fill_company()
    filling.told = _Bar("Company and newest days  企业与最近几天")
    _together(filling, Filling.fill_first)
    demo.reached("first")
    return 0


def _rest(options: argparse.Namespace, root: Path) -> int:
    """Fill the older history unless it is there, then become the worker."""
    _let_pages_start(options)
    if _Demo(root).stage != "whole":
        _fill_rest(root)
    worker = [sys.executable, "-m", "yinuo", "work"]
    os.execv(sys.executable, worker)  # noqa: S606 - our own program


def _fill_rest(root: Path) -> None:
    from yinuo.commands.starting import prepare, say, start_django

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Pages come first.
    os.nice(10)
    start_django()
    from yinuo.demo.filling import steps
    from yinuo.demo.filling.filling import Filling, finish

    wish = steps.remembered()
    prepare(history_from=wish.moved_in_at.date())
    demo = _Demo(root)
    if not steps.is_whole():
        began = time.monotonic()
        filling = Filling(wish, demo.mail_folder, _Bar("Older history  更早的历史"))
        _together(filling, Filling.fill_rest)
        finish(wish)
        say(f"history is whole after {time.monotonic() - began:.0f} s; mail flows now  历史已补齐，邮件开始收发")
    demo.reached("whole")


def _together(filling: "Filling", stage: "Callable[[Filling], None]") -> None:
    """Run a stage in several processes, the present one and copies of it."""
    from django.db import connection, connections

    count = max(1, min(_PROCESSES, os.cpu_count() or 1))
    connections.close_all()
    # The invented world stays as it is: collecting garbage need not look through it again and again.
    gc.freeze()
    helpers = [pid for pid in (_fork(filling, stage) for _ in range(count - 1)) if pid]
    try:
        connection.features.uses_savepoints = False
        stage(filling)
    finally:
        for pid in helpers:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGTERM)
                os.waitpid(pid, 0)


def _fork(filling: "Filling", stage: "Callable[[Filling], None]") -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _end_with_parent()
        from django.db import connection

        connection.features.uses_savepoints = False
        filling.told = lambda _share: None
        stage(filling)
        code = 0
    except Exception:  # noqa: BLE001 - told here, for a copy has no caller; the other processes do its step again
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _let_pages_start(options: argparse.Namespace) -> None:
    """Wait until the pages are served: on a small machine everything else would only delay them."""
    until = time.monotonic() + _PAGES_FIRST_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((options.host, options.port)) == 0:
                return
        time.sleep(0.2)


def _end_with_parent() -> None:
    """End this process when its parent is gone, however it went."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=look, daemon=True, name="end-with-parent").start()


class _Bar:
    """A progress bar on a terminal, a line every twentieth elsewhere; says how much time is left."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self.first = -1.0
        self.told = -1

    def __call__(self, share: float) -> None:
        if self.first < 0:
            self.first = share
        step = int(share * (100 if sys.stdout.isatty() else 20))
        if step == self.told:
            return
        self.told = step
        passed = time.monotonic() - self.began
        done = share - self.first
        left = f"{passed / done * (1 - share):.0f} s" if done > 0.02 else "…"  # noqa: PLR2004 - too early to tell
        if sys.stdout.isatty():
            blocks = "█" * round(share * 30)
            sys.stdout.write(f"\r  {self.title} {blocks:░<30} {share:4.0%}, {left} left \033[K" + "\n" * (share >= 1))
        else:
            sys.stdout.write(f"{self.title} {share:.0%}, {left} left\n")
        sys.stdout.flush()


def _mail(options: argparse.Namespace, root: Path) -> int:
    """Be the world outside: a door for SMTP, and customers who keep writing."""
    from random import Random

    from yinuo.commands.starting import say
    from yinuo.intake.mail.transport.postbox import Postbox

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    demo = _Demo(root)
    with _open_postbox(Postbox, demo.mail_folder / "in" / "mail") as postbox:
        say(f"send your own mail to service@henuan.example by SMTP at 127.0.0.1:{postbox.port}  也可用 SMTP 发信")
        while not stop.is_set() and demo.stage != "whole":
            stop.wait(1)
        _let_pages_start(options)
        if options.quiet_feed or stop.is_set():
            stop.wait()
            return 0
        from yinuo.demo.company.world import build_world
        from yinuo.demo.live_feed import LiveFeed

        wish = demo.wish()
        world = build_world(wish.seed, wish.today, customer_count=wish.customer_count)
        LiveFeed(world, demo.mail_folder, Random(), say).run(stop)  # noqa: S311 - which customer writes is no secret
    return 0


@contextlib.contextmanager
def _open_postbox(kind: "type[Postbox]", folder: Path) -> "Iterator[Postbox]":
    """Open the SMTP door on its usual port, or on a free one when somebody has that."""
    postbox = kind(folder, port=_SMTP_PORT)
    try:
        postbox.open()
    except OSError:
        postbox = kind(folder)
        postbox.open()
    try:
        yield postbox
    finally:
        postbox.close()
