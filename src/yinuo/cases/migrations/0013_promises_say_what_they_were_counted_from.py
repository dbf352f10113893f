"""Promises given so far counted from when they were made, for the time their standard's version gives.

In batches, each its own transaction, so that no lock on many rows is held for long; running it twice changes nothing.
"""

from typing import Any

from django.db import migrations

_BATCH = 20_000
_FILL = """
UPDATE cases_promise AS given
SET starts_at = given.made_at,
    within_minutes = CASE given.kind
        WHEN 'first_response' THEN version.first_response_minutes
        WHEN 'next_answer' THEN version.next_answer_minutes
        WHEN 'next_update' THEN version.next_update_minutes
        WHEN 'resolution' THEN version.resolution_minutes
    END
FROM standards_standardversion AS version
WHERE version.id = given.standard_version_id AND given.starts_at IS NULL AND given.id BETWEEN %s AND %s
"""


def fill(apps: Any, editor: Any) -> None:
    """Fill the columns from the first promise to the last."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM cases_promise")
        first, last = cursor.fetchone()
        for begin in range(first, last + 1, _BATCH):
            cursor.execute(_FILL, [begin, begin + _BATCH - 1])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0012_promise_kinds_and_pauses")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
