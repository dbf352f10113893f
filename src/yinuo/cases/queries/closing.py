"""How the team of a case closes and reopens."""

from datetime import timedelta

from yinuo.cases import rules
from yinuo.cases.models import ClosingRule
from yinuo.cases.rules import Closing


def closing_of(team_id: int) -> Closing:
    """Return the closing rule of a team; the usual one when it has none of its own."""
    row = ClosingRule.objects.filter(team_id=team_id).first()
    return Closing(row.reopening, timedelta(days=row.days), row.owner) if row else rules.USUAL_CLOSING
