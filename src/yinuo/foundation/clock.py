"""The one place that reads the wall clock; doors and workers call it, everything else takes `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)
