"""Letters: mails that belong to no case, such as sign-in codes and digests. Locks: none, the table is new."""

import yinuo.access.encryption
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0001_mailboxes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="The caller's own name for it: it is queued once.", max_length=120, unique=True
                    ),
                ),
                ("purpose", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=10)),
                ("address", yinuo.access.encryption.EncryptedTextField()),
                ("masked", models.CharField(max_length=120)),
                ("lookup", models.BinaryField(help_text="Blind index of the address.", max_length=16)),
                ("subject", yinuo.access.encryption.EncryptedTextField()),
                ("text", yinuo.access.encryption.EncryptedTextField()),
                ("html", yinuo.access.encryption.EncryptedTextField()),
                ("message_id_header", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Not delivered"),
                            ("expired", "Too late"),
                            ("withheld", "Not sent"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("queued_at", models.DateTimeField()),
                ("send_after", models.DateTimeField(help_text="Not before; after a failed try, when to try again.")),
                ("expires_at", models.DateTimeField(help_text="Not sent at or after this instant.")),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["send_after", "id"], name="letters_to_send"
                    ),
                    models.Index(fields=["message_id_header"], name="letters_by_message_id"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="a_letter_is_sent_at_an_instant",
                    )
                ],
            },
        ),
    ]
