"""Promises may be of further kinds, pause, take another's place, and are measured when they end.

Of the kinds that a case may have several of (a call back, a visit, parts, a task, a word of one's own) several run.
Locks: columns that are empty or have a constant default are added without a rewrite; both constraints read the table
once; the two partial indexes are made anew.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("first_response", "First response"),
    ("next_answer", "Next answer"),
    ("next_update", "Next update"),
    ("resolution", "Resolution"),
    ("call_back", "Call back"),
    ("visit", "Visit"),
    ("parts", "Spare parts"),
    ("task", "Task of another team"),
    ("own", "Own word"),
]
CONSENTS = [("none", "Not asked"), ("agreed", "The customer agreed"), ("told", "The customer was told")]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_index_of_subject_pairs"),
        ("standards", "0004_times_of_further_kinds_and_pauses"),
    ]
    operations = [
        migrations.RemoveConstraint("promise", "one_live_promise_of_a_kind"),
        migrations.RemoveIndex("promise", "promises_due"),
        migrations.RemoveIndex("promise", "promises_to_warn_of"),
        migrations.AlterField("promise", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.AddField(
            "promise",
            "subject",
            models.CharField(
                blank=True,
                db_default="",
                help_text="What was promised, in the words of who promised it.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            "promise",
            "made_by",
            models.CharField(blank=True, db_default="", help_text="The actor's key.", max_length=40),
        ),
        migrations.AddField("promise", "starts_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "promise",
            "within_minutes",
            models.PositiveIntegerField(
                help_text="The open time the standard gives; null when the instant itself was given.", null=True
            ),
        ),
        migrations.AddField("promise", "paused_since", models.DateTimeField(null=True)),
        migrations.AddField(
            "promise",
            "ended_by",
            models.CharField(blank=True, db_default="", help_text="The actor's key.", max_length=40),
        ),
        migrations.AddField(
            "promise",
            "ended_reason",
            models.CharField(
                blank=True, db_default="", help_text="Why it was replaced or withdrawn.", max_length=300
            ),
        ),
        migrations.AddField(
            "promise",
            "replaces",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="cases.promise",
            ),
        ),
        migrations.AddField(
            "promise",
            "consent",
            models.CharField(choices=CONSENTS, db_default="none", default="none", max_length=10),
        ),
        migrations.AddField(
            "promise",
            "business_seconds",
            models.PositiveIntegerField(
                help_text="Open time from the start to the end, pauses left out; set when it ends.", null=True
            ),
        ),
        migrations.AddField(
            "promise",
            "calendar_seconds",
            models.PositiveIntegerField(
                help_text="Time by the clock from the start to the end, pauses left out; set when it ends.", null=True
            ),
        ),
        migrations.AddConstraint(
            "promise",
            models.CheckConstraint(
                condition=Q(paused_since=None) | Q(is_live=True), name="only_a_live_promise_is_paused"
            ),
        ),
        migrations.AddConstraint(
            "promise",
            models.CheckConstraint(
                condition=Q(business_seconds=None, calendar_seconds=None)
                | Q(is_live=False, business_seconds__isnull=False, calendar_seconds__isnull=False),
                name="an_ended_promise_is_measured_by_both_clocks",
            ),
        ),
        migrations.AddConstraint(
            "promise",
            models.UniqueConstraint(
                condition=Q(is_live=True, kind__in=["first_response", "next_answer", "next_update", "resolution"]),
                fields=("case", "kind"),
                name="one_live_promise_of_a_kind",
            ),
        ),
        migrations.AddIndex(
            "promise",
            models.Index(
                condition=Q(is_live=True, paused_since=None), fields=["due_at", "id"], name="promises_due"
            ),
        ),
        migrations.AddIndex(
            "promise",
            models.Index(
                condition=Q(is_live=True, paused_since=None, warned_at=None),
                fields=["warn_at", "id"],
                name="promises_to_warn_of",
            ),
        ),
        migrations.CreateModel(
            name="PromisePause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "business_seconds",
                    models.PositiveIntegerField(
                        help_text="The open time in it, by which the due instant moved; null while it lasts.",
                        null=True,
                    ),
                ),
                (
                    "promise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="cases.promise"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["promise", "since"], name="pauses_of_a_promise")],
                "constraints": [
                    models.UniqueConstraint(condition=Q(until=None), fields=("promise",), name="one_pause_at_a_time"),
                    models.CheckConstraint(
                        condition=Q(until=None, business_seconds=None)
                        | Q(until__gte=models.F("since"), business_seconds__isnull=False),
                        name="an_ended_pause_says_how_long_it_was",
                    ),
                ],
            },
        ),
    ]
