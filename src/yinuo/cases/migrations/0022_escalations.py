"""Rungs that promises reach, and who is told of them. Locks: none, the tables are new."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0021_indexes_of_ended_cases"),
        ("organisation", "0003_organisation"),
        ("standards", "0005_ladders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(help_text="When the rung is reached.")),
                ("reached_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="cases.case"
                    ),
                ),
                (
                    "promise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="cases.promise"
                    ),
                ),
                (
                    "rung",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="standards.rung"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EscalationTelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tell_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("is_open", models.BooleanField(default=True, help_text="Until the escalation ends.")),
                (
                    "escalation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tellings", to="cases.escalation"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalation_tellings",
                        to="organisation.staff",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("reached_at", None)), fields=["due_at", "id"], name="escalations_due"
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("reached_at__isnull", False)),
                fields=["case"],
                name="escalations_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(fields=("promise", "rung"), name="a_rung_is_reached_once_by_a_promise"),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("reached_at__isnull", False), _connector="OR"),
                name="only_a_reached_rung_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="escalationtelling",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["tell_at", "id"], name="tellings_due"),
        ),
        migrations.AddIndex(
            model_name="escalationtelling",
            index=models.Index(condition=models.Q(("is_open", True)), fields=["staff"], name="tellings_open_of_staff"),
        ),
        migrations.AddConstraint(
            model_name="escalationtelling",
            constraint=models.UniqueConstraint(fields=("escalation", "staff"), name="told_once_of_a_rung"),
        ),
    ]
