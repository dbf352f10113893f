"""An open case points at a promise that runs for its customer: live, not paused, and no task of another team.

The foreign key that keeps case and promise together now goes over that, so an open case whose promises all pause
cannot be. Locks: the table of promises is written anew for the generated column, under an exclusive lock.
"""

from django.db import migrations, models
from django.db.models import Q

FORWARD = """
ALTER TABLE cases_promise
    ADD CONSTRAINT promise_of_a_case_by_running_and_time UNIQUE (id, case_id, runs_for_customer, due_at);
ALTER TABLE cases_case
    ADD CONSTRAINT next_promise_is_live_and_due_then
    FOREIGN KEY (next_promise_id, id, has_live_promise, next_due_at)
    REFERENCES cases_promise (id, case_id, runs_for_customer, due_at) DEFERRABLE INITIALLY DEFERRED;
"""

BACKWARD = """
ALTER TABLE cases_case DROP CONSTRAINT next_promise_is_live_and_due_then;
ALTER TABLE cases_promise DROP CONSTRAINT promise_of_a_case_by_running_and_time;
"""

DROP_OLD = """
ALTER TABLE cases_case DROP CONSTRAINT next_promise_is_live_and_due_then;
ALTER TABLE cases_promise DROP CONSTRAINT promise_of_a_case_by_state_and_time;
"""

MAKE_OLD = """
ALTER TABLE cases_promise
    ADD CONSTRAINT promise_of_a_case_by_state_and_time UNIQUE (id, case_id, is_live, due_at);
ALTER TABLE cases_case
    ADD CONSTRAINT next_promise_is_live_and_due_then
    FOREIGN KEY (next_promise_id, id, has_live_promise, next_due_at)
    REFERENCES cases_promise (id, case_id, is_live, due_at) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_promises_say_what_they_were_counted_from")]
    operations = [
        migrations.RunSQL(DROP_OLD, MAKE_OLD),
        migrations.AlterField(
            "promise",
            "starts_at",
            models.DateTimeField(help_text="From when its time counts; before `made_at` when it counts back."),
        ),
        migrations.AddField(
            "promise",
            "runs_for_customer",
            models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    Q(is_live=True, paused_since=None) & ~Q(kind="task"), output_field=models.BooleanField()
                ),
                help_text="Live, not paused, and given to the customer: may be the next promise of its case.",
                output_field=models.BooleanField(),
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
