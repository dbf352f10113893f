"""The table of the shared cache: rate limits of sign-in must hold over all web processes.

Unlogged: losing it in a crash only forgets counts. Locks: none, the table is new.
"""

from django.db import migrations

FORWARD = """
CREATE UNLOGGED TABLE web_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX web_cache_expires ON web_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FORWARD, "DROP TABLE web_cache")]
