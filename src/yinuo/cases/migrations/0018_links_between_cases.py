"""Cases can be linked, each kind once. Locks: none; the table is new."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("related", "Related to"),
    ("duplicate", "Duplicate of"),
    ("caused_by", "Caused by"),
    ("follows", "Follows"),
    ("split_from", "Split from"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_merges")]
    operations = [
        migrations.CreateModel(
            "CaseLink",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="cases.case"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links_back", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["one", "other", "kind"], name="a_link_once_of_a_kind"),
                    models.CheckConstraint(
                        name="a_link_is_between_two_cases",
                        condition=models.Q(one=models.F("other"), _negated=True),
                    ),
                ],
            },
        ),
    ]
