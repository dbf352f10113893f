"""Who we are to our customers: the name they read, our zone, language and domains, in a table of one row.

Until now the house had no name of its own. Locks: none, the table is new.
"""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_saved_views")]
    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("zone", models.CharField(max_length=60)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                (
                    "domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=253), default=list, size=None
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(id=1), name="one_organisation"),
                    models.CheckConstraint(
                        condition=~models.Q(name_zh="") & ~models.Q(name_en="") & ~models.Q(zone=""),
                        name="an_organisation_has_names_and_a_zone",
                    ),
                ],
            },
        ),
    ]
