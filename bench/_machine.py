"""What a figure depends on besides the program: the machine, its load, the versions."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def data_root() -> Path:
    """Return where the real data sets lie: YINUO_DATA, else beside the checkout."""
    return Path(os.environ.get("YINUO_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def facts() -> dict[str, Any]:
    """Return where and on what something was measured."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "commit": _commit(),
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def database_facts() -> dict[str, Any]:
    """Return the server's version and how much it holds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('shared_buffers'), current_setting('fsync'), "
            "(SELECT count(*) FROM cases_case), (SELECT count(*) FROM cases_message), "
            "pg_database_size(current_database()) / 1048576"
        )
        names = ("postgresql", "shared_buffers", "fsync", "cases", "messages", "megabytes")
        return dict(zip(names, cursor.fetchone(), strict=True))


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 of at least two values."""
    parts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": parts[49], "p95": parts[94], "p99": parts[98]}


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time that these processes took so far (Linux)."""
    ticks = 0
    for pid in pids:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(numbers[11]) + int(numbers[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def close_database() -> None:
    """Let go of the embedded server, if this process holds it, before its folder goes."""
    from django.db import connections

    from yinuo.foundation import postgres

    connections.close_all()
    for server in postgres._held.values():  # noqa: SLF001 - asking for the server would start one
        server.close()


def write_json(path: str, result: dict[str, Any]) -> None:
    Path(path).write_text(json.dumps(result, indent=2, ensure_ascii=False, default=str) + "\n")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _commit() -> str:
    here = Path(__file__).resolve().parent
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=here, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
