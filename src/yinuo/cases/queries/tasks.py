"""Tasks: what is asked of whom, what a case waits for, and who may answer."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Task
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff, TeamMembership

PAGE_LENGTH = 25
TASK_VIEWS = ("us", "mine", "asked", "answered")


@dataclass(frozen=True)
class TaskPage:
    """A page of tasks. older_key: of the next page, or empty. counts: open tasks by view, at most COUNT_LIMIT + 1."""

    rows: list[Task]
    older_key: str
    counts: dict[str, int]


COUNT_LIMIT = 99


def task_page(
    view: str, *, team_id: int | None = None, late: bool = False, after: str = "", actor: Actor, at: datetime
) -> TaskPage:
    """Return a page of a view, what falls due first on top; of answered ones the newest answer.

    view: `us` is asked of me or my teams, `mine` is taken by me, `asked` by me of others, `answered` by us.
    late: only those whose time has passed. after: the key of a row.
    """
    rows = _view(view, actor)
    if team_id:
        rows = rows.filter(team_id=team_id)
    if late:
        rows = rows.filter(due_at__lt=at)
    column, sign = ("ended_at", "-") if view == "answered" else ("due_at", "")
    rows = rows.filter(_beyond(after, column, falling=bool(sign)))
    related = ("case__customer", "case__owner", "team", "assignee", "asked_by")
    found = list(
        rows.select_related(*related)
        .defer("case__customer__address")
        .order_by(f"{sign}{column}", f"{sign}id")[: PAGE_LENGTH + 1]
    )
    shown = found[:PAGE_LENGTH]
    older = f"{getattr(shown[-1], column).isoformat()}_{shown[-1].pk}" if len(found) > PAGE_LENGTH else ""
    counts = {one: _view(one, actor)[: COUNT_LIMIT + 1].count() for one in TASK_VIEWS if one != "answered"}
    return TaskPage(shown, older, counts)


def task_of(task_id: int, *, actor: Actor) -> Task:
    """Return a task with its case and people. Refuses with NotFound when it is not there or not theirs to see."""
    related = ("case__customer", "case__owner", "case__team", "team", "assignee", "asked_by", "note")
    rows = Task.objects.visible_to(actor) | Task.objects.asked_of(actor)
    task = Task.objects.filter(pk__in=rows.values("pk")).select_related(*related).filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def tasks_of_case(case: Case) -> QuerySet[Task]:
    """Return the tasks of a case, the open ones first, what falls due first on top."""
    return case.tasks.select_related("team", "assignee", "asked_by").order_by("-is_open", "due_at", "id")


def next_blocking(case: Case) -> Task | None:
    """Return the blocking task that falls due first. No statement for a case that waits for none."""
    if not case.blocking_task_count:
        return None
    return (
        case.tasks.filter(is_open=True, is_blocking=True).select_related("team", "assignee").order_by("due_at").first()
    )


def may_answer(task: Task, actor: Actor) -> bool:
    """Return whether this person answers the task: asked by name, or in the team it is asked of."""
    if actor.staff_id is None or not task.is_open:
        return False
    return task.assignee_id == actor.staff_id or _in_team(task, actor)


def may_assign(task: Task, to: Staff, actor: Actor) -> bool:
    """Return whether this person says that `to` does it: of themselves, who may answer; of others, who leads."""
    if actor.is_system:
        return True
    if to.pk == actor.staff_id:
        return may_answer(task, actor)
    leads = TeamMembership.objects.filter(team_id=task.team_id, staff_id=actor.staff_id, is_leader=True)
    return task.team_id is not None and leads.exists()


def may_withdraw(task: Task, actor: Actor) -> bool:
    """Return whether this person takes the task back: the owner of the case, who asked, or who names owners."""
    if actor.is_system or actor.staff_id in {task.case.owner_id, task.asked_by_id}:
        return True
    return actor.may("cases.assign") and Case.objects.workable_by(actor).filter(pk=task.case_id).exists()


def team_people(task: Task) -> list[Staff]:
    """Return who of the team could do it, by name."""
    return (
        list(Staff.objects.working().filter(memberships__team_id=task.team_id).order_by("name")) if task.team_id else []
    )


def _in_team(task: Task, actor: Actor) -> bool:
    return (
        TeamMembership.objects.filter(team_id=task.team_id, staff_id=actor.staff_id).exists() if task.team_id else False
    )


def _view(view: str, actor: Actor) -> QuerySet[Task]:
    match view:
        case "mine":
            return Task.objects.filter(assignee_id=actor.staff_id, is_open=True)
        case "asked":
            return Task.objects.filter(Q(asked_by_id=actor.staff_id) | Q(case__owner_id=actor.staff_id), is_open=True)
        case "answered":
            return Task.objects.asked_of(actor).filter(is_open=False).exclude(end="withdrawn")
    return Task.objects.asked_of(actor).filter(is_open=True)


def _beyond(key: str, column: str, *, falling: bool) -> Q:
    instant, _bar, number = key.rpartition("_")
    try:
        since = datetime.fromisoformat(instant)
        last = int(number)
    except ValueError:
        return Q()
    if since.tzinfo is None:
        return Q()
    side = "lt" if falling else "gt"
    return Q(**{f"{column}__{side}": since}) | Q(**{column: since, f"id__{side}": last})
