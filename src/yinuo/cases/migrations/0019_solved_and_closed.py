"""Solved and closed are two states: a solved case waits for the customer's word, a closed one ended for good.

Tables for how each team closes, and for messages that only thank. Locks: adding columns without a value is instant;
the changed constraint reads the cases once while nobody writes them.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_links_between_cases"), ("organisation", "0004_coordination_centre")]
    operations = [
        migrations.AddField(
            "case",
            "first_solved_at",
            models.DateTimeField(null=True, help_text="When it was first solved; a reopening changes nothing."),
        ),
        migrations.AddField(
            "case",
            "settles_at",
            models.DateTimeField(null=True, help_text="When a solved case closes for good; null: only by a word."),
        ),
        migrations.AddField(
            "case", "settled_at", models.DateTimeField(null=True, help_text="When it closed for good.")
        ),
        migrations.AlterField(
            "case",
            "closed_at",
            models.DateTimeField(null=True, help_text="When it was last solved; null while open."),
        ),
        migrations.AlterField(
            "case",
            "state",
            models.CharField(max_length=10, choices=[("open", "Open"), ("solved", "Solved"), ("closed", "Closed")]),
        ),
        migrations.AddField(
            "closure",
            "confirmed_at",
            models.DateTimeField(null=True, help_text="When the customer said themselves that it is solved."),
        ),
        migrations.CreateModel(
            "ClosingRule",
            [
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="closing_rule",
                        serialize=False,
                        to="organisation.team",
                    ),
                ),
                (
                    "reopening",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("always", "As long as it takes"),
                            ("within", "For a number of days"),
                            ("never", "Not at all"),
                        ],
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(help_text="How many, where the rule goes by days."),
                ),
                (
                    "owner",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("keep", "Its owner, even when away"),
                            ("present", "Its owner, or the leader while the owner is away"),
                            ("leader", "The leader of the team"),
                        ],
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(days__gte=1, days__lte=365),
                        name="a_closing_rule_waits_between_one_day_and_a_year",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "Thanks",
            [
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="thanks",
                        serialize=False,
                        to="cases.message",
                    ),
                ),
                ("says_solved", models.BooleanField()),
                ("overruled_at", models.DateTimeField(null=True)),
                ("overruled_by", models.CharField(max_length=40, blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(overruled_at=None, overruled_by="")
                        | Q(overruled_at__isnull=False) & ~Q(overruled_by=""),
                        name="thanks_are_overruled_by_somebody_at_an_instant",
                    )
                ]
            },
        ),
        migrations.RemoveConstraint("case", "open_case_has_owner_and_live_promise"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="open_case_has_owner_and_live_promise",
                condition=Q(state__in=["solved", "closed"], next_promise_id=None, next_due_at=None)
                & Q(has_live_promise=None, closed_at__isnull=False)
                | Q(state="open", owner__isnull=False, next_promise_id__isnull=False, next_due_at__isnull=False)
                & Q(has_live_promise=True, closed_at=None),
            ),
        ),
    ]
