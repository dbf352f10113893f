"""The team board finds open, unanswered, opened and closed cases of a team, and what ended today, by index.

Locks: none that stop writing; each index is built concurrently, which is why this migration is not one transaction.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0007_promise_tally")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["team", "owner"],
                include=["department", "region", "tier"],
                condition=Q(state="open"),
                name="cases_open_by_team_and_owner",
            ),
        ),
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["team", "unanswered_since", "id"],
                condition=Q(state="open", unanswered_since__isnull=False),
                name="cases_unanswered_of_team",
            ),
        ),
        AddIndexConcurrently("case", models.Index(fields=["team", "opened_at"], name="cases_opened_of_team")),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["team", "closed_at"], condition=Q(state="closed"), name="cases_closed_of_team"),
        ),
        AddIndexConcurrently(
            "promise",
            models.Index(fields=["end", "ended_at", "id"], condition=Q(is_live=False), name="promises_by_ending"),
        ),
    ]
