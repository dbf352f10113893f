"""A case remembers that a promise was broken which no answer has made good: such cases come first in the queue.

Until now the next update, promised by itself when a promise breaks, put a case that was late behind all that were not.
Locks: an empty column is added at once; the constraint is checked by reading the table once. Cases broken before stand
in the queue by their next promise, as they did.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_mentions")]
    operations = [
        migrations.AddField(
            "case",
            "broken_since",
            models.DateTimeField(
                null=True, help_text="When the first promise was broken that no answer has made good since."
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="closed_case_has_no_promise_to_make_good",
                condition=models.Q(state="open") | models.Q(broken_since=None),
            ),
        ),
    ]
