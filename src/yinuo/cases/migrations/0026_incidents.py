"""Many cases may have one incident behind them. Locks: none; the tables are new."""

import django.db.models.deletion
from django.db import migrations, models

STATES = [("proposed", "Proposed"), ("open", "Running"), ("refused", "Refused"), ("ended", "Over")]


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_quotes")]
    operations = [
        migrations.CreateModel(
            "Incident",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, default="proposed", max_length=10)),
                ("summary", models.TextField(help_text="What is behind it, among ourselves.")),
                ("evidence", models.JSONField(default=dict)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=40)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=40)),
                ("decision", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=40)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incident", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="an_incident_is_decided_before_it_runs",
                        condition=models.Q(state="proposed", decided_at=None)
                        | ~models.Q(state="proposed") & models.Q(decided_at__isnull=False),
                    ),
                    models.CheckConstraint(
                        name="an_incident_that_is_over_says_since_when",
                        condition=models.Q(state="ended", ended_at__isnull=False)
                        | ~models.Q(state="ended") & models.Q(ended_at=None),
                    ),
                ],
                "indexes": [models.Index(fields=["state", "-id"], name="incidents_by_state")],
            },
        ),
        migrations.CreateModel(
            "IncidentPart",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=40)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incident_part", to="cases.case"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="cases.incident"
                    ),
                ),
            ],
        ),
    ]
