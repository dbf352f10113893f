"""A run may say the same words to every customer of an incident, in two languages.

Locks: two empty columns are added at once; the constraint is made anew and reads the small table of runs once.
"""

import django.db.models.deletion
from django.db import migrations, models

ACTS = [
    ("owner", "Change owner"),
    ("note", "Add a note"),
    ("close", "Close case"),
    ("reopen", "Reopen"),
    ("broadcast", "Tell every customer"),
]


class Migration(migrations.Migration):
    dependencies = [("desk", "0005_watching"), ("cases", "0026_incidents")]
    operations = [
        migrations.AlterField("bulkrun", "act", models.CharField(choices=ACTS, max_length=10)),
        migrations.AddField(
            "bulkrun",
            "text_en",
            models.TextField(
                blank=True,
                db_default="",
                help_text="The same words in English, for customers whose language that is.",
            ),
        ),
        migrations.AddField(
            "bulkrun",
            "incident",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="broadcasts",
                to="cases.incident",
            ),
        ),
        migrations.RemoveConstraint("bulkrun", "an_outcome_is_said_when_cases_are_closed"),
        migrations.AddConstraint(
            "bulkrun",
            models.CheckConstraint(
                name="an_outcome_is_said_when_cases_are_closed",
                condition=models.Q(act="close") & ~models.Q(outcome="")
                | models.Q(act="broadcast")
                | ~models.Q(act__in=["close", "broadcast"]) & models.Q(outcome=""),
            ),
        ),
        migrations.AddConstraint(
            "bulkrun",
            models.CheckConstraint(
                name="words_to_every_customer_belong_to_an_incident",
                condition=models.Q(act="broadcast", incident__isnull=False)
                | ~models.Q(act="broadcast") & models.Q(incident=None),
            ),
        ),
    ]
