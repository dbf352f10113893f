"""Writes every encrypted value anew under the newest key, in small batches, while everything goes on."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from .encryption import EncryptedTextField, decrypt, encrypt, newest_key_number

_BATCH = 500


def encrypt_anew() -> Iterator[tuple[str, int]]:
    """Yield `(table.column, count)` for every encrypted column once all its values are under the newest key.

    May be stopped at any time and run again: only values under older keys are touched.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield (
                    f"{model._meta.db_table}.{field.column}",
                    _column(model._meta.db_table, model._meta.pk.column, field.column),
                )


def _column(table: str, key: str, column: str) -> int:
    newest = newest_key_number().to_bytes(2, "big")
    count = 0
    while done := _batch(table, key, column, newest):
        count += done
    return count


@transaction.atomic
def _batch(table: str, key: str, column: str, newest: bytes) -> int:
    names = [connection.ops.quote_name(name) for name in (table, key, column)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT {1}, {2} FROM {0} WHERE {2} IS NOT NULL AND substring({2} from 1 for 2) <> %s "  # noqa: S608 - our own names
            "LIMIT %s FOR UPDATE SKIP LOCKED".format(*names),
            [newest, _BATCH],
        )
        rows = cursor.fetchall()
        cursor.executemany(
            "UPDATE {0} SET {2} = %s WHERE {1} = %s".format(*names),  # noqa: S608 - our own names
            [(encrypt(decrypt(bytes(stored))), pk) for pk, stored in rows],
        )
    return len(rows)
