"""What the pages of the desk and the portal cost at size, on the server that `yinuo serve --pages-only` runs.

    python bench/desk.py [--home DIR] [--cases 100000] [--agents 8] [--seconds 8] [--json FILE] [--only WORD …]

DIR is a folder that bench/fill.py filled; without one a database is made for the run. The server is a process of its
own; the agents are threads of this one, each asking for the next thing when the last one is there, which is far more
than people do. Times are the server's, taken around the whole application. Beside each page stands its floor of the
same run: an answer of as many bytes by the same server, and the page's own statements once more without the page.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _machine
from _machine import close_database
from fill import QUICK, arguments, fill

HERE = Path(__file__).resolve().parent

KILOBYTE = 1000
_CHARTS = ("chart.js", "echarts", "uplot", "plotly", "vega")


@dataclass(frozen=True)
class Page:
    """One kind of request. `goal_ms`: for the 95th percentile; `goal_kb`: for a whole page."""

    name: str
    ask: Callable[[Any], Any]
    goal_ms: float | None = None
    goal_kb: float | None = None


def main() -> int:
    parser = arguments(homeless=False)
    parser.description = __doc__
    parser.add_argument("--home", help="a folder that bench/fill.py filled, or an empty one")
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each kind of request is asked for")
    parser.add_argument("--server-processes", type=int, default=1)
    parser.add_argument("--json", help="write everything that was measured to this file")
    parser.add_argument("--only", nargs="*", default=[], help="only what has one of these words in its name")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK, seconds=0.3, agents=2)
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        home = Path(options.home or folder)
        try:
            if problem := fill(home, options):
                return problem
            result = measure(options)
        finally:
            close_database()
    if options.json:
        _machine.write_json(options.json, result)
    return 0 if not any(row["errors"] for row in result["pages"]) else 1


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure every page, print the table, return all of it."""
    import _load

    agents = _load.sign_in(chosen_agents(options.agents))
    machine = _machine.facts() | _machine.database_facts()
    port = free_port()
    server = start_server(port, options.server_processes)
    try:
        await_server(port, server)
        base = f"http://127.0.0.1:{port}"
        wanted = [page for page in pages() if not options.only or any(word in page.name for word in options.only)]
        print(", ".join(f"{name} {value}" for name, value in machine.items()))
        print(HEAD)
        rows = []
        for page in wanted:
            rows.append(measured(base, agents, page, options.seconds))
            print(line(rows[-1]), flush=True)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
    machine["load_at_end"] = [round(one, 1) for one in os.getloadavg()]
    print(f"load at the end {machine['load_at_end']}")
    return {"machine": machine, "options": vars(options), "pages": rows}


def pages() -> list[Page]:
    """Return what is asked for. Addresses that this version does not have are left out."""
    from _load import Ask
    from django.urls import NoReverseMatch, reverse

    def at(name: str, *words: str, query: str = "", piece: bool = False) -> Callable[[Any], Ask]:
        def ask(agent) -> Ask:
            reference, token = agent.case()
            known = {"REFERENCE": reference, "TOKEN": token}
            return Ask(reverse(name, args=[known.get(one, one) for one in words]) + query, piece=piece)

        return ask

    def posted(name: str, text: str) -> Callable[[Any], Ask]:
        return lambda agent: Ask(reverse(name, args=[agent.case()[0]]), {"text": text}, piece=True)

    wanted = [
        Page("workbench", at("workbench"), 80, 120),
        Page("queue, mine", at("queue", piece=True), 80),
        Page("queue, my team", at("queue", query="?view=team", piece=True), 80),
        Page("queue, all", at("queue", query="?view=all", piece=True), 80),
        Page("queue, at risk", at("queue", query="?view=risk", piece=True), 80),
        Page("queue, closed", at("queue", query="?view=closed", piece=True), 80),
        Page("queue, one row", lambda agent: Ask(f"{reverse('queue')}?q={agent.case()[0]}", piece=True), 80),
        Page("case, whole page", at("case", "REFERENCE"), 80, 120),
        Page("case, piece", at("case", "REFERENCE", piece=True), 80),
        Page("conversation", at("case_conversation", "REFERENCE", piece=True), 80),
        Page("search, two signs", at("workbench", query="?q=漏水"), 80, 120),
        Page("search, four signs", at("workbench", query="?q=不制冷了"), 80, 120),
        Page("search, English", at("workbench", query="?q=leak"), 80, 120),
        Page("search, a name", at("workbench", query="?q=王"), 80, 120),
        Page("search, nothing", at("workbench", query="?q=zzzqqq"), 80, 120),
        Page("reply", posted("case_replies", "您好，师傅明天上午到。"), 100),
        Page("note", posted("case_notes", "已电话确认。"), 100),
        Page("tracking page", at("track", "TOKEN"), 80, 120),
        *(Page(name, at(name), 80, 120) for name in MORE),
    ]
    found = []
    for page in wanted:
        try:
            page.ask(_Anybody())
        except NoReverseMatch:
            continue
        found.append(page)
    return found


# Pages by their address's name, measured as soon as a version has them.
MORE = ("board", "wall", "all_cases", "customers", "notifications", "portal", "portal_cases", "pledges")


class _Anybody:
    def case(self) -> tuple[str, str]:
        return "YN-1", "x"


