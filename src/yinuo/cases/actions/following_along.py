"""What goes along when a case is merged: the follow-ups that run on it, and who watches it."""

from datetime import datetime
from typing import Any

from yinuo.cases.models import Case, FollowUp, Watch
from yinuo.cases.moving import moves_along


def _move(source: Case, target: Case, _at: datetime) -> Any:
    running = FollowUp.objects.filter(case=source, ended_at=None)
    follow_ups = list(running.values_list("pk", flat=True))
    running.update(case=target)
    here = Watch.objects.filter(case=target).values("staff_id")
    coming = Watch.objects.filter(case=source).exclude(staff_id__in=list(here.values_list("staff_id", flat=True)))
    watches = list(coming.values_list("pk", flat=True))
    coming.update(case=target)
    return {"follow_ups": follow_ups, "watches": watches}


def _back(kept: Any, source: Case, target: Case, _at: datetime) -> None:
    FollowUp.objects.filter(pk__in=kept["follow_ups"], case=target).update(case=source)
    Watch.objects.filter(pk__in=kept["watches"], case=target).update(case=source)


moves_along("cases.following", move=_move, back=_back)
