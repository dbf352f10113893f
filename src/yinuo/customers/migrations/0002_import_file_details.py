"""An import remembers how its file is written, so that it can be continued without guessing again.

Locks: adds columns with constant defaults to a small table; nothing is rewritten.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_customers'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='delimiter',
            field=models.CharField(default=',', max_length=1),
        ),
        migrations.AddField(
            model_name='importrun',
            name='encoding',
            field=models.CharField(default='utf-8', max_length=20),
        ),
        migrations.AddField(
            model_name='importrun',
            name='header',
            field=models.JSONField(default=list, help_text="The names of the columns, in the file's order."),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='mapping',
            field=models.JSONField(help_text='What we store -> the column it stands in.'),
        ),
    ]
