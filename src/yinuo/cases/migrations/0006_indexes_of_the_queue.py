"""One index for each way the queue is ordered, so that a page of it never sorts or reads all open cases.

Locks: none that stops work; the indexes are built beside it. What is dropped is covered by those of the owner and the
team, which go by urgency now.
"""

from datetime import UTC, datetime

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce

OPEN = models.Q(state="open")
URGENCY = Coalesce("broken_since", "next_due_at")
UNANSWERED_SINCE = Coalesce("unanswered_since", models.Value(datetime(9999, 12, 31, tzinfo=UTC)))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0005_broken_and_not_made_good")]
    operations = [
        AddIndexConcurrently("case", models.Index(URGENCY, "id", condition=OPEN, name="cases_urgent")),
        AddIndexConcurrently("case", models.Index("owner", URGENCY, "id", condition=OPEN, name="cases_urgent_of_owner")),
        AddIndexConcurrently("case", models.Index("team", URGENCY, "id", condition=OPEN, name="cases_urgent_of_team")),
        AddIndexConcurrently(
            "case", models.Index(UNANSWERED_SINCE, "id", condition=OPEN, name="cases_longest_unanswered")
        ),
        AddIndexConcurrently(
            "case", models.Index(fields=["-last_message_at", "-id"], condition=OPEN, name="cases_newest_message")
        ),
        AddIndexConcurrently(
            "case", models.Index(fields=["-opened_at", "-id"], condition=OPEN, name="cases_newest_open")
        ),
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["-closed_at", "-id"], condition=models.Q(state="closed"), name="cases_newest_closed"
            ),
        ),
        AddIndexConcurrently(
            "case", models.Index("channel", URGENCY, "id", condition=OPEN, name="cases_urgent_of_channel")
        ),
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["channel", "-closed_at", "-id"],
                condition=models.Q(state="closed"),
                name="cases_closed_of_channel",
            ),
        ),
        RemoveIndexConcurrently("case", "cases_queue_of_owner"),
        RemoveIndexConcurrently("case", "cases_queue_of_team"),
    ]
