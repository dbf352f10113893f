"""Lets followers finish, whatever else runs on the same database server."""

import time

import psycopg
from django.db import connection

from yinuo.foundation.followers import catch_up, horizon_position, known_followers, newest_position

_PATIENCE_SECONDS = 60


def follow_everything(prefix: str) -> None:
    """Run the followers whose name begins with `prefix` until they have handled all there is, and all that came of it.

    A transaction of anybody on the server holds back facts, so this waits for those that run.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    followers = [one for one in known_followers() if one.name.startswith(prefix)]
    while True:
        final = newest_position() <= horizon_position()
        handled = sum(catch_up(one) for one in followers)
        if final and not handled:
            return
        assert time.monotonic() < deadline, "a transaction on this server has run for a minute"
        if not handled:
            time.sleep(0.05)


def other_connection() -> psycopg.Connection:
    """Return a second connection to the test's database, for what another process does meanwhile."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{name: given[name] for name in names if name in given})
