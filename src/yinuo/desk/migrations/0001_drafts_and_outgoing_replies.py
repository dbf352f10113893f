"""Drafts of answers and notes, and answers that wait until they can no longer be taken back.

Locks: none that matter; two new tables.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_case_waits_for_the_customer"),
        ("organisation", "0001_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("reply", "Reply"), ("note", "Note")], max_length=10)),
                ("text", models.TextField(blank=True)),
                ("files", models.JSONField(default=list)),
                ("saved_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="organisation.staff"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("author", "case", "kind"), name="one_draft_of_a_kind_per_author_and_case"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("files", []), ("text", ""), _negated=True), name="a_draft_holds_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("files", models.JSONField(default=list)),
                (
                    "close_as",
                    models.CharField(blank=True, help_text="The outcome when the case closes with it.", max_length=40),
                ),
                ("waits", models.BooleanField(default=False, help_text="It is the customer's turn after it.")),
                ("made_at", models.DateTimeField()),
                ("send_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("taken_back", "Taken Back"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=12,
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it could not be sent, as its author reads it.", max_length=500
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing_replies",
                        to="organisation.staff",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outgoing_replies", to="cases.case"
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed_in",
                        to="cases.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["send_at", "id"], name="replies_to_send"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "failed"])),
                        fields=["case", "id"],
                        name="replies_shown_in_a_case",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_reply_waits_until_it_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("message__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("message", None)),
                            _connector="OR",
                        ),
                        name="a_sent_reply_is_a_message",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("waits", False), ("close_as", ""), _connector="OR"),
                        name="a_reply_waits_or_closes",
                    ),
                ],
            },
        ),
    ]
