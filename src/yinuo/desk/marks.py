"""The desk's own mark on a line of the queue: something was begun here and not sent."""

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
