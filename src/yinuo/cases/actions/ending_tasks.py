"""How tasks end, also together with their case."""

from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import TaskWithdrawn
from yinuo.cases.models import Case, Task, TaskEnd
from yinuo.foundation.facts import announce


def check_no_task_blocks(case: Case) -> None:
    """Pass when nobody else is at work without whom the case cannot be closed. Refuses with TasksStillOpen."""
    if not case.blocking_task_count:
        return
    blocking = case.tasks.filter(is_open=True, is_blocking=True).select_related("team", "assignee").order_by("due_at")
    names = [task.asked_of for task in blocking]
    raise rules.TasksStillOpen(count=len(names), names=", ".join(names))


def end_tasks(case: Case, *, withdraw: bool, by: Actor, at: datetime) -> None:
    """Take back the open tasks of a locked case that is about to be closed; their promises end with the case's.

    withdraw: those that block, too; a customer who closes their case need not know of any. Refuses with TasksStillOpen.
    """
    if not (withdraw or by.customer_id):
        check_no_task_blocks(case)
    for task in case.tasks.select_for_update().filter(is_open=True).order_by("pk"):
        end_row(task, TaskEnd.WITHDRAWN, by=by, at=at)
    case.blocking_task_count = 0


def end_row(task: Task, end: TaskEnd, *, answer: str = "", by: Actor, at: datetime) -> None:
    """Write down how an open task of a locked case ended; what becomes of its promise is the caller's."""
    task.is_open, task.ended_at, task.ended_by, task.end, task.answer = False, at, by.key, end, answer
    task.save(update_fields=["is_open", "ended_at", "ended_by", "end", "answer", "note"])
    if end == TaskEnd.WITHDRAWN:
        withdrawn = TaskWithdrawn(
            case_id=task.case_id, staff_id=task.assignee_id, team_id=task.team_id, task_id=task.pk
        )
        announce(withdrawn, by=by, at=at)


def count_blocking(case: Case) -> None:
    """Let a locked case say how many open tasks block it."""
    case.blocking_task_count = case.tasks.filter(is_open=True, is_blocking=True).count()
    case.save(update_fields=["blocking_task_count"])
