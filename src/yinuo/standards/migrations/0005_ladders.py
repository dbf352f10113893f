"""Ladders with their rungs, and which one a standard uses. Locks: a short one for the new empty column."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_organisation"),
        ("standards", "0004_times_of_further_kinds_and_pauses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                (
                    "is_default",
                    models.BooleanField(default=False, help_text="For every standard that names no ladder of its own."),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="one_default_ladder"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="standard",
            name="ladder",
            field=models.ForeignKey(
                blank=True,
                help_text="Who is told when its promises are broken; empty: the default ladder.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standards",
                to="standards.ladder",
            ),
        ),
        migrations.CreateModel(
            name="LadderVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=40)),
                (
                    "ladder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="standards.ladder"
                    ),
                ),
            ],
            options={
                "ordering": ["ladder", "number"],
            },
        ),
        migrations.CreateModel(
            name="Rung",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("before", "Before it falls due"),
                            ("broken", "When it is broken"),
                            ("after", "After it is broken"),
                        ],
                        max_length=10,
                    ),
                ),
                ("share", models.DecimalField(decimal_places=2, max_digits=3, null=True)),
                ("after_minutes", models.PositiveIntegerField(null=True)),
                (
                    "target",
                    models.CharField(
                        choices=[
                            ("owner", "The owner"),
                            ("team_leader", "The team leader"),
                            ("manager", "The manager"),
                            ("coordination", "The leader of the fallback team"),
                            ("post", "A post"),
                            ("staff", "A colleague"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "respects_hours",
                    models.BooleanField(
                        default=True,
                        help_text="Whether people are told in their working hours only; the rung is reached all the same.",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.post"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.staff",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rungs", to="standards.ladderversion"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "number"],
            },
        ),
        migrations.AddConstraint(
            model_name="ladderversion",
            constraint=models.UniqueConstraint(fields=("ladder", "number"), name="one_ladder_version_per_number"),
        ),
        migrations.AddConstraint(
            model_name="rung",
            constraint=models.UniqueConstraint(fields=("version", "number"), name="one_rung_per_number"),
        ),
        migrations.AddConstraint(
            model_name="rung",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("after_minutes", None), ("moment", "before"), ("share__gt", 0), ("share__lt", 1)),
                    models.Q(("after_minutes", None), ("moment", "broken"), ("share", None)),
                    models.Q(("after_minutes__gt", 0), ("moment", "after"), ("share", None)),
                    _connector="OR",
                ),
                name="a_rung_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="rung",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("post__isnull", False), ("staff", None), ("target", "post")),
                    models.Q(("post", None), ("staff__isnull", False), ("target", "staff")),
                    models.Q(
                        models.Q(("target__in", ["post", "staff"]), _negated=True), ("post", None), ("staff", None)
                    ),
                    _connector="OR",
                ),
                name="a_rung_says_whom",
            ),
        ),
    ]
