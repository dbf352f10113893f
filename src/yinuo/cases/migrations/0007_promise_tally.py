"""Promises that ended are counted by day, so that today's kept rate costs a few rows however busy the day.

Locks: adds one empty table; the tables it refers to are locked for a moment while the foreign keys are made.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_indexes_of_the_queue"),
        ("organisation", "0001_people"),
    ]
    operations = [
        migrations.CreateModel(
            name="PromiseTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ended_on",
                    models.DateField(
                        help_text="The day in the house's zone on which the promise ended, by its own instant."
                    ),
                ),
                ("tier", models.CharField(max_length=20)),
                ("kept_count", models.PositiveIntegerField(default=0)),
                ("broken_count", models.PositiveIntegerField(default=0)),
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
                        related_name="promise_tallies",
                        to="organisation.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["ended_on", "team", "department", "region", "tier"],
                        nulls_distinct=False,
                        name="one_promise_tally_for_a_day_and_scope",
                    )
                ],
            },
        ),
    ]
