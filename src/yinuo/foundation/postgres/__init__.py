"""The database under Yinuo: an external PostgreSQL when `DATABASE_URL` names one, else our own in the home folder.

Our own server belongs to whoever uses it: the first user starts it, the last one to leave stops it, however it
leaves. This module stays light on purpose: the watching process imports it, and Django's settings do.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yinuo.foundation.postgres.server import Server

__all__ = ["database_server", "database_url", "django_database"]

DATABASE_NAME = "yinuo"

_held: dict[str, "Server"] = {}


def database_server() -> "Server":
    """Return this process's handle on the embedded server, started or joined; kept until the process ends.

    `YINUO_PG_PROFILE` names the set of server settings (`small` when unset) if this process is the one that starts it.
    Raises a refusal (see `refusals.py`) when there can be no server.
    """
    import os

    from yinuo.foundation.home import home
    from yinuo.foundation.postgres.server import Server

    root = home().database
    key = f"{os.getpid()}:{root}"  # a forked child must hold a handle of its own
    if key not in _held:
        _held[key] = Server(root, profile=os.environ.get("YINUO_PG_PROFILE") or "small").start()
    return _held[key]


def database_url() -> str:
    """Return the URL of Yinuo's database: `DATABASE_URL` when set, else the embedded one, started and ready."""
    import os

    from yinuo.foundation.postgres.connections import create_database

    if external := os.environ.get("DATABASE_URL"):
        return external
    server = database_server()
    create_database(server, DATABASE_NAME)
    return server.url(DATABASE_NAME)


def django_database() -> dict[str, Any]:
    """Return the `DATABASES["default"]` entry for Django: engine, name, user, password, host, port, options.

    The embedded server is started or joined and its database made when absent. An external one is asked once:
    one that cannot be reached, is older than PostgreSQL 16 or does not speak UTF-8 is refused.
    """
    import os

    from yinuo.foundation.postgres.connections import check_external, django_parameters

    if external := os.environ.get("DATABASE_URL"):
        check_external(external)
        return django_parameters(external)
    return django_parameters(database_url())
