"""The queue finds the cases that wait for others by index.

Locks: none that stop writing; the index is built concurrently, which is why this migration is not one transaction.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('cases', '0023_tasks'),
        ('customers', '0004_index_of_name_pairs'),
        ('organisation', '0004_coordination_centre'),
        ('standards', '0004_times_of_further_kinds_and_pauses'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('blocking_task_count__gte', 1), ('state', 'open')), fields=['next_due_at', 'id'], name='cases_waiting_for_tasks'),
        ),
    ]
