"""How well pledges are kept, by month, and what broke them. Locks: none, the tables are new."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0026_incidents"),
        ("standards", "0005_ladders"),
    ]

    operations = [
        migrations.CreateModel(
            name="PledgeBreach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("broken_at", models.DateTimeField()),
                (
                    "promise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="breaches", to="cases.promise"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaches",
                        to="standards.pledgeversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["version", "-broken_at"], name="breaches_of_a_pledge")],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "promise"), name="a_promise_breaks_a_pledge_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PledgeTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "month",
                    models.DateField(
                        help_text="The first day of the month, in the house's zone, in which the promise ended."
                    ),
                ),
                ("kept_count", models.PositiveIntegerField(default=0)),
                ("broken_count", models.PositiveIntegerField(default=0)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tallies",
                        to="standards.pledgeversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "month"), name="one_pledge_tally_for_a_month")
                ],
            },
        ),
    ]
