"""The terms of a pledge beside its words. Locks: short ones, the new columns have constant defaults."""

import django.contrib.postgres.fields
from django.db import migrations, models

_MONEY = ["refund", "voucher", "deposit_waiver"]


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0002_pledges"),
    ]

    operations = [
        migrations.AddField(
            model_name="pledgeversion",
            name="promise_kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=list,
                help_text="Which kinds of promise it stands on.",
                size=None,
            ),
        ),
        *(
            migrations.AddField("pledgeversion", name, models.CharField(blank=True, max_length=longest))
            for name, longest in (("tier", 20), ("channel", 20), ("category", 60), ("region_code", 60))
        ),
        migrations.AddField(
            model_name="pledgeversion",
            name="case_class",
            field=models.CharField(
                blank=True,
                choices=[("emergency", "Emergency"), ("important", "Important"), ("routine", "Routine")],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="pledgeversion",
            name="remedy_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("refund", "Refund"),
                    ("replacement", "Replacement"),
                    ("voucher", "Voucher"),
                    ("free_visit", "Free visit"),
                    ("deposit_waiver", "No deposit"),
                    ("apology", "Apology"),
                ],
                help_text="What is given when it is broken.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="pledgeversion",
            name="remedy_amount",
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="pledgeversion",
            name="remedy_currency",
            field=models.CharField(default="CNY", max_length=3),
        ),
        migrations.AddField(
            model_name="pledgeversion",
            name="opens_recovery_case",
            field=models.BooleanField(
                default=False, help_text="Whether somebody talks to the customer once more when it is broken."
            ),
        ),
        migrations.AddConstraint(
            model_name="pledgeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("remedy_amount__gt", 0), ("remedy_kind__in", _MONEY))
                | models.Q(models.Q(("remedy_kind__in", _MONEY), _negated=True), ("remedy_amount", None)),
                name="a_remedy_of_money_says_its_amount",
            ),
        ),
    ]
