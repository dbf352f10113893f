"""What a case was taken for, and what it turned out to be. Locks: none, the table is new."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_follow_ups_and_watches")]
    operations = [
        migrations.CreateModel(
            name="Reclassification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("was_class", models.CharField(max_length=20)),
                ("case_class", models.CharField(max_length=20)),
                ("was_tier", models.CharField(max_length=20)),
                ("tier", models.CharField(max_length=20)),
                ("was_category", models.CharField(blank=True, max_length=60)),
                ("category", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reclassifications",
                        to="cases.case",
                    ),
                ),
                *(
                    (
                        name,
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="standards.standardversion",
                        ),
                    )
                    for name in ("was_version", "standard_version")
                ),
            ],
        ),
    ]
