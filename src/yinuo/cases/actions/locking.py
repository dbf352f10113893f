"""The one way an action comes to a case: fresh, locked, and only if its actor may know of it."""

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.refusals import NotFound


def locked_case(case: Case, by: Actor) -> Case:
    """Return the case as it is now, locked until the transaction ends; refuses with NotFound."""
    found = Case.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=case.pk).first()
    if found is None:
        raise NotFound
    return found
