"""How long after its commit a fact is on every open page, and what the process that tells it costs.

    python bench/live.py [--listeners 200] [--facts 20] [--seconds 60] [--home DIR] [--json FILE]

Agents are signed in and listen as their pages do, to the queue and to one of their cases each. Notes are written to
these cases by the house's own action in a process of its own. A latency is counted for each fact and each listener:
from the return of the transaction to the arrival of the event.
"""

import argparse
import asyncio
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import _machine
from _machine import close_database
from desk import await_server, free_port
from fill import QUICK, arguments, fill

_POSITION = re.compile(rb"^id: (\S+)$", re.MULTILINE)
# How long is waited for events that are late.
_PATIENCE_SECONDS = 30.0


def main() -> int:
    parser = arguments(homeless=False)
    parser.description = __doc__
    parser.set_defaults(cases=2_000)
    parser.add_argument("--home", help="a folder that bench/fill.py filled, or an empty one")
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--facts", type=float, default=20.0, help="notes a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", help="write everything that was measured to this file")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK, listeners=5, seconds=2.0)
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        try:
            if problem := fill(Path(options.home or folder), options):
                return problem
            result = measure(options)
        finally:
            close_database()
    if options.json:
        _machine.write_json(options.json, result)
    return 0 if result["lost"] == 0 else 1


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Listen, write, and print what came of it."""
    import _load
    from django.db import connection

    from yinuo.cases.models import Case
    from yinuo.organisation.models import Staff

    machine = _machine.facts() | _machine.database_facts()
    owners = Case.objects.filter(state="open").values("owner_id")
    busy = Staff.objects.filter(pk__in=owners).order_by("pk").values_list("pk", flat=True)
    agents = _load.sign_in(list(busy[: options.listeners]), most_cases=1)
    # With fewer people than listeners, some have several pages open.
    listeners = [agents[number % len(agents)] for number in range(options.listeners)]
    references = [agent.cases[0][0] for agent in agents]
    case_ids = list(Case.objects.filter(reference__in=references).order_by("pk").values_list("pk", flat=True))
    topics = dict(Case.objects.filter(pk__in=case_ids).values_list("reference", "pk"))
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "yinuo", "live", "--port", str(port)], env=os.environ, stdout=subprocess.DEVNULL
    )
    connection.close()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    writer = context.Process(target=write_notes, args=(there, case_ids, options.facts, options.seconds))
    try:
        await_server(port, server)
        writer.start()
        wanted = [(one, f"queue,case-{topics[one.cases[0][0]]}") for one in listeners]
        heard, cpu, committed = asyncio.run(_listen_and_write(port, wanted, here, server.pid))
        writer.join()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    result = _judged(heard, cpu, committed, options)
    result["machine"] = machine | {"load_at_end": [round(one, 1) for one in os.getloadavg()]}
    _print(result)
    return result


async def _listen_and_write(
    port: int, wanted: list, here: Connection, server_pid: int
) -> tuple[list[dict[bytes, float]], float, dict[bytes, float]]:
    """Return what each listener heard (position -> instant), the server's CPU seconds, and when what was committed."""
    heard: list[dict[bytes, float]] = [{} for _ in wanted]
    ready = asyncio.Semaphore(0)
    tasks = [
        asyncio.create_task(_listen(port, agent.cookie, topics, heard[number], ready))
        for number, (agent, topics) in enumerate(wanted)
    ]
    for _ in tasks:
        await asyncio.wait_for(ready.acquire(), 60)
    await asyncio.to_thread(here.recv)  # the writer is ready
    before = _machine.cpu_seconds([server_pid])
    here.send("go")
    committed = await asyncio.to_thread(here.recv)
    cpu = _machine.cpu_seconds([server_pid]) - before
    await _everything_heard(heard, len(committed))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return heard, cpu, committed


async def _everything_heard(heard: list[dict[bytes, float]], count: int) -> None:
    for _ in range(int(_PATIENCE_SECONDS / 0.2)):
        if all(len(one) >= count for one in heard):
            return
        await asyncio.sleep(0.2)


async def _listen(port: int, cookie: str, topics: str, heard: dict[bytes, float], ready: asyncio.Semaphore) -> None:
    """Take what comes as it comes, with as little work as can be: the listeners share a machine with the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live?topics={topics} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    head = await reader.readuntil(b"retry: ")
    assert head.startswith(b"HTTP/1.1 200 "), head
    ready.release()
    rest = b""
    try:
        while part := await reader.read(65_536):
            instant = time.monotonic()
            whole, _end, rest = (rest + part).rpartition(b"\n")
            heard.update(dict.fromkeys(_POSITION.findall(whole), instant))
    finally:
        writer.close()


def write_notes(pipe: Connection, case_ids: list[int], rate: float, seconds: float) -> None:
    """Write notes at an even rate; tell position -> instant of the commit. Runs in a process of its own."""
    from yinuo.commands.starting import start_django

    start_django()
    from django.db import connection

    from yinuo.access.actors import Actor
    from yinuo.cases.actions import add_note
    from yinuo.cases.actions.messages import Said
    from yinuo.cases.models import Case
    from yinuo.foundation.clock import now

    committed: dict[bytes, float] = {}
    pipe.send("ready")
    pipe.recv()
    began = time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        case = Case(pk=case_ids[number % len(case_ids)])
        at = now()
        add_note(case=case, said=Said("已电话确认。", at, author_name="bench"), by=Actor.system("bench"), at=at)
        instant = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT tx, id FROM foundation_fact WHERE case_id = %s ORDER BY id DESC LIMIT 1", [case.pk])
            committed[b"%d-%d" % cursor.fetchone()] = instant
    pipe.send(committed)


def _judged(heard: list[dict[bytes, float]], cpu: float, committed: dict[bytes, float], options) -> dict[str, Any]:
    latencies = [(one[position] - at) * 1000 for one in heard for position, at in committed.items() if position in one]
    last = [
        max((one[position] - at) * 1000 for one in heard if position in one)
        for position, at in committed.items()
        if any(position in one for one in heard)
    ]
    return {
        "listeners": options.listeners,
        "facts": len(committed),
        "facts_a_second": options.facts,
        "latency_ms": _machine.percentiles(latencies),
        "last_page_ms": _machine.percentiles(last),
        "lost": len(committed) * len(heard) - len(latencies),
        "cpu_share_of_a_core": cpu / options.seconds,
    }


def _print(result: dict[str, Any]) -> None:
    print(", ".join(f"{name} {value}" for name, value in result["machine"].items()))
    print(f"{result['facts']} facts to {result['listeners']} listeners, {result['facts_a_second']:g} a second")
    print(f"{'CPU of the live process':<30}{result['cpu_share_of_a_core']:8.2f} of a core   goal < 1")
    for what, name in (("commit to event", "latency_ms"), ("until the last page has it", "last_page_ms")):
        p50, p95, p99 = result[name].values()
        print(f"{what:<30}{p50:8.0f} {p95:6.0f} {p99:6.0f} ms (p50, p95, p99)   goal p95 < 1000")
    print(f"{'never arrived':<30}{result['lost']:8}")


if __name__ == "__main__":
    sys.exit(main())
