"""What a table holds, in one number: two tables with the same rows have the same, in whatever order they lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

# How PostgreSQL writes a value as text depends on these; the row's text is what is counted.
_WRITING = (
    "SET TIME ZONE 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 3",
)
_TABLES = """
SELECT c.oid::regclass::text, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname = 'public'
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""


@dataclass(frozen=True)
class Fingerprint:
    """`rows`: how many. `digest`: the sum of a 64-bit hash of each row's text, as a decimal number."""

    rows: int
    digest: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Fingerprint":
        """Return what a manifest holds as a fingerprint."""
        return cls(int(values["rows"]), str(values["digest"]))


def fingerprints(connection: Connection[Any]) -> dict[str, Fingerprint]:
    """Return the fingerprint of every table by its name, as this connection's transaction sees it.

    It finds damage and what is missing. Against somebody who changes rows on purpose, the seals of the log stand.
    """
    for setting in _WRITING:
        connection.execute(setting)
    found = {}
    for shown, schema, name in connection.execute(_TABLES).fetchall():
        query = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t")
        row = connection.execute(query.format(sql.Identifier(schema, name))).fetchone()
        found[shown] = Fingerprint(row[0], str(row[1])) if row else Fingerprint(0, "0")
    return found
