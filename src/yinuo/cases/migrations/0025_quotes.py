"""Times quoted on opening, what history teaches of them, and how many held.

Locks: three empty tables; the tables they refer to are locked for a moment while the foreign keys are made.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0024_index_of_cases_waiting_for_tasks"),
        ("organisation", "0003_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerPace",
            fields=[
                ("group", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("answers", models.JSONField(default=list)),
                ("level", models.FloatField()),
                ("outcomes", models.CharField(blank=True, max_length=100)),
                ("base_seconds", models.FloatField(help_text="Empty while too little is known.", null=True)),
                ("exponent", models.FloatField(default=0.0)),
                ("answer_count", models.PositiveIntegerField(default=0)),
                ("is_believed", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="quote",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("quoted_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField(help_text="What the customer was told; never later than promised.")),
                ("estimated_by", models.DateTimeField(null=True)),
                ("falls_back", models.BooleanField()),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("thin", "Too little history"),
                            ("not_believed", "The newest estimates held too seldom"),
                            ("no_sooner", "The promise is no later than the estimate"),
                        ],
                        max_length=20,
                    ),
                ),
                ("method", models.CharField(max_length=20)),
                (
                    "group",
                    models.CharField(
                        blank=True, help_text="The group of like cases that the estimate is from.", max_length=120
                    ),
                ),
                (
                    "inputs",
                    models.JSONField(help_text="Waiting customers, colleagues there, answers of the group, its level."),
                ),
                ("settle_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("held", models.BooleanField(null=True)),
                ("estimate_held", models.BooleanField(null=True)),
                (
                    "is_learnt",
                    models.BooleanField(default=False, help_text="Its answer is among those that history is made of."),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)), fields=["settle_at"], name="quotes_to_settle"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("estimate_held", None), ("held", None)),
                            ("settled_at__isnull", False),
                            _connector="OR",
                        ),
                        name="a_quote_is_decided_when_it_is_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("falls_back", True), models.Q(("reason", ""), _negated=True)),
                            models.Q(("estimated_by__isnull", False), ("falls_back", False), ("reason", "")),
                            _connector="OR",
                        ),
                        name="a_quote_falls_back_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuoteTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("settled_on", models.DateField()),
                ("tier", models.CharField(max_length=20)),
                ("held_count", models.PositiveIntegerField(default=0)),
                ("missed_count", models.PositiveIntegerField(default=0)),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.department",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.region",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote_tallies",
                        to="organisation.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settled_on", "team", "department", "region", "tier"),
                        name="one_quote_tally_for_a_day_and_scope",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
