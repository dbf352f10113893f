"""Which acts stand in the menu of a case."""

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.acts import CaseAct, known_acts


def offered_acts(case: Case, actor: Actor) -> list[CaseAct]:
    """Return the acts this person finds in the menu of a case."""
    return [act for act in known_acts() if is_open_to(act, actor) and act.offered(case, actor)]


def is_open_to(act: CaseAct, actor: Actor) -> bool:
    """Return whether this person may do such a thing at all."""
    return not act.permission or actor.may(act.permission)
