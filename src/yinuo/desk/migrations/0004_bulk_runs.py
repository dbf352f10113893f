"""One act on many cases is a row with a row for each case, so that it survives a closed page and a killed worker.

Locks: none; the tables are new.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ACTS = [("owner", "Change owner"), ("note", "Add a note"), ("close", "Close case"), ("reopen", "Reopen")]
STATES = [
    ("waiting", "Still to do"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("failed", "Went wrong"),
    ("cancelled", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_indexes_of_the_queue"), ("desk", "0003_walls")]
    operations = [
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(choices=ACTS, max_length=10)),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "new_owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.staff",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bulk_runs", to="organisation.staff"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="a_new_owner_is_named_when_the_owner_changes",
                        condition=Q(act="owner", new_owner__isnull=False) | ~Q(act="owner") & Q(new_owner=None),
                    ),
                    models.CheckConstraint(
                        name="an_outcome_is_said_when_cases_are_closed",
                        condition=Q(act="close") & ~Q(outcome="") | ~Q(act="close") & Q(outcome=""),
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["due_at", "id"], condition=Q(finished_at=None), name="bulk_runs_to_carry_on"
                    ),
                    models.Index(fields=["staff", "-id"], name="bulk_runs_of_somebody"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("sentence", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bulk_rows", to="cases.case"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="desk.bulkrun"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["run", "case"], name="a_case_once_in_a_run"),
                    models.UniqueConstraint(fields=["run", "position"], name="one_case_at_a_place_of_a_run"),
                    models.CheckConstraint(
                        name="a_case_of_a_run_waits_until_it_ended",
                        condition=Q(state="waiting", ended_at=None) | ~Q(state="waiting") & Q(ended_at__isnull=False),
                    ),
                ]
            },
        ),
    ]
