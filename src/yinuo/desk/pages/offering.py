"""Which acts stand in the menu of a case."""

from functools import cache

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.acts import CaseAct, known_acts


def offered_acts(case: Case, actor: Actor) -> list[CaseAct]:
    """Return the acts this person finds in the menu of a case."""
    # Acts that are offered in the same cases name the same question, which is asked once.
    is_offered = cache(lambda offered: offered(case, actor))
    return [act for act in known_acts() if is_open_to(act, actor) and is_offered(act.offered)]


def is_open_to(act: CaseAct, actor: Actor) -> bool:
    """Return whether this person may do such a thing at all."""
    return not act.permission or actor.may(act.permission)
