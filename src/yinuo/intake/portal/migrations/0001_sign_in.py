"""Customers' sessions and the codes they sign in with, and counts against floods. Locks: none, the tables are new."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0002_import_file_details"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.BinaryField(help_text="Blind index of what is counted and where.", max_length=16)),
                ("window_at", models.DateTimeField(help_text="When the window began.")),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["window_at"], name="attempts_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("place", "window_at"), name="attempts_are_counted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="customers.customer"
                    ),
                ),
                (
                    "identity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="customers.identity"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="customer_sessions_by_end")],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "page_digest",
                    models.BinaryField(
                        help_text="Hash of the token in the page's address.", max_length=32, unique=True
                    ),
                ),
                ("lookup", models.BinaryField(help_text="Blind index of the address.", max_length=16)),
                ("language", models.CharField(max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("code_digest", models.BinaryField(max_length=32, null=True)),
                ("link_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("tries_left", models.PositiveSmallIntegerField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "identity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ins",
                        to="customers.identity",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="sign_ins_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code_digest", None), ("identity", None), ("link_digest", None)),
                            models.Q(
                                ("code_digest__isnull", False),
                                ("identity__isnull", False),
                                ("link_digest__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_sign_in_has_an_identity_when_it_has_a_code",
                    )
                ],
            },
        ),
    ]