def measured(base: str, agents: list, page: Page, seconds: float) -> dict[str, Any]:
    """Measure one page: alone, with all agents, and its two floors."""
    import _load

    _load.work(base, agents, page.ask, seconds=min(1.0, seconds / 2))  # warm up
    alone = _load.work(base, agents[:1], page.ask, seconds=seconds / 3)
    loaded = _load.work(base, agents, page.ask, seconds=seconds)
    row = {"name": page.name, "goal_ms": page.goal_ms, "goal_kb": page.goal_kb, "errors": loaded.errors | alone.errors}
    if len(loaded.server) < 2 or len(alone.server) < 2:
        return row
    size = max(loaded.sizes)
    floor = _load.work(base, agents[:1], lambda _agent: _load.Ask(f"/bench/bytes/{size}"), seconds=seconds / 6)
    row |= {
        "server_ms": _machine.percentiles(loaded.server),
        "alone_ms": _machine.percentiles(alone.server),
        "client_ms": _machine.percentiles(loaded.client),
        "cpu_ms": _machine.percentiles(alone.cpu)["p50"],
        "database_ms": _machine.percentiles(alone.database)["p50"],
        "statements": (min(alone.statements), max(alone.statements)),
        "bytes": size,
        "requests": len(loaded.server),
        "requests_a_second": len(loaded.server) / seconds,
        "bytes_floor_ms": _machine.percentiles(floor.client)["p50"],
        "has_charts": any(word in alone.text for word in _CHARTS),
        "sql_floor_ms": sql_floor(base, agents, page, seconds),
    }
    row["of_floor"] = None
    if row["sql_floor_ms"] is not None:
        row["of_floor"] = _machine.percentiles(alone.client)["p50"] / (row["bytes_floor_ms"] + row["sql_floor_ms"])
    return row


def sql_floor(base: str, agents: list, page: Page, seconds: float) -> float | None:
    """Return the median of the page's statements without the page; None for what writes."""
    import dataclasses

    import _load
    import urllib3

    ask = page.ask(agents[0])
    if ask.form is not None:
        return None
    connections = urllib3.connection_from_url(base, retries=False)
    _load.send(connections, agents[0], dataclasses.replace(ask, keep="page"))
    connections.close()
    again = _load.work(base, agents[:1], lambda _agent: _load.Ask("/bench/sql/page"), seconds=max(0.3, seconds / 3))
    return _machine.percentiles(again.server)["p50"] if len(again.server) > 1 else None


HEAD = (
    f"{'page':<20}{'x floor':>8}{'p95 ms':>8}{'goal':>6}{'p50':>8}{'p99':>8}{'alone p50':>11}{'p95':>7}"
    f"{'CPU ms':>8}{'SQL ms':>8}{'stmts':>8}{'kB':>7}{'req/s':>7}  "
)


def line(row: dict[str, Any]) -> str:
    """Return the row of a page: ratios first, what misses its goal is marked."""
    if "server_ms" not in row:
        return f"{row['name']:<20} errors {row['errors']}"
    server, alone = row["server_ms"], row["alone_ms"]
    fewest, most = row["statements"]
    floor = f"{row['of_floor']:.1f}" if row["of_floor"] else "-"
    marks = []
    if row["goal_ms"] and server["p95"] > row["goal_ms"]:
        marks.append("SLOW")
    if row["goal_kb"] and row["bytes"] > row["goal_kb"] * KILOBYTE:
        marks.append("BIG")
    if row["has_charts"]:
        marks.append("CHARTS")
    if row["errors"]:
        marks.append(f"errors {row['errors']}")
    return (
        f"{row['name']:<20}{floor:>8}{server['p95']:>8.1f}{row['goal_ms'] or 0:>6.0f}{server['p50']:>8.1f}"
        f"{server['p99']:>8.1f}{alone['p50']:>11.1f}{alone['p95']:>7.1f}{row['cpu_ms']:>8.1f}{row['database_ms']:>8.1f}"
        f"{f'{fewest}-{most}' if fewest != most else fewest:>8}{row['bytes'] / KILOBYTE:>7.1f}"
        f"{row['requests_a_second']:>7.1f}  {' '.join(marks)}"
    )


def chosen_agents(count: int) -> list[int]:
    """Return the ids of agents who own many open cases, one team leader among them."""
    from django.db.models import Count, Q

    from yinuo.organisation.models import Staff

    busy = Staff.objects.filter(left_at=None, account__grants__role__in=["agent", "team_leader"]).annotate(
        load=Count("owned_cases", filter=Q(owned_cases__state="open"), distinct=True)
    )
    leaders = list(busy.filter(account__grants__role="team_leader").order_by("-load", "pk")[:1])
    others = busy.exclude(account__grants__role="team_leader").order_by("-load", "pk")
    chosen = [*leaders, *others[: count - len(leaders)]]
    return [one.pk for one in chosen]


def start_server(port: int, processes: int) -> subprocess.Popen:
    """Start granian as `yinuo serve --pages-only` does, with the meter before the application."""
    paths = os.pathsep.join([str(HERE), str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(processes), "--blocking-threads", "4", "--no-access-log", "_measured:application"]
    environment = os.environ | {"PYTHONPATH": paths, "YINUO_URL": f"http://127.0.0.1:{port}"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_server(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    sys.exit(main())
