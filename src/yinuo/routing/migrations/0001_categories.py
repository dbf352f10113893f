"""What requests are about, with the words by which it is guessed. Locks: none, the table is new."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0002_saved_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("position", models.PositiveIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        help_text="Words that stand in such requests, in any language.",
                        size=None,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        help_text="Whose requests these are; empty: the fallback team's.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="categories",
                        to="organisation.team",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["position", "id"],
            },
        ),
    ]
