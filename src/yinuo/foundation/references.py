"""Numbers for people and tokens for links; ids of rows as addresses and forms write them.

A case's number reads `YN-261122-0386`: the local date, a count of that day, and one check digit, so
that a mistyped or accidental number is not taken for somebody's case. A token is for links: it says
nothing and cannot be guessed.
"""

import re
import secrets
from datetime import date

_LARGEST_ID = 2**63 - 1
_ID_DIGITS = len(str(_LARGEST_ID))
_PATTERN = re.compile(r"YN-(\d{6})-(\d{3,})(\d)", re.IGNORECASE)
_PATTERN_ANYWHERE = re.compile(r"(?<![\w-])YN-\d{6}-\d{4,}(?![\w-])", re.IGNORECASE)


def case_reference(on: date, count: int) -> str:
    """Return the number of the `count`-th case (from 1) of the local day `on`."""
    digits = f"{on:%y%m%d}{count:03d}"
    return f"YN-{digits[:6]}-{digits[6:]}{_check_digit(digits)}"


def is_reference(text: str) -> bool:
    """Return whether the text is exactly a case number whose check digit is right."""
    match = _PATTERN.fullmatch(text.strip())
    return match is not None and _check_digit(match[1] + match[2]) == match[3]


def references_in(text: str) -> list[str]:
    """Return the valid case numbers found in a text, in order, in capitals."""
    return [found.upper() for found in _PATTERN_ANYWHERE.findall(text) if is_reference(found)]


def id_of(text: str) -> int | None:
    """Return the number of a row that a text writes out; None for what is no number, or longer than any id is."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS
    return int(text) if is_number and int(text) <= _LARGEST_ID else None


def new_token() -> str:
    """Return an unguessable token for links: 22 URL-safe characters, 128 random bits."""
    return secrets.token_urlsafe(16)


def _check_digit(digits: str) -> str:
    """Return the Luhn check digit: it finds every wrong digit and nearly every swapped pair (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the digit sum of 10..18
    return str(-total % 10)
