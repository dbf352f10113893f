"""An account remembers which columns its person wants in each list.

Locks: adds a column with a constant default to a small table; nothing is rewritten.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='list_columns',
            field=models.JSONField(blank=True, default=dict, help_text='List -> the columns last chosen there.'),
        ),
    ]
