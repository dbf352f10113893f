"""What staff are told of remedies: approvals to approvers, decisions to those who asked, budgets to leaders."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.notifications.kinds import ShownSubject, kind, subject
from yinuo.notifications.rules import Ways

from .models import Budget


def _visible(actor: Actor) -> "QuerySet[Budget, int]":
    rows = Budget.objects.all() if actor.may("remedies.view_ledger") else Budget.objects.none()
    return rows.values_list("pk", flat=True)


def _shown(actor: Actor, ids: Collection[int]) -> dict[int, ShownSubject]:
    if not actor.may("remedies.view_ledger"):
        return {}
    rows = Budget.objects.filter(pk__in=ids).select_related("team", "department")
    return {row.pk: ShownSubject(str(row.team or row.department), reverse("approvals")) for row in rows}


subject("budget", visible=_visible, shown=_shown)

APPROVAL_ASKED = kind(
    "remedies.approval_asked",
    subject="case",
    label=_("I am asked to approve a remedy"),
    sentence=lambda name, _count: gettext("A remedy in %(name)s waits for your decision") % {"name": name},
    icon="gift",
    permission="remedies.approve",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
APPROVAL_SOON_DUE = kind(
    "remedies.approval_soon_due",
    subject="case",
    label=_("The time for my approval is nearly over"),
    sentence=lambda name, _count: gettext("Your decision on a remedy in %(name)s falls due soon") % {"name": name},
    icon="hourglass",
    permission="remedies.approve",
    default=Ways(app=True, push=True, digest=False),
    is_urgent=True,
)
APPROVAL_ESCALATED = kind(
    "remedies.approval_escalated",
    subject="case",
    label=_("An approval I did not give in time goes to the next one"),
    sentence=lambda name, _count: (
        gettext("Your decision on a remedy in %(name)s was due; somebody else is asked") % {"name": name}
    ),
    icon="alert-circle",
    permission="remedies.approve",
    default=Ways(app=True, push=False, digest=True),
)
PROPOSED = kind(
    "remedies.proposed",
    subject="case",
    label=_("A broken pledge owes a customer of mine a remedy"),
    sentence=lambda name, _count: (
        gettext("A pledge was broken in %(name)s; look at the remedy it names") % {"name": name}
    ),
    icon="gift",
    permission="remedies.grant",
    default=Ways(app=True, push=True, digest=True),
)
DECIDED = kind(
    "remedies.decided",
    subject="case",
    label=_("A remedy I asked for is decided"),
    sentence=lambda name, _count: gettext("The remedy you asked for in %(name)s is decided") % {"name": name},
    icon="gift",
    permission="remedies.grant",
    default=Ways(app=True, push=True, digest=True),
)
SENT_BACK = kind(
    "remedies.sent_back",
    subject="case",
    label=_("A remedy I asked for is sent back"),
    sentence=lambda name, _count: gettext("The remedy you asked for in %(name)s was sent back to you") % {"name": name},
    icon="arrow-back-up",
    permission="remedies.grant",
    default=Ways(app=True, push=True, digest=True),
)
BUDGET_NEARLY_SPENT = kind(
    "remedies.budget_nearly_spent",
    subject="budget",
    label=_("A budget for remedies is nearly spent"),
    sentence=lambda name, _count: (
        gettext("Four fifths of this month's budget for remedies of %(name)s are spent") % {"name": name}
    ),
    icon="cash",
    permission="remedies.view_ledger",
    default=Ways(app=True, push=False, digest=True),
)
