"""Tasks for other programs: asked of a team or a person under a case, taken, answered, taken back."""

from datetime import datetime
from typing import Any

from ninja import Path, Query
from pydantic import BaseModel, Field, model_validator

from yinuo.access.api import ApiRequest
from yinuo.cases import actions
from yinuo.cases.actions.tasks import ASK_PERMISSION
from yinuo.cases.models import Task, TaskEnd
from yinuo.cases.queries.tasks import task_of
from yinuo.foundation.api import Code, Given, Id, Instant, LongText, Order, Page, PageWish, Unset, bounded, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, Team

from .files import UploadToken, uploaded
from .reading import visible_case
from .router import router
from .shapes import PersonOut, Reference

_BY_TASK = Order("tasks")


class TaskIn(Given):
    """What is needed, and of whom: a person or a team."""

    staff_id: Id | Unset = None
    team: Code | Unset = Field(None, description="Code of a team.")
    needed: bounded(4000, shortest=1)
    is_blocking: bool = Field(True, description="The case cannot be closed before it is answered.")
    due_at: Instant | Unset = Field(None, description="By when; left out: as the case's standard gives.")

    @model_validator(mode="after")
    def _one_receiver(self) -> "TaskIn":
        if (self.staff_id is None) == (self.team is None):
            raise ValueError("give either staff_id or team")
        return self


class TaskResultIn(Given):
    """What came of a task; it becomes an internal note."""

    text: LongText = ""
    uploads: list[UploadToken] = Field([], max_length=20, description="Tokens from `POST /uploads`.")


class TaskRefusalIn(Given):
    """Why a task cannot be done."""

    reason: bounded(4000, shortest=1)


class TaskOut(BaseModel):
    """A piece of a case asked of others. `end` is null while it is open."""

    id: int
    team: str | None = Field(description="Code of the team.")
    assignee: PersonOut | None
    needed: str
    is_blocking: bool
    asked_by: PersonOut | None
    opened_at: datetime
    due_at: datetime
    ended_at: datetime | None
    end: TaskEnd | None
    answer: str


@router.get("/{reference}/tasks", response=Page[TaskOut], operation_id="list_tasks")
def list_tasks(request: ApiRequest, reference: Path[Reference], wish: Query[PageWish]) -> dict[str, Any]:
    """List the tasks of a case, in the order in which they were asked.

    Scope `cases:read`.
    """
    rows = visible_case(request, reference).tasks.select_related("team", "assignee", "asked_by")
    return page_of(rows, _BY_TASK, wish, _task_out)


@router.post("/{reference}/tasks", response={201: TaskOut}, operation_id="ask_task")
def ask_task(request: ApiRequest, reference: Path[Reference], body: TaskIn) -> TaskOut:
    """Ask a team or a person for a piece of a case; the case stays with its owner.

    Scope `cases:write`. Refuses `cases.case_is_closed`, `cases.nothing_needed`, `cases.only_for_task`.
    """
    request.actor.require(ASK_PERMISSION)
    case = visible_case(request, reference)
    people = Staff.objects.working()
    to = people.filter(pk=body.staff_id).first() if body.staff_id else Team.objects.filter(code=body.team).first()
    if to is None:
        raise NotFound
    task = actions.ask_task(
        case=case,
        to=to,
        needed=body.needed,
        is_blocking=body.is_blocking,
        due_at=body.due_at,
        by=request.actor,
        at=now(),
    )
    return _task_out(task)


@router.post("/{reference}/tasks/{task_id}/result", response={201: TaskOut}, operation_id="answer_task")
def answer_task(request: ApiRequest, reference: Path[Reference], task_id: int, body: TaskResultIn) -> TaskOut:
    """Answer a task that is asked of you or your team; the answer becomes an internal note, and the owner is told.

    Scope `cases:write`. Refuses `cases.task_is_over`, `cases.not_your_task`, `cases.empty_message`.
    """
    request.actor.require("cases.note")
    task = _task(request, reference, task_id)
    files = uploaded(request, body.uploads)
    return _task_out(actions.answer_task(task=task, text=body.text, attachments=files, by=request.actor, at=now()))


@router.post("/{reference}/tasks/{task_id}/refusal", response={201: TaskOut}, operation_id="refuse_task")
def refuse_task(request: ApiRequest, reference: Path[Reference], task_id: int, body: TaskRefusalIn) -> TaskOut:
    """Say that a task asked of you or your team cannot be done, and why.

    Scope `cases:write`. Refuses `cases.task_is_over`, `cases.not_your_task`.
    """
    request.actor.require("cases.note")
    task = _task(request, reference, task_id)
    return _task_out(actions.refuse_task(task=task, reason=body.reason, by=request.actor, at=now()))


@router.post("/{reference}/tasks/{task_id}/withdrawal", response={201: TaskOut}, operation_id="withdraw_task")
def withdraw_task(request: ApiRequest, reference: Path[Reference], task_id: int) -> TaskOut:
    """Take a task back that is no longer needed.

    Scope `cases:write`, of the owner, who asked, or a role that assigns cases. Refuses `cases.task_is_over`,
    `cases.not_yours_to_withdraw`.
    """
    request.actor.require(ASK_PERMISSION)
    task = _task(request, reference, task_id)
    return _task_out(actions.withdraw_task(task=task, by=request.actor, at=now()))


def _task(request: ApiRequest, reference: str, task_id: int) -> Task:
    case = visible_case(request, reference)
    task = task_of(task_id, actor=request.actor)
    if task.case_id != case.pk:
        raise NotFound
    return task


def _task_out(row: Task) -> TaskOut:
    return TaskOut(
        id=row.pk,
        team=row.team.code if row.team else None,
        assignee=PersonOut(id=row.assignee.pk, name=row.assignee.name) if row.assignee else None,
        needed=row.needed,
        is_blocking=row.is_blocking,
        asked_by=PersonOut(id=row.asked_by.pk, name=row.asked_by.name) if row.asked_by else None,
        opened_at=row.opened_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        end=TaskEnd(row.end) if row.end else None,
        answer=row.answer,
    )
