"""Follow-ups: reminders at a chosen time; watches: who follows a case that is not theirs. Locks: none on what is there."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_pledge_tallies"), ("organisation", "0004_coordination_centre")]
    operations = [
        migrations.CreateModel(
            "FollowUp",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="cases.case"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="organisation.staff",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("words", models.CharField(max_length=300)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=40)),
                ("told_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end",
                    models.CharField(
                        blank=True, choices=[("done", "Done"), ("dropped", "Dropped")], max_length=10
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ended_at=None, end="") | Q(ended_at__isnull=False) & ~Q(end=""),
                        name="a_follow_up_runs_or_ended_in_one_way",
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["staff", "due_at"], condition=Q(ended_at=None), name="follow_ups_of_somebody"
                    ),
                    models.Index(
                        fields=["due_at", "id"], condition=Q(ended_at=None, told_at=None), name="follow_ups_to_tell"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "Watch",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="cases.case"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="watches", to="organisation.staff"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["case", "staff"], name="somebody_watches_a_case_once")
                ]
            },
        ),
    ]
