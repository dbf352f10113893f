"""What the API keeps: the answers to requests with an Idempotency-Key, and how often each token called.

The counts are unlogged: losing them in a crash only forgets a minute. Locks: none, both tables are new.
"""

from django.db import migrations, models

import yinuo.access.encryption

TURNS = """
CREATE UNLOGGED TABLE web_api_turn (
    token_id bigint PRIMARY KEY,
    minute timestamptz NOT NULL,
    count integer NOT NULL
) WITH (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("web", "0001_cache")]
    operations = [
        migrations.RunSQL(TURNS, "DROP TABLE web_api_turn"),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=255)),
                ("digest", models.BinaryField(help_text="Hash of the request.", max_length=32)),
                ("status", models.PositiveSmallIntegerField()),
                ("content_type", models.CharField(max_length=80)),
                ("body", yinuo.access.encryption.EncryptedTextField()),
                ("stored_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["stored_at"], name="answers_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "key"), name="an_answer_per_key")
                ],
            },
        ),
    ]
