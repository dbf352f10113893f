"""From an address to a usable database: parameters for Django, checks of an external one, the database itself."""

import re
from functools import cache
from typing import Any

import psycopg
from psycopg import conninfo, errors, sql

from yinuo.foundation.postgres.binaries import OLDEST_MAJOR
from yinuo.foundation.postgres.refusals import ExternalNotUnicode, ExternalTooOld, NoExternalDatabase
from yinuo.foundation.postgres.server import Server


def django_parameters(address: str) -> dict[str, Any]:
    """Return Django's `DATABASES` entry for `address`, a URL or a libpq string; the rest goes to OPTIONS."""
    try:
        parts = conninfo.conninfo_to_dict(address)
    except psycopg.ProgrammingError as problem:
        raise NoExternalDatabase(words=_one_line(problem)) from problem
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found = {name: str(parts.pop(key, "") or "") for name, key in named.items()}
    return {"ENGINE": "django.db.backends.postgresql", **found, "OPTIONS": parts}


@cache
def check_external(address: str) -> None:
    """Refuse a database that Yinuo cannot use: unreachable, older than PostgreSQL 16, or not in UTF-8."""
    try:
        with psycopg.connect(address, connect_timeout=10, autocommit=True) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
    except (psycopg.OperationalError, psycopg.ProgrammingError) as problem:
        raise NoExternalDatabase(words=_one_line(problem)) from problem
    if version // 10_000 < OLDEST_MAJOR:
        raise ExternalTooOld(found=f"{version // 10_000}.{version % 10_000}", needed=OLDEST_MAJOR)
    if encoding != "UTF8":
        raise ExternalNotUnicode(encoding=encoding)


def create_database(server: Server, name: str) -> None:
    """Make the database `name` on our own server unless it is there; two processes may do so at once."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (errors.DuplicateDatabase, errors.UniqueViolation):
            return  # another process was faster


def _one_line(problem: Exception) -> str:
    """The driver's words on one line, without the password that an address may carry."""
    return re.sub(r"://([^:/@\s]*):[^@\s]*@", r"://\1:***@", " ".join(str(problem).split()))
