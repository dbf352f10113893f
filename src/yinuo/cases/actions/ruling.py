"""How a team closes and reopens: changed by those who may."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases.facts import ClosingRuleChanged
from yinuo.cases.models import ClosingRule
from yinuo.foundation.facts import announce
from yinuo.organisation.models import Team


@transaction.atomic
def save_closing_rule(*, team: Team, reopening: str, days: int, owner: str, by: Actor, at: datetime) -> ClosingRule:
    """Say how a team closes and reopens; it counts for cases solved from then on.

    reopening: of ReopenRule; owner: of ReopenOwner; days: 1 to 365. Refuses with NotAllowed. Announces
    ClosingRuleChanged.
    """
    by.require("cases.edit_rules")
    values = {"reopening": reopening, "days": days, "owner": owner, "changed_at": at, "changed_by": by.key}
    rule, _is_new = ClosingRule.objects.update_or_create(team=team, defaults=values)
    announce(ClosingRuleChanged(team_id=team.pk, reopening=reopening, days=days, owner=owner), by=by, at=at)
    return rule
