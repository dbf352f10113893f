"""The desk's own marks on a line of the queue: something was begun here; the case is offered, or held."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.foundation.marks import Mark, queue_mark

from .models import Draft


@queue_mark("draft")
def drafts(cases: Sequence[Case], actor: Actor) -> Mapping[int, Mark]:
    """Return a mark for each case on which this person has begun to write."""
    mine = Draft.objects.filter(author_id=actor.staff_id, case__in=[case.pk for case in cases])
    return {case_id: Mark("edit", _("Begun, not sent")) for case_id in mine.values_list("case_id", flat=True)}


@queue_mark("handoff")
def handoffs(cases: Sequence[Case], _actor: Actor) -> Mapping[int, Mark]:
    """Return a mark for each case that waits for a yes or no, a task or the coordination centre. No statement."""
    marks = {case.pk: Mark("arrow-forward-up", _("Offered, not answered yet")) for case in cases if case.offered_until}
    waiting = _("Waits for another team")
    marks |= {case.pk: Mark("clipboard-list", waiting) for case in cases if case.blocking_task_count}
    held = Mark("scale", _("The coordination centre decides who owns it"), "soon")
    return marks | {case.pk: held for case in cases if case.held_since}
