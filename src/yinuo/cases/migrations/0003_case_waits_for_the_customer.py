"""Since when a case waits for the customer; null for every case so far.

Locks: a nullable column without a default is added without a rewrite; the constraint reads the table once.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_open_case_keeps_a_live_promise")]
    operations = [
        migrations.AddField(
            "case",
            "waiting_since",
            models.DateTimeField(
                help_text="Since when the case waits for the customer: an answer said that it is their turn.", null=True
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(waiting_since=None) | Q(state="open"), name="only_an_open_case_waits_for_the_customer"
            ),
        ),
    ]
