"""The server's settings, by what the database is for.

They are given on the command line at every start, so a new version of Yinuo brings its settings along.
An operator's own, in `settings.conf` beside the data (`name = value` a line), win over them.
"""

import os
from pathlib import Path

from yinuo.foundation.postgres.refusals import UnknownProfile

_COMMON = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # Planning: solid state disks; the just-in-time compiler costs more than it gives on short statements.
    "jit": "off",
    "random_page_cost": "1.1",
    # 1 GB keeps recovery after a crash near ten seconds; four times that took a minute on a slow disk.
    "max_wal_size": "1GB",
    "wal_compression": "pglz",
    "autovacuum_naptime": "20s",
    # The log must hold no customer's data: statements carry values, and details name the row that clashed.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}

_SMALL = {
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "100",
    # Containers often give 64 MB of shared memory, which one parallel query can exceed.
    "max_parallel_workers_per_gather": "0",
}

# Survives kill -9 of any process (the kernel has what was committed), but not a power cut.
_TEST = _SMALL | {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


def server_settings(profile: str, own_settings: Path) -> dict[str, str]:
    """Return the settings for `profile` (`small`, `large`, `test`), overlaid by the operator's file where it exists.

    Raises UnknownProfile.
    """
    profiles = {"small": _SMALL, "large": _large(), "test": _TEST}
    if profile not in profiles:
        raise UnknownProfile(profile=profile, known=", ".join(profiles))
    return _COMMON | profiles[profile] | _read(own_settings)


def _large() -> dict[str, str]:
    """A machine that is mostly the database's: a quarter of its memory as cache, as the manual advises."""
    quarter_mb = memory_bytes() // 4 // 2**20
    return {
        "shared_buffers": f"{max(128, min(quarter_mb, 16 * 1024))}MB",
        "effective_cache_size": f"{max(384, 3 * quarter_mb)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{max(64, min(quarter_mb // 4, 1024))}MB",
        "max_connections": "200",
        "max_wal_size": "4GB",
    }


def memory_bytes() -> int:
    """Return the memory this process may use: the machine's, or its container's when that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if not limit.exists():
        return machine
    text = limit.read_text().strip()
    return machine if text == "max" else min(machine, int(text))


def _read(own_settings: Path) -> dict[str, str]:
    if not own_settings.exists():
        return {}
    lines = (line.partition("#")[0] for line in own_settings.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line.strip())
    return {name.strip(): value.strip().strip("'") for name, _, value in pairs}
