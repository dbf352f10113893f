"""What ended stays indexed whether it is solved or closed, and what is due to close for good is found by its instant.

Locks: the two constraints read the cases once while nobody writes them; the indexes are built and dropped beside work.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

ENDED = Q(state__in=["solved", "closed"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0020_what_closed_lately_is_solved")]
    operations = [
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="only_a_closed_case_is_settled",
                condition=Q(state="closed", settled_at__isnull=False) | ~Q(state="closed") & Q(settled_at=None),
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="only_a_solved_case_waits_to_close", condition=Q(settles_at=None) | Q(state="solved")
            ),
        ),
        AddIndexConcurrently(
            "case", models.Index(fields=["-closed_at", "-id"], condition=ENDED, name="cases_newest_ended")
        ),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["channel", "-closed_at", "-id"], condition=ENDED, name="cases_ended_of_channel"),
        ),
        AddIndexConcurrently(
            "case", models.Index(fields=["team", "closed_at"], condition=ENDED, name="cases_ended_of_team")
        ),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["settles_at", "id"], condition=Q(settles_at__isnull=False), name="cases_to_settle"),
        ),
        RemoveIndexConcurrently("case", "cases_newest_closed"),
        RemoveIndexConcurrently("case", "cases_closed_of_channel"),
        RemoveIndexConcurrently("case", "cases_closed_of_team"),
    ]
