"""The mark of escalated cases on the lines of the queue."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.marks import Mark, queue_mark

from .models import Case
from .queries import attention


@queue_mark("escalated")
def escalated(cases: Sequence[Case], _actor: Actor) -> Mapping[int, Mark]:
    """Return a mark for each case that has climbed its ladder: how far, and whose attention was raised."""
    text = _("Escalated, step %(number)s: %(target)s")
    return {
        case_id: Mark("arrow-up", text % {"number": one.rung_number, "target": one.target}, tone="broken")
        for case_id, one in attention([case.pk for case in cases]).items()
    }
