"""An open case points at a live promise of its own, due when the case says: the database refuses anything else.

The foreign key is checked when the transaction ends, so a case and its promise may be written in any order.
Locks: takes a lock on both tables while the constraints are added; they are empty.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE cases_promise
    ADD CONSTRAINT promise_of_a_case_by_state_and_time UNIQUE (id, case_id, is_live, due_at);
ALTER TABLE cases_case
    ADD CONSTRAINT next_promise_is_live_and_due_then
    FOREIGN KEY (next_promise_id, id, has_live_promise, next_due_at)
    REFERENCES cases_promise (id, case_id, is_live, due_at) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX cases_by_next_promise ON cases_case (next_promise_id) WHERE next_promise_id IS NOT NULL;
"""

BACKWARD = """
DROP INDEX cases_by_next_promise;
ALTER TABLE cases_case DROP CONSTRAINT next_promise_is_live_and_due_then;
ALTER TABLE cases_promise DROP CONSTRAINT promise_of_a_case_by_state_and_time;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
