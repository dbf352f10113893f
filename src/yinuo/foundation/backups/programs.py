"""Runs PostgreSQL's own programs on our database."""

import os
import subprocess

from psycopg import conninfo

from yinuo.foundation.postgres.binaries import find_binaries

from .refusals import DumpFailed, ProgramTooOld

_SAID = 600


def run_program(name: str, words: list[str], *, address: str, server_major: int) -> None:
    """Run pg_dump or pg_restore; refuses with ProgramTooOld, or with DumpFailed and what the program said."""
    binaries = find_binaries()
    if binaries.major < server_major:
        raise ProgramTooOld(server=server_major, programs=binaries.version)
    parts = {key: str(value) for key, value in conninfo.conninfo_to_dict(address).items()}
    # The password by environment: every account of the machine can read arguments.
    environment = os.environ | {"PGPASSWORD": parts.pop("password", ""), "LC_ALL": "C"}
    command = [binaries.program(name), *words, "--dbname", conninfo.make_conninfo("", **parts)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - PostgreSQL's own
    if done.returncode != 0:
        raise DumpFailed(program=name, said=done.stderr.strip()[-_SAID:])
