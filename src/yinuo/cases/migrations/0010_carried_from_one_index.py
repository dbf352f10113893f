"""What a team carries is counted from one index that holds all the board asks, in place of one that held less.

Locks: none that stop writing; the indexes are built and dropped concurrently.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0009_orders_of_the_list")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["team", "owner"],
                include=[
                    "id",
                    "department",
                    "region",
                    "tier",
                    "next_due_at",
                    "broken_since",
                    "unanswered_since",
                    "waiting_since",
                ],
                condition=Q(state="open"),
                name="cases_carried_by_team_and_owner",
            ),
        ),
        RemoveIndexConcurrently("case", "cases_open_by_team_and_owner"),
    ]
