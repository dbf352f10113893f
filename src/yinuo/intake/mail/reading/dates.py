"""The instant a mail says it was written."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_FIRST_YEAR = 1990
_LAST_YEAR = 2100
_FUTURE = timedelta(days=2)
_PLAIN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{2}:?\d{2})?"
)


def parse_date(value: str, received_at: datetime | None = None) -> datetime | None:
    """Return the date header as an aware UTC instant, or None when it is missing, unreadable or absurd.

    Absurd: before 1990, after 2100, or (when `received_at` is given) more than two days after it was received.
    """
    written = _parse(value.strip()[:200])
    if written is None or not _FIRST_YEAR <= written.year < _LAST_YEAR:
        return None
    if received_at is not None and written > received_at + _FUTURE:
        return None
    return written


def _parse(value: str) -> datetime | None:
    if not value or not any(sign.isdigit() for sign in value):
        return None
    try:
        return _as_utc(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return _parse_plain(value)


def _parse_plain(value: str) -> datetime | None:
    """`2026-11-22 14:00:00 +0800`: what home-made senders write."""
    match = _PLAIN.search(value)
    if not match:
        return None
    year, month, day, hour, minute = (int(match[index]) for index in range(1, 6))
    zone = (match[7] or "+0000").replace(":", "")
    try:
        naive = datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=UTC)
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
        return naive - offset if zone[0] == "+" else naive + offset
    except (ValueError, OverflowError):
        return None


def _as_utc(written: datetime) -> datetime:
    """A date without a zone is taken as UTC, as `-0000` says."""
    return written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
