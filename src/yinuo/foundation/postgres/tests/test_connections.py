"""From an address to Django's settings, and what an external database must be able to do."""

import subprocess
from pathlib import Path

import psycopg
import pytest
from django.utils import translation

from yinuo.foundation.postgres import django_database
from yinuo.foundation.postgres.connections import check_external, create_database, django_parameters
from yinuo.foundation.postgres.refusals import ExternalNotUnicode, ExternalTooOld, NoExternalDatabase
from yinuo.foundation.postgres.server import Server
from yinuo.foundation.postgres.tests.people import new_folder, present_account


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def server():
    with new_folder(present_account()) as folder, Server(folder / "it's here", profile="test") as started:
        yield started


def test_an_address_becomes_djangos_entry():
    address = "postgresql://yi%20nuo:p%40ss@db.example:5433/desk?sslmode=verify-full"

    assert django_parameters(address) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "desk",
        "USER": "yi nuo",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_both_forms_of_the_embedded_address_connect(server):
    for address in (server.dsn(), server.url()):
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("yinuo",)


def test_making_the_database_twice_makes_one(server):
    create_database(server, "desk")
    create_database(server, "desk")

    with psycopg.connect(server.url("desk")) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("desk",)


def test_an_external_database_is_used_as_it_is_named(server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", server.url("postgres"))

    parameters = django_database()

    assert (parameters["NAME"], parameters["USER"]) == ("postgres", "yinuo")
    assert parameters["HOST"] == str(server.place.socket_folder())


def test_an_external_database_that_does_not_answer_is_refused_without_telling_the_password():
    address = "postgresql://yinuo:geheim@127.0.0.1:1/desk"

    with pytest.raises(NoExternalDatabase) as refused:
        check_external(address)

    assert refused.value.sentence().startswith("The database named in DATABASE_URL does not answer: connection")
    assert "geheim" not in refused.value.sentence()


def test_an_external_database_that_is_not_unicode_is_refused(server):
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"
        )

    with pytest.raises(ExternalNotUnicode) as refused:
        check_external(server.url("ascii"))

    assert "stores text as SQL_ASCII, which cannot hold every name" in refused.value.sentence()


def test_an_external_database_older_than_16_is_refused(monkeypatch):
    old = next(iter(sorted(Path("/usr/lib/postgresql").glob("1[0-5]/bin"))), None)
    if old is None:
        pytest.skip("needs an old PostgreSQL: apt-get install postgresql-15")
    # Our supervisor starts it for us when told that 15 is new enough; PostgreSQL 15 knows all our settings but one.
    monkeypatch.setattr("yinuo.foundation.postgres.binaries.OLDEST_MAJOR", 15)
    monkeypatch.setenv("YINUO_PG_BIN", str(old))
    said = subprocess.run([old / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    version = said.split()[2]
    with (
        new_folder(present_account(), mode=0o711) as folder,
        Server(folder / "old", profile="test") as server,
        pytest.raises(ExternalTooOld) as refused,
    ):
        check_external(server.url())

    assert refused.value.found == version
    assert refused.value.sentence().startswith(
        f"The database named in DATABASE_URL is PostgreSQL {version}; Yinuo needs 16 or newer."
    )
