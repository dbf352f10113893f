"""The board finds the cases of a team that moved, and those that are held, by index.

Locks: none that stop writing; each index is built concurrently, which is why this migration is not one transaction.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('cases', '0015_handoffs'),
        ('customers', '0004_index_of_name_pairs'),
        ('organisation', '0004_coordination_centre'),
        ('standards', '0002_pledges'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('handoff_count__gte', 1), ('state', 'open')), fields=['team', '-handoff_count'], name='cases_moved_of_team'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('held_since__isnull', False)), fields=['held_since', 'id'], name='cases_held'),
        ),
    ]
