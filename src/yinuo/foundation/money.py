"""An amount with its currency; two currencies never add up."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _

from .refusals import Refusal

# ISO 4217 minor units that differ from two.
_MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}


class CurrenciesDiffer(Refusal):
    code = "foundation.currencies_differ"

    def sentence(self) -> str:
        return _("%(left)s and %(right)s cannot be added. Convert one of the amounts first.") % self.details


@dataclass(frozen=True, order=False)
class Money:
    """`amount` is exact and rounded (half to even) to the currency's minor unit; `currency` is ISO 4217."""

    amount: Decimal
    currency: str = "CNY"

    def __post_init__(self) -> None:
        places = Decimal(1).scaleb(-_MINOR_UNITS.get(self.currency, 2))
        object.__setattr__(self, "amount", Decimal(self.amount).quantize(places, ROUND_HALF_EVEN))

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        return self == other or self < other

    def times(self, factor: int | Decimal) -> "Money":
        """Return the amount multiplied, rounded to the minor unit."""
        return Money(self.amount * factor, self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrenciesDiffer(left=self.currency, right=other.currency)
