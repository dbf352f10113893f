"""One team may be the coordination centre, which decides who owns a case that went to and fro.

Locks: a column with a default is added at once; the index is built over the few teams.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0003_organisation")]
    operations = [
        migrations.AddField("team", "is_coordination", models.BooleanField(db_default=False, default=False)),
        migrations.AddConstraint(
            "team",
            models.UniqueConstraint(
                condition=models.Q(is_coordination=True), fields=["is_coordination"], name="one_coordination_centre"
            ),
        ),
    ]
