"""Who has which case open just now. Unlogged: told every few seconds, and worth nothing after a crash.

Locks: none; the table is new.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_indexes_of_the_queue"), ("desk", "0004_bulk_runs")]
    operations = [
        migrations.CreateModel(
            name="Watching",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                (
                    "typing",
                    models.CharField(blank=True, choices=[("reply", "Reply"), ("note", "Note")], max_length=5),
                ),
                ("typing_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watching", to="cases.case"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watching", to="organisation.staff"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["case", "staff"], name="somebody_is_once_in_a_case"),
                    models.CheckConstraint(
                        name="who_types_says_what_and_since_when",
                        condition=Q(typing="", typing_at=None) | ~Q(typing="") & Q(typing_at__isnull=False),
                    ),
                ]
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE desk_watching SET UNLOGGED", "ALTER TABLE desk_watching SET LOGGED"
        ),
    ]
