"""Server settings by profile, overlaid by the operator's own."""

import psycopg
import pytest

from yinuo.foundation.postgres import profiles
from yinuo.foundation.postgres.refusals import UnknownProfile
from yinuo.foundation.postgres.server import Server
from yinuo.foundation.postgres.tests.people import new_folder, present_account


@pytest.mark.parametrize(
    ("memory_gb", "buffers", "cache", "maintenance"),
    [
        (0.25, "128MB", "384MB", "64MB"),  # never below what PostgreSQL has by default
        (8, "2048MB", "6144MB", "512MB"),  # a quarter, three quarters, a sixteenth
        (128, "16384MB", "98304MB", "1024MB"),  # more cache than 16 GB serves nobody
    ],
)
def test_a_large_server_takes_its_share_of_the_memory(tmp_path, monkeypatch, memory_gb, buffers, cache, maintenance):
    monkeypatch.setattr(profiles, "memory_bytes", lambda: int(memory_gb * 2**30))

    settings = profiles.server_settings("large", tmp_path / "absent")

    chosen = ("shared_buffers", "effective_cache_size", "maintenance_work_mem")
    assert tuple(settings[name] for name in chosen) == (buffers, cache, maintenance)


@pytest.mark.parametrize("profile", ["small", "large"])
def test_the_server_takes_every_profile(profile):
    with (
        new_folder(present_account()) as folder,
        Server(folder / "database", profile=profile) as server,
        psycopg.connect(server.dsn()) as connection,
    ):
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW log_min_error_statement").fetchone() == ("panic",)


def test_an_unknown_profile_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(UnknownProfile) as refused:
        profiles.server_settings("huge", tmp_path / "absent")

    assert (refused.value.profile, refused.value.known) == ("huge", "small, large, test")


def test_the_log_holds_no_values_of_failed_statements(tmp_path):
    with new_folder(present_account()) as folder, Server(folder / "database", profile="test") as server:
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE customer (phone text PRIMARY KEY)")
            connection.execute("INSERT INTO customer VALUES ('13800138000')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO customer VALUES ('13800138000')")

        words = server.place.log_tail(length=100_000)

    assert "duplicate key value violates unique constraint" in words
    assert "13800138000" not in words
