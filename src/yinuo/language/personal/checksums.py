"""The check digits of identity cards and bank cards, and the birthday inside an identity card."""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REMAINDERS = "10X98765432"
_PROVINCES = frozenset(
    str(code) for block in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(block[0], block[1] + 1)
)  # fmt: skip
_OLD_LENGTH, _LENGTH = 15, 18
_NINE = 9


def is_identity_card(number: str) -> bool:
    """Return whether the 18 signs are a Chinese identity number: province, birthday and check sign (GB 11643)."""
    if not looks_like_identity_card(number) or len(number) != _LENGTH:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _REMAINDERS[total % 11] == number[17].upper()


def looks_like_identity_card(number: str) -> bool:
    """Return whether province and birthday fit, of 18 signs or of the 15 digits of cards before 1999."""
    if len(number) not in {_OLD_LENGTH, _LENGTH} or number[:2] not in _PROVINCES or not number[:-1].isdigit():
        return False
    born = number[6:14] if len(number) == _LENGTH else "19" + number[6:12]
    try:
        on = date(int(born[:4]), int(born[4:6]), int(born[6:8]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= on < date(2100, 1, 1)


def passes_luhn(number: str) -> bool:
    """Return whether the last digit is the check digit of the others (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - _NINE if value > _NINE else value
    return total % 10 == 0
