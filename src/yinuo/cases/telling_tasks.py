"""Who is told of a task: those it is asked of, the owner of what came of it, and all of them when its time runs out."""

from collections.abc import Iterator, Sequence

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.facts import RecordedFact
from yinuo.foundation.followers import follower
from yinuo.notifications.actions import Notice, notify
from yinuo.notifications.kinds import Kind
from yinuo.organisation.models import TeamMembership

from . import notices
from .facts import PromiseBroken, PromiseSoonDue, TaskAsked, TaskDone, TaskRefused, TaskTaken
from .models import Task

_SENDER = Actor.system("notices")
_TOLD = (TaskAsked, TaskTaken, TaskDone, TaskRefused, PromiseSoonDue, PromiseBroken)


@follower("cases.tell_of_tasks", kinds=_TOLD, batch_size=200)
def tell_of_tasks(facts: Sequence[RecordedFact]) -> None:
    """Tell those who are asked, and the owner what they answered. Owners hear of late promises by `tell_staff`."""
    notify(notices=(notice for fact in facts for notice in _notices(fact)), by=_SENDER, at=now())


def _notices(fact: RecordedFact) -> Iterator[Notice]:
    for kind, staff_id in _readers(fact):
        yield Notice.of_fact(fact, kind=kind, staff_id=staff_id, subject_id=fact.case_id or 0)


def _readers(fact: RecordedFact) -> Iterator[tuple[Kind, int]]:
    staff_id, team_id = fact.subjects["staff_id"], fact.subjects["team_id"]
    match fact.type:
        case TaskAsked.fact_type:
            yield from ((notices.TASK_ASKED, one) for one in ([staff_id] if staff_id else _people(team_id)))
        case TaskTaken.fact_type if staff_id:
            yield notices.TASK_ASKED, staff_id
        case TaskDone.fact_type if staff_id:
            yield notices.TASK_DONE, staff_id
        case TaskRefused.fact_type if staff_id:
            yield notices.TASK_REFUSED, staff_id
        case PromiseSoonDue.fact_type | PromiseBroken.fact_type if fact.payload["kind"] == "task":
            yield from ((notices.TASK_LATE, one) for one in _responsible(fact.payload["promise_id"]))


def _responsible(promise_id: int) -> set[int]:
    """Return who does an open task, and who leads the team it is asked of."""
    task = Task.objects.filter(promises=promise_id, is_open=True).first()
    if task is None:
        return set()
    leaders = set(_people(task.team_id, is_leader=True))
    return leaders | {task.assignee_id} if task.assignee_id else leaders or set(_people(task.team_id))


def _people(team_id: int | None, **more: bool) -> list[int]:
    members = TeamMembership.objects.filter(team_id=team_id, staff__left_at=None, **more)
    return list(members.order_by("staff_id").values_list("staff_id", flat=True))
