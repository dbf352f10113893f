"""What has been filled so far. A step's mark commits together with its rows.

The table is made here and not by a migration: it exists in demo databases only, which also makes it the sign by
which a real installation is never taken for a demo.
"""

from collections.abc import Callable

from django.db import connection, transaction

from yinuo.demo.filling.wish import Wish

# The first half of an advisory lock's key: "somebody is doing this step".
_LOCK_SPACE = 0x64656D
_TABLE = (
    "CREATE TABLE IF NOT EXISTS demo_step (name text PRIMARY KEY, note text NOT NULL DEFAULT '', "
    "done_at timestamptz NOT NULL DEFAULT now())"
)
_WISH = "wish"
_WHOLE = "whole"


def remember(wish: Wish) -> Wish:
    """Write down which demo this is; return the wish written down before, when there is one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("INSERT INTO demo_step VALUES (%s, %s) ON CONFLICT DO NOTHING", [_WISH, wish.to_json()])
        cursor.execute("SELECT note FROM demo_step WHERE name = %s", [_WISH])
        return Wish.from_json(cursor.fetchone()[0])


def remembered() -> Wish:
    """Return which demo this database holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM demo_step WHERE name = %s", [_WISH])
        return Wish.from_json(cursor.fetchone()[0])


def done_steps() -> frozenset[str]:
    """Return the names of the steps that are done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM demo_step")
        return frozenset(name for (name,) in cursor.fetchall())


def is_whole() -> bool:
    """Return whether everything was filled."""
    return _WHOLE in done_steps()


def mark_whole() -> None:
    """Write down that everything was filled."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO demo_step (name) VALUES (%s) ON CONFLICT DO NOTHING", [_WHOLE])


def run_step(name: str, number: int, work: Callable[[], None]) -> bool:
    """Do a step in one transaction, unless it is done or somebody else is at it; return whether we did it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # What is lost in a power cut has no mark either, and is done again.
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, number])
            if not cursor.fetchone()[0]:
                return False
            cursor.execute("SELECT 1 FROM demo_step WHERE name = %s", [name])
            if cursor.fetchone():
                return False
        work()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO demo_step (name) VALUES (%s)", [name])
    return True
