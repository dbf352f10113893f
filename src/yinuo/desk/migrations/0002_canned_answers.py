"""Texts that are sent again and again.

Locks: none that matter; a new table.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_drafts_and_outgoing_replies"),
        ("organisation", "0003_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="CannedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("shortcut", models.CharField(blank=True, max_length=20)),
                ("text_zh", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
                ("used_count", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=40)),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_answers",
                        to="organisation.staff",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="canned_answers",
                        to="organisation.team",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-used_count", "name", "id"], name="canned_answers_most_used")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text_en", ""), ("text_zh", ""), _negated=True),
                        name="a_canned_answer_has_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owner", None), ("team", None), _connector="OR"),
                        name="a_canned_answer_is_a_person_s_or_a_team_s",
                    ),
                ],
            },
        ),
    ]
