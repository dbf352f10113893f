"""Links by which big screens show the walls of teams.

Locks: two new tables; teams and staff are locked for a moment while the foreign keys are made.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_canned_answers"),
        ("organisation", "0001_people"),
    ]
    operations = [
        migrations.CreateModel(
            name="WallLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="Where the screen hangs.", max_length=120)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("language", models.CharField(max_length=10)),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "Like the system"), ("light", "Light"), ("dark", "Dark")],
                        default="system",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("taken_down_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="walls", to="organisation.staff"
                    ),
                ),
                ("teams", models.ManyToManyField(related_name="walls", to="organisation.team")),
            ],
        ),
    ]
