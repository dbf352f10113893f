"""What a database needs before Yinuo uses it: the right era and partitions of the log."""

from datetime import date, timedelta

from django.db import connection, transaction

_MONTHS_AHEAD = 3


def prepare_database(*, today: date, history_from: date | None = None) -> None:
    """Make the log ready: a new era when this is a restored copy, and monthly partitions around today.

    Called after migrations and daily by the worker. `history_from`: first month that also needs a partition.
    """
    with transaction.atomic():
        _begin_era_if_restored()
        month = (history_from or today).replace(day=1)
        while month <= today + timedelta(days=31 * _MONTHS_AHEAD):
            following = (month + timedelta(days=32)).replace(day=1)
            _make_partition(month, following)
            month = following


def _begin_era_if_restored() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE foundation_era IN EXCLUSIVE MODE")
        cursor.execute(
            "INSERT INTO foundation_era (number, system_identifier) "
            "SELECT latest.number + 1, here.system_identifier FROM pg_control_system() AS here, "
            "(SELECT number, system_identifier FROM foundation_era ORDER BY number DESC LIMIT 1) AS latest "
            "WHERE latest.system_identifier <> here.system_identifier"
        )


def _make_partition(month: date, following: date) -> None:
    name = f"foundation_fact_{month:%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0]:
            return
        # Facts of that month that already lie in the catch-all partition must stay there.
        cursor.execute("SELECT 1 FROM foundation_fact_other WHERE at >= %s AND at < %s LIMIT 1", [month, following])
        if cursor.fetchone():
            return
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF foundation_fact "
            f"FOR VALUES FROM ('{month:%Y-%m-%d} 00:00+00') TO ('{following:%Y-%m-%d} 00:00+00')"
        )
