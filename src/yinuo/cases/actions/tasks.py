"""Asking others for a piece of a case, and what they answer. The owner stays accountable for all of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import TaskAsked, TaskDone, TaskRefused, TaskTaken
from yinuo.cases.models import Case, Promise, Task, TaskEnd
from yinuo.cases.moving import moves_along
from yinuo.cases.queries.tasks import may_answer, may_assign, may_withdraw
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, Team, TeamMembership

from . import promising
from .attaching import AttachmentDraft
from .ending_tasks import count_blocking, end_row
from .locking import locked_case
from .messages import Said, add_note

ASK_PERMISSION = "cases.ask_task"


@transaction.atomic
def ask_task(
    *,
    case: Case,
    to: Staff | Team,
    needed: str,
    is_blocking: bool = True,
    due_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Task:
    """Ask a team or a colleague for a piece of a case; they give the owner a time, which is never the customer's.

    due_at: by when, where it is not what the case's standard gives for tasks. Refuses with NothingNeeded,
    CaseIsClosed. Announces TaskAsked, PromiseMade.
    """
    by.require(ASK_PERMISSION)
    if not needed.strip():
        raise rules.NothingNeeded
    found = locked_case(case, by)
    if not found.is_open:
        raise rules.CaseIsClosed(reference=found.reference)
    promise = promising.make_promise(
        found, "task", start=at, due_at=due_at, subject=" ".join(needed.split())[:200], by=by, at=at
    )
    is_team = isinstance(to, Team)
    task = Task.objects.create(
        case=found,
        team=to if is_team else None,
        assignee=None if is_team else to,
        needed=needed.strip()[: rules.NEEDED_LENGTH],
        is_blocking=is_blocking,
        asked_by_id=by.staff_id,
        opened_at=at,
        due_at=promise.due_at,
    )
    Promise.objects.filter(pk=promise.id).update(task=task)
    count_blocking(found)
    asked = TaskAsked(
        case_id=found.pk, staff_id=task.assignee_id, team_id=task.team_id, task_id=task.pk, due_at=promise.due_at
    )
    announce(asked, by=by, at=at)
    return task


@transaction.atomic
def take_task(*, task: Task, to: Staff, by: Actor, at: datetime) -> Task:
    """Say who does it: oneself, or by who leads the team one of its people. Its time stays as it is.

    Refuses with TaskIsOver, NotYourTask, NotInTaskTeam. Announces TaskTaken.
    """
    _case, row = _locked(task, by)
    if not may_assign(row, to, by):
        raise rules.NotYourTask(name=row.asked_of)
    if row.team_id and not TeamMembership.objects.filter(team_id=row.team_id, staff=to).exists():
        raise rules.NotInTaskTeam(name=to.name)
    row.assignee = to
    row.save(update_fields=["assignee"])
    announce(TaskTaken(case_id=row.case_id, staff_id=to.pk, team_id=row.team_id, task_id=row.pk), by=by, at=at)
    return row


@transaction.atomic
def answer_task(*, task: Task, text: str, attachments: Sequence[AttachmentDraft] = (), by: Actor, at: datetime) -> Task:
    """Give what was asked for: it becomes an internal note of the case, and the owner is told.

    Refuses with TaskIsOver, NotYourTask, EmptyMessage. Announces TaskDone, NoteAdded, PromiseKept or PromiseBroken.
    """
    case, row = _locked(task, by)
    if not may_answer(row, by):
        raise rules.NotYourTask(name=row.asked_of)
    said = Said(text, at, author_name=by.name, attachments=attachments)
    row.note = add_note(case=case, said=said, by=by, at=at)
    _end(case, row, TaskEnd.DONE, text, by=by, at=at)
    done = TaskDone(case_id=row.case_id, staff_id=case.owner_id, team_id=row.team_id, task_id=row.pk)
    announce(done, by=by, at=at)
    return row


@transaction.atomic
def refuse_task(*, task: Task, reason: str, by: Actor, at: datetime) -> Task:
    """Say that it cannot be done, and why; the owner is told and asks elsewhere.

    Refuses with TaskIsOver, NotYourTask, ReasonNeeded. Announces TaskRefused, PromiseWithdrawn.
    """
    case, row = _locked(task, by)
    if not may_answer(row, by):
        raise rules.NotYourTask(name=row.asked_of)
    if not reason.strip():
        raise rules.ReasonNeeded
    row.note = add_note(case=case, said=Said(reason, at, author_name=by.name), by=by, at=at)
    _end(case, row, TaskEnd.REFUSED, reason, by=by, at=at)
    refused = TaskRefused(case_id=row.case_id, staff_id=case.owner_id, team_id=row.team_id, task_id=row.pk)
    announce(refused, by=by, at=at)
    return row


@transaction.atomic
def withdraw_task(*, task: Task, by: Actor, at: datetime) -> Task:
    """Take a task back that is no longer needed.

    Refuses with TaskIsOver, NotYoursToWithdraw. Announces TaskWithdrawn, PromiseWithdrawn.
    """
    case, row = _locked(task, by)
    if not may_withdraw(row, by):
        raise rules.NotYoursToWithdraw
    _end(case, row, TaskEnd.WITHDRAWN, "", by=by, at=at)
    return row


def _locked(task: Task, by: Actor) -> tuple[Case, Task]:
    # Its case may have been merged since the task was read.
    case_id = Task.objects.values_list("case_id", flat=True).filter(pk=task.pk).first()
    case = locked_case(Case(pk=case_id), by, for_task=True)
    row = Task.objects.select_for_update(of=("self",)).select_related("team", "assignee").filter(pk=task.pk).first()
    if row is None or row.case_id != case.pk:
        raise NotFound
    if not row.is_open:
        raise rules.TaskIsOver
    return case, row


def _end(case: Case, task: Task, end: TaskEnd, answer: str, *, by: Actor, at: datetime) -> None:
    """End an open task of a locked case with its promise; one that is late is broken first, at its own instant."""
    live = promising.break_overdue(case, at=at, renew=True)
    own_ids = set(Promise.objects.filter(task=task).values_list("pk", flat=True))
    own = [promise for promise in live if promise.id in own_ids]
    if end == TaskEnd.DONE:
        promising.end_kept(case, own, by=by, at=at)
    else:
        promising.end_withdrawn(case, own, by=by, at=at)
    promising.settle(case, [promise for promise in live if promise.id not in own_ids], by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)
    end_row(task, end, answer=answer, by=by, at=at)
    count_blocking(case)


def _move_along(source: Case, target: Case, _at: datetime) -> list[int]:
    """Let open tasks go on in the case theirs went into; their promises were carried over already."""
    ids = list(source.tasks.filter(is_open=True).order_by("pk").values_list("pk", flat=True))
    Task.objects.filter(pk__in=ids).update(case=target)
    count_blocking(source)
    count_blocking(target)
    return ids


def _move_back(ids: list[int], source: Case, target: Case, at: datetime) -> None:
    Task.objects.filter(pk__in=ids).update(case=source)
    count_blocking(source)
    count_blocking(target)
    # What was answered meanwhile is owed no longer, though its first promise lives again.
    ended = Promise.objects.filter(case=source, is_live=True, task__in=ids, task__is_open=False)
    owed = [
        promise for promise in promising.live_promises(source) if promise.id in set(ended.values_list("pk", flat=True))
    ]
    promising.end_withdrawn(source, owed, reason="answered meanwhile", by=Actor.system("joining"), at=at)


moves_along("cases.tasks", move=_move_along, back=_move_back)
