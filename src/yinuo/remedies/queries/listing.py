"""The ledger as a list: every remedy with its case, customer, who asked, what it cost, and how it stands."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.customers.models import Tier
from yinuo.customers.queries import Person
from yinuo.foundation.lists import Choices, Column, Days, DeclaredList, Moment, Pill, Sort
from yinuo.organisation.models import Staff, Team
from yinuo.remedies.models import Remedy, RemedyReason, RemedyState
from yinuo.standards.models import RemedyKind

PLACE = "remedies"
_MOST_OFFERED = 300
# Free text is not among them: people write numbers and addresses of customers into it. It stands with the remedy.
_COLUMNS_READ = (
    "kind",
    "amount",
    "currency",
    "state",
    "reason",
    "asked_at",
    "granted_on",
    "case__reference",
    "customer__name",
    "customer__tier",
    "asked_by__name",
    "team__name_zh",
    "team__name_en",
    "team__code",
)
_TONES = {
    RemedyState.GRANTED: "kept",
    RemedyState.DELIVERED: "kept",
    RemedyState.ASKED: "soon",
    RemedyState.SENT_BACK: "soon",
    RemedyState.PROPOSED: "info",
}


def remedy_list(actor: Actor, *, moment: Moment) -> DeclaredList:
    """Return the ledger as this person may filter and see it."""
    return DeclaredList(
        place=PLACE,
        columns=_columns(),
        filters=[
            _closed("kind", gettext_lazy("Remedy"), RemedyKind.choices),
            _closed("state", gettext_lazy("State"), RemedyState.choices),
            _closed("reason", gettext_lazy("Why"), RemedyReason.choices),
            _closed("tier", gettext_lazy("Tier"), Tier.choices),
            Choices(key="team", label=gettext_lazy("Team"), field="team_id", offer=_teams),
            Choices(
                key="asked_by",
                label=gettext_lazy("Asked by"),
                field="asked_by_id",
                offer=lambda: _people(actor),
            ),
            Days(key="asked", label=gettext_lazy("Asked on"), field="asked_at"),
        ],
        default_sort="asked",
        moment=moment,
    )


def listed_remedies(actor: Actor) -> QuerySet[Remedy]:
    """Return the remedies of the ledger on cases this actor may know of, with what a row shows."""
    actor.require("remedies.view_ledger")
    shown = Remedy.objects.visible_to(actor).select_related("case", "customer", "asked_by", "team")
    return shown.only(*_COLUMNS_READ)


def _columns() -> list[Column]:
    return [
        Column(
            key="remedy",
            label=gettext_lazy("Remedy"),
            value=lambda row: str(RemedyKind(row.kind).label),
            is_main=True,
        ),
        Column(
            key="amount",
            label=gettext_lazy("Amount"),
            kind="number",
            value=lambda row: row.amount if row.currency else None,
            sort=Sort("amount", is_falling=True),
        ),
        Column(key="currency", label=gettext_lazy("Currency"), value=lambda row: row.currency),
        Column(key="state", label=gettext_lazy("State"), kind="pill", value=_state),
        Column(key="reason", label=gettext_lazy("Why"), value=lambda row: str(RemedyReason(row.reason).label)),
        Column(key="case", label=gettext_lazy("Case"), value=lambda row: row.case.reference),
        Column(
            key="customer",
            label=gettext_lazy("Customer"),
            kind="person",
            value=lambda row: Person(row.customer.name, is_vip=row.customer.is_vip),
            exported=lambda row: row.customer.name,
        ),
        Column(
            key="asked_by",
            label=gettext_lazy("Asked by"),
            value=lambda row: row.asked_by.name if row.asked_by else None,
        ),
        Column(key="team", label=gettext_lazy("Team"), value=lambda row: row.team.name, is_default=False),
        Column(
            key="asked",
            label=gettext_lazy("Asked on"),
            kind="instant",
            value=lambda row: row.asked_at,
            sort=Sort("asked_at", is_falling=True),
        ),
        Column(
            key="granted",
            label=gettext_lazy("Granted on"),
            kind="day",
            value=lambda row: row.granted_on,
            is_default=False,
        ),
    ]


def _closed(key: str, label: Any, choices: list[tuple[str, Any]]) -> Choices:
    return Choices(key=key, label=label, field=key, offer=lambda: choices)


def _teams() -> Iterable[tuple[str, str]]:
    return [(str(team.pk), team.name) for team in Team.objects.order_by("code")]


def _state(row: Remedy) -> Pill:
    state = RemedyState(row.state)
    return Pill(state.label, _TONES.get(state, "plain"))


def _people(actor: Actor) -> Iterable[tuple[str, str]]:
    rows = Staff.objects.visible_to(actor).order_by("name").values_list("pk", "name")[:_MOST_OFFERED]
    return [(str(pk), name) for pk, name in rows]
