"""Cases can be merged: the number of the one leads to the other, and what was moved is kept for an undoing.

A case leads to a living one only, so a number is resolved in one step and no circle can arise: a trigger refuses
anything else. It runs only when `merged_into` changes.
Locks: two empty columns are added at once; the constraint and the two indexes, which hold nothing yet, read the tables
of cases and conversations once each.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION cases_lead_to_a_living_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.merged_into_id = NEW.id
       OR EXISTS (SELECT FROM cases_case WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL)
       OR EXISTS (SELECT FROM cases_case WHERE merged_into_id = NEW.id) THEN
        RAISE EXCEPTION 'case % must lead to a living case', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_merged_case_leads_to_a_living_one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_merged_case_leads_to_a_living_one
    BEFORE UPDATE OF merged_into_id ON cases_case
    FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
    EXECUTE FUNCTION cases_lead_to_a_living_case();
"""

BACKWARD = """
DROP TRIGGER a_merged_case_leads_to_a_living_one ON cases_case;
DROP FUNCTION cases_lead_to_a_living_case();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_indexes_of_handoffs")]
    operations = [
        migrations.AddField(
            "case",
            "merged_into",
            models.ForeignKey(
                help_text="The living case to which this number leads; never one that was merged itself.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                db_index=False,
                to="cases.case",
            ),
        ),
        migrations.AddField(
            "conversation",
            "came_from",
            models.ForeignKey(
                help_text=(
                    "Where it began, when that case was merged into this one; answers go by the case's own."
                ),
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conversations_given_away",
                db_index=False,
                to="cases.case",
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="cases_merged_into",
            ),
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                fields=["came_from"],
                condition=models.Q(came_from__isnull=False),
                name="conversations_of_a_merged",
            ),
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                name="a_merged_case_is_closed",
                condition=models.Q(merged_into=None) | models.Q(state="closed"),
            ),
        ),
        migrations.CreateModel(
            "Merge",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                (
                    "changes_audience",
                    models.BooleanField(
                        help_text="The two cases are of different customers; somebody confirmed it."
                    ),
                ),
                ("conversation_ids", django.contrib.postgres.fields.ArrayField(models.BigIntegerField())),
                ("participant_ids", django.contrib.postgres.fields.ArrayField(models.BigIntegerField())),
                ("message_count", models.PositiveIntegerField()),
                ("before", models.JSONField()),
                ("promises", models.JSONField()),
                ("elsewhere", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=40)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=40)),
                (
                    "closure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merge", to="cases.closure"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges_away", to="cases.case"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges_in", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="a_merge_is_of_two_cases",
                        condition=models.Q(source=models.F("target"), _negated=True),
                    ),
                    models.UniqueConstraint(
                        fields=["source"],
                        condition=models.Q(undone_at=None),
                        name="a_case_is_merged_away_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        name="an_undone_merge_says_when_and_by_whom",
                        condition=models.Q(undone_at=None, undone_by="")
                        | models.Q(undone_at__isnull=False) & ~models.Q(undone_by=""),
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["target", "-id"],
                        condition=models.Q(undone_at=None),
                        name="merges_into_a_case",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
