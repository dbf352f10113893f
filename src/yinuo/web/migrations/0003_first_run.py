"""How far the first run of an empty installation came. Locks: none, the table is new."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0002_api")]
    operations = [
        migrations.CreateModel(
            name="FirstRun",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                (
                    "done",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        default=list,
                        help_text="The screens that were saved or skipped.",
                        size=None,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(id=1), name="one_first_run")]},
        ),
    ]
