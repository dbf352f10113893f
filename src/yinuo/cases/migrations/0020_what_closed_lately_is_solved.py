"""Cases closed within the usual fourteen days are solved, with the rest of that time; older and merged ones are closed for good.

Goes by batches of ids, each a transaction of its own, and may be run again. Locks: the rows of a batch.
"""

from django.db import connection, migrations, transaction

_BATCH = 20_000
_FIRST = """
UPDATE cases_case SET first_solved_at = ended.first_at
FROM (SELECT case_id, min(at) AS first_at FROM cases_closure WHERE case_id >= %s AND case_id < %s GROUP BY case_id)
    AS ended
WHERE cases_case.id = ended.case_id AND first_solved_at IS NULL
"""
_ENDED = """
UPDATE cases_case SET
    first_solved_at = coalesce(first_solved_at, closed_at),
    state = CASE WHEN merged_into_id IS NULL AND closed_at + interval '14 days' > now() THEN 'solved' ELSE 'closed' END,
    settles_at = CASE WHEN merged_into_id IS NULL AND closed_at + interval '14 days' > now()
        THEN closed_at + interval '14 days' END,
    settled_at = CASE WHEN merged_into_id IS NOT NULL THEN closed_at
        WHEN closed_at + interval '14 days' > now() THEN NULL ELSE closed_at + interval '14 days' END
WHERE id >= %s AND id < %s AND state = 'closed' AND settled_at IS NULL
"""
_BACK = """
UPDATE cases_case SET state = 'closed', settles_at = NULL, settled_at = NULL, first_solved_at = NULL
WHERE id >= %s AND id < %s AND state <> 'open'
"""


def _in_batches(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM cases_case")
        first, last = cursor.fetchone()
        for begin in range(first, last + 1, _BATCH):
            with transaction.atomic():
                for statement in statements:
                    cursor.execute(statement, [begin, begin + _BATCH])


def forwards(_apps, _editor):
    _in_batches(_FIRST, _ENDED)


def backwards(_apps, _editor):
    _in_batches(_BACK)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0019_solved_and_closed")]
    operations = [migrations.RunPython(forwards, backwards)]
