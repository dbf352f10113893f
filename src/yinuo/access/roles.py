"""The roles people have, and what each may do: one table, read by every gate.

A permission is `folder.verb`. A role without a row here may do nothing; customers act through their
own doors (tracking link, portal) and hold no staff permission.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Stable codes stored on grants; the words are what people read."""

    AGENT = "agent", _("Agent")
    TEAM_LEADER = "team_leader", _("Team leader")
    QUALITY_MANAGER = "quality_manager", _("Quality manager")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")
    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")


_READ = {
    "cases.view",
    "customers.view",
    "desk.open",
    "notifications.edit",
    "notifications.view",
    "organisation.save_views",
    "organisation.view",
    "remedies.view",
    "standards.view",
}
_WORK = _READ | {
    "cases.ask_task",
    "cases.hand_over",
    "cases.open",
    "cases.reply",
    "cases.note",
    "cases.close",
    "cases.merge",
    "cases.reopen",
    "customers.edit",
    "customers.reveal",
    "desk.view_own_board",
    "mail.replay",
    "mail.view",
    "organisation.presence",
    "remedies.grant",
}
_EXPORT = {"cases.export", "customers.export", "remedies.export", "remedies.view_ledger"}
_DECIDE = {"remedies.approve", "remedies.reverse"}
PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.AGENT: frozenset(_WORK),
    Role.TEAM_LEADER: frozenset(
        _WORK
        | _EXPORT
        | _DECIDE
        | {
            "cases.assign",
            "cases.declare_incident",
            "cases.decide_owner",
            "cases.reopen_closed",
            "desk.share_answers",
            "desk.share_wall",
            "desk.view_boards",
            "organisation.edit_shifts",
        }
    ),
    Role.QUALITY_MANAGER: frozenset(
        _READ | _EXPORT | {"cases.note", "desk.view_boards", "facts.view", "standards.edit"}
    ),
    Role.ANALYST: frozenset(_READ | _EXPORT | {"desk.view_boards", "facts.view"}),
    Role.ADMINISTRATOR: frozenset(
        _WORK
        | _EXPORT
        | _DECIDE
        | {
            "access.administer",
            "cases.assign",
            "cases.decide_owner",
            "cases.edit_rules",
            "cases.reopen_closed",
            "cases.declare_incident",
            "customers.import",
            "desk.share_answers",
            "desk.share_wall",
            "desk.view_boards",
            "entitlements.edit",
            "facts.view",
            "mail.configure",
            "organisation.edit",
            "organisation.edit_shifts",
            "remedies.configure",
            "remedies.exceed_budget",
            "routing.edit",
            "settings.view",
            "standards.edit",
        }
    ),
    Role.PARTNER: frozenset(
        {
            "desk.open",
            "cases.view",
            "cases.note",
            "notifications.edit",
            "notifications.view",
            "organisation.save_views",
        }
    ),
    Role.CUSTOMER: frozenset(),
}
