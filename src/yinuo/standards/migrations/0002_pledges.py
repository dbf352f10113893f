"""Pledges with their versions: what we commit to in public. Locks: none, the tables are new."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0001_standards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pledge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("position", models.PositiveIntegerField()),
                ("is_published", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="PledgeVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("effective_on", models.DateField(help_text="The first day on which it holds.")),
                ("title_zh", models.CharField(max_length=120)),
                ("title_en", models.CharField(max_length=120)),
                ("text_zh", models.TextField(max_length=2000)),
                ("text_en", models.TextField(max_length=2000)),
                (
                    "remedy_zh",
                    models.TextField(help_text="What the customer gets when we fall short.", max_length=1000),
                ),
                ("remedy_en", models.TextField(max_length=1000)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=40)),
                (
                    "pledge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="standards.pledge"
                    ),
                ),
            ],
            options={
                "ordering": ["pledge", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("pledge", "number"), name="one_pledge_version_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_zh", ""), _negated=True),
                            models.Q(("title_en", ""), _negated=True),
                            models.Q(("text_zh", ""), _negated=True),
                            models.Q(("text_en", ""), _negated=True),
                            models.Q(("remedy_zh", ""), _negated=True),
                            models.Q(("remedy_en", ""), _negated=True),
                        ),
                        name="a_pledge_says_all_in_both_languages",
                    ),
                ],
            },
        ),
    ]
