"""The kinds of personal data, and one place where such data stands."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can be found. The values stand in masked texts and never change."""

    MAIL = "mail"
    MOBILE = "mobile"
    TELEPHONE = "telephone"
    IDENTITY_CARD = "id-card"
    BANK_CARD = "bank-card"
    PASSPORT = "passport"
    PLATE = "plate"
    ADDRESS = "address"
    ORDER = "order"
    MESSENGER = "messenger"


@dataclass(frozen=True, order=True)
class Span:
    """text[begin:end] is of this kind; confidence 0..1: from 0.9 a checksum, a form or a word backs it."""

    begin: int
    end: int
    kind: Kind
    confidence: float
