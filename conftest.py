"""What all tests share: quick password hashes, a fixed instant, the cast of people."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import translation

pytest_plugins = ["yinuo.cases.tests.cast", "yinuo.web.tests.browser"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:  # noqa: ARG001 - it extends the plugin's own
    """Make the test database; when all is over, let go of sessions that are still held."""
    yield
    with django_db_blocker.unblock():
        # The last test may have left its own session dead.
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Sentences are compared in English; a page under test chooses its own language."""
    with translation.override("en"):
        yield


@pytest.fixture
def monday_nine() -> datetime:
    """Monday 2 November 2026, 09:00 in Shanghai."""
    return datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_log(request) -> Iterator[None]:
    """Django empties its own tables after a test that commits; the log and its followers are not Django's."""
    mark = request.node.get_closest_marker("django_db")
    names = request.fixturenames
    if not (mark and mark.kwargs.get("transaction")) and not {"transactional_db", "live_server"} & set(names):
        yield
        return
    request.getfixturevalue("transactional_db")
    _truncate_log()
    yield
    _truncate_log()


def _truncate_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE foundation_fact, foundation_follower, foundation_case_day")
