"""The list of customers is read in the order in which we came to know them.

Locks: the index is built concurrently; the table stays readable and writable. One that was interrupted is left
invalid: drop it and migrate again.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('customers', '0002_import_file_details'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='customer',
            index=models.Index(fields=['created_at', 'id'], name='customers_by_beginning'),
        ),
    ]
