"""A function that gives the pairs of neighbouring Chinese characters of a text, for indexes that find words of two.

Trigrams need three characters, most Chinese words have two. Locks: none; only a function is made.
"""

from django.db import migrations

PAIRS = """
CREATE FUNCTION foundation_pairs(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(pair), '{}')
    FROM (SELECT substr(words, place, 2) AS pair FROM generate_series(1, length(words) - 1) AS place) AS pairs
    WHERE pair ~ '^[\\u4e00-\\u9fff]{2}$'
$$
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0003_heartbeats")]
    operations = [migrations.RunSQL(PAIRS, "DROP FUNCTION foundation_pairs(text)")]
