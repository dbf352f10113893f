"""What people type about remedies, checked before an action is called."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yinuo.cases.forms import ActForm
from yinuo.standards.models import RemedyKind

from .actions import Wish
from .models import Remedy, RemedyReason
from .queries.reading import currencies, is_money


class WishForm(ActForm):
    """What is to be given, and why."""

    kind = forms.ChoiceField(label=gettext_lazy("Remedy"), choices=RemedyKind.choices)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), required=False, min_value=Decimal(0), max_digits=12, decimal_places=2
    )
    currency = forms.CharField(label=gettext_lazy("Currency"), required=False, max_length=3)
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=RemedyReason.choices)
    note = forms.CharField(max_length=500, required=False)
    words = forms.CharField(max_length=2000, required=False)

    def wish(self) -> Wish:
        """Return what the action takes; an amount beside a kind that has none is left out. Refuses with NotFilledIn."""
        values = self.checked()
        return Wish(
            kind=values["kind"],
            reason=values["reason"],
            amount=values["amount"] if is_money(values["kind"]) else None,
            currency=values["currency"] or currencies()[0],
            note=values["note"],
            words=values["words"],
        )


class RoomForm(ActForm):
    """What somebody is about to give, while they type."""

    kind = forms.ChoiceField(choices=RemedyKind.choices)
    amount = forms.DecimalField(required=False, min_value=Decimal(0), max_digits=12, decimal_places=2)
    currency = forms.CharField(required=False, max_length=3)


class SaidForm(ActForm):
    """A sentence: why it is refused, sent back, reversed; or the evidence that it was delivered."""

    said = forms.CharField(max_length=500, required=False)


def wish_of(remedy: Remedy) -> Wish:
    """Return a remedy as it was proposed, to be confirmed as it is."""
    return Wish(
        kind=remedy.kind,
        reason=remedy.reason,
        amount=remedy.amount or None,
        currency=remedy.currency,
        note=remedy.note,
        words=remedy.words,
    )


def choices_shown() -> dict[str, Any]:
    """Return what the fields of a wish offer."""
    return {
        "kinds": RemedyKind.choices,
        "reasons": RemedyReason.choices,
        "currencies": currencies(),
    }
