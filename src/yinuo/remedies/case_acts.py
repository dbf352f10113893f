"""The act on a case: giving the customer a remedy."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.acts import case_act
from yinuo.standards.models import RemedyKind

from .actions import grant_remedy
from .forms import WishForm, choices_shown
from .queries.reading import currencies, room_of


def _shown(case: Case, actor: Actor, at: datetime) -> Mapping[str, Any]:
    kind, currency = RemedyKind.REFUND.value, currencies()[0]
    room = room_of(case, kind=kind, amount=Decimal(0), currency=currency, actor=actor, at=at)
    return {**choices_shown(), "room": room}


@case_act(
    "grant-remedy",
    label=gettext_lazy("Grant a remedy …"),
    submit=gettext_lazy("Grant"),
    icon="gift",
    order=50,
    permission="remedies.grant",
    template="remedies/acts/grant.html",
    shown=_shown,
)
def grant(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Give it at once, or ask whoever may."""
    grant_remedy(case=case, wish=WishForm(request.POST).wish(), by=actor, at=at)
