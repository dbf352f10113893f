"""The fact log, its followers and the functions they use.

Locks: none that matter, the tables are new.
"""

from django.db import migrations, models

FORWARD = """
-- Names are found by parts of words, and shifts of a person must not overlap.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE foundation_era (
    number smallint PRIMARY KEY,
    system_identifier bigint NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO foundation_era (number, system_identifier)
SELECT 0, system_identifier FROM pg_control_system();

-- A restored database starts to count transactions again; the era in the upper bits keeps (tx, id) growing.
CREATE FUNCTION foundation_tx(xid xid8) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT ((SELECT max(number) FROM foundation_era)::bigint << 48) + xid::text::bigint $$;

CREATE FUNCTION foundation_horizon() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT foundation_tx(pg_snapshot_xmin(pg_current_snapshot())) $$;

CREATE TABLE foundation_fact (
    tx bigint NOT NULL DEFAULT foundation_tx(pg_current_xact_id()),
    id bigint GENERATED ALWAYS AS IDENTITY,
    type text NOT NULL,
    version smallint NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    case_id bigint,
    customer_id bigint,
    staff_id bigint,
    team_id bigint,
    payload jsonb NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX foundation_fact_position ON foundation_fact (tx, id);
CREATE INDEX foundation_fact_case ON foundation_fact (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX foundation_fact_customer ON foundation_fact (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE TABLE foundation_fact_other PARTITION OF foundation_fact DEFAULT;

CREATE FUNCTION foundation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the fact log is append-only'; END $$;
CREATE TRIGGER facts_are_never_changed BEFORE UPDATE OR DELETE ON foundation_fact
    FOR EACH ROW EXECUTE FUNCTION foundation_refuse_change();

CREATE TABLE foundation_follower (
    name text PRIMARY KEY,
    tx bigint NOT NULL,
    id bigint NOT NULL
);

CREATE SEQUENCE foundation_case_number;
CREATE TABLE foundation_case_day (
    day date PRIMARY KEY,
    base bigint NOT NULL
);

-- The count of a day's cases from 1. The first use of a day fixes its base; nobody waits for anybody after that.
CREATE FUNCTION foundation_next_case_count(on_day date) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    drawn bigint := nextval('foundation_case_number');
    found_base bigint;
BEGIN
    SELECT base INTO found_base FROM foundation_case_day WHERE day = on_day;
    IF found_base IS NULL THEN
        INSERT INTO foundation_case_day (day, base) VALUES (on_day, drawn - 1) ON CONFLICT (day) DO NOTHING;
        SELECT base INTO found_base FROM foundation_case_day WHERE day = on_day;
        IF drawn <= found_base THEN
            drawn := nextval('foundation_case_number');
        END IF;
    END IF;
    RETURN drawn - found_base;
END $$;
"""

BACKWARD = """
DROP FUNCTION foundation_next_case_count(date);
DROP TABLE foundation_case_day, foundation_follower, foundation_fact, foundation_era;
DROP SEQUENCE foundation_case_number;
DROP FUNCTION foundation_refuse_change(), foundation_horizon(), foundation_tx(xid8);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="FactRow",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("tx", models.BigIntegerField()),
                ("type", models.TextField()),
                ("version", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("case_id", models.BigIntegerField(null=True)),
                ("customer_id", models.BigIntegerField(null=True)),
                ("staff_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("payload", models.JSONField()),
            ],
            options={"db_table": "foundation_fact", "managed": False},
        ),
    ]
