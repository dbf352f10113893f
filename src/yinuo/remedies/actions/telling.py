"""What the customer is told of a remedy, in their language: that they get it, and when it is taken back."""

from datetime import datetime
from decimal import Decimal

from django.utils import formats, translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import notify_customer
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.remedies.models import Remedy
from yinuo.standards.models import RemedyKind

REMEDIES = Actor.system("remedies")


def tell_granted(remedy: Remedy, case: Case, *, at: datetime) -> None:
    """Tell the customer what they get; a plain apology goes out as it is written."""
    with translation.override(case.language):
        text = "\n\n".join(part for part in (_hello(case), _given(remedy), remedy.words.strip()) if part)
    _notify(case, text, at=at)


def tell_reversed(remedy: Remedy, case: Case, *, at: datetime) -> None:
    """Tell the customer that what was announced does not come, and that they may ask."""
    with translation.override(case.language):
        gone = _("We have to take back what we announced: %(what)s. If this is a surprise, answer this message.")
        text = f"{_hello(case)}\n\n{gone % {'what': in_words(remedy.kind, remedy.amount, remedy.currency)}}"
    _notify(case, text, at=at)


def in_words(kind: str, amount: Decimal, currency: str) -> str:
    """Return a remedy in the language of the moment: "Refund, 50.00 CNY"."""
    label = str(RemedyKind(kind).label)
    return _("%(kind)s, %(sum)s") % {"kind": label, "sum": sum_in_words(amount, currency)} if currency else label


def sum_in_words(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency, for letters: no symbol, so that no two currencies look alike."""
    whole = amount == amount.to_integral_value()
    return f"{formats.number_format(amount, 0 if whole else 2, use_l10n=True, force_grouping=True)} {currency}"


def _hello(case: Case) -> str:
    return _("Hello %(name)s,") % {"name": case.customer.name}


def _given(remedy: Remedy) -> str:
    money = sum_in_words(remedy.amount, remedy.currency) if remedy.currency else ""
    return {
        RemedyKind.REFUND: _("we fell short, and refund you %(sum)s."),
        RemedyKind.VOUCHER: _("we fell short, and give you a voucher of %(sum)s."),
        RemedyKind.DEPOSIT_WAIVER: _("we fell short; you need not pay the deposit of %(sum)s."),
        RemedyKind.REPLACEMENT: _("we fell short, and replace what you have by a new one."),
        RemedyKind.FREE_VISIT: _("we fell short; the visit of our technician costs you nothing."),
        RemedyKind.APOLOGY: _("we fell short, and apologise to you."),
    }[RemedyKind(remedy.kind)] % {"sum": money}


def _notify(case: Case, text: str, *, at: datetime) -> None:
    conversation = case.conversations.order_by("-id").first()
    if conversation is not None:
        notify_customer(case=case, said=Said(text=text, at=at), conversation=conversation, by=REMEDIES, at=at)
