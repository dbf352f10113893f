"""The list of cases is read in the order of the next promise, of closing and of the last message.

Locks: the indexes are built concurrently; the table stays readable and writable. One that was interrupted is left
invalid: drop it and migrate again.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0008_board_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(fields=['next_due_at', 'id'], name='cases_by_due_time'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(fields=['closed_at', 'id'], name='cases_by_closing'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(fields=['last_message_at', 'id'], name='cases_by_last_message'),
        ),
    ]
