"""A standard also says by when we call back, visit, send parts and answer each other, and what pauses while we wait.

Every version so far gets the usual times, pauses the resolution and lets a time be moved twice.
Locks: columns with a constant default are added without a rewrite; the constraint reads the small table once.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

import yinuo.standards.models


class Migration(migrations.Migration):
    dependencies = [("standards", "0003_pledge_terms")]
    operations = [
        migrations.RemoveConstraint(model_name="standardversion", name="standard_times_are_positive"),
        migrations.AddField("standardversion", "call_back_minutes", models.PositiveIntegerField(default=120, db_default=120)),
        migrations.AddField("standardversion", "visit_minutes", models.PositiveIntegerField(default=1440, db_default=1440)),
        migrations.AddField("standardversion", "parts_minutes", models.PositiveIntegerField(default=2880, db_default=2880)),
        migrations.AddField(
            "standardversion",
            "task_minutes",
            models.PositiveIntegerField(
                default=480, db_default=480, help_text="By when another team answers the owner."
            ),
        ),
        migrations.AddField(
            "standardversion",
            "pausing_kinds",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=yinuo.standards.models.pausing_by_default,
                help_text="Which kinds of promises pause while a case waits for its customer.",
                size=None,
            ),
        ),
        migrations.AddField(
            "standardversion",
            "replacement_limit",
            models.PositiveSmallIntegerField(
                default=2, db_default=2, help_text="How often a time may be moved before only a leader may."
            ),
        ),
        migrations.AddConstraint(
            "standardversion",
            models.CheckConstraint(
                condition=models.Q(first_response_minutes__gt=0, next_answer_minutes__gt=0)
                & models.Q(next_update_minutes__gt=0, resolution_minutes__gt=0)
                & models.Q(call_back_minutes__gt=0, visit_minutes__gt=0, parts_minutes__gt=0, task_minutes__gt=0),
                name="standard_times_are_positive",
            ),
        ),
    ]
