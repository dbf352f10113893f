"""What is asked of us: the list for those who are asked, and one task with its answer."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, live_after
from yinuo.cases import actions
from yinuo.cases.actions import store_bytes
from yinuo.cases.actions.handing import receiver_of
from yinuo.cases.forms import WordsForm
from yinuo.cases.models import Case, Task
from yinuo.cases.pages.shown import Choice
from yinuo.cases.queries.tasks import (
    COUNT_LIMIT,
    TASK_VIEWS,
    may_answer,
    may_assign,
    may_withdraw,
    task_of,
    task_page,
    team_people,
)
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.models import Staff


@desk_page("GET")
def tasks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the tasks of a view, what falls due first on top."""
    view = request.GET.get("view", "us")
    view = view if view in TASK_VIEWS else "us"
    late = request.GET.get("late") == "1"
    at = now()
    page = task_page(view, late=late, after=request.GET.get("after", ""), actor=actor, at=at)
    labels = {
        "us": _("Asked of us"),
        "mine": _("Taken by me"),
        "asked": _("Asked by me"),
        "answered": _("Answered by us"),
    }
    counts = {one: f"{COUNT_LIMIT}+" if count > COUNT_LIMIT else str(count) for one, count in page.counts.items()}
    address = reverse("tasks")
    places = [
        Choice(label, address if one == "us" else f"{address}?view={one}", one == view, counts.get(one))
        for one, label in labels.items()
    ]
    query = {"view": view, **({"late": "1"} if late else {})}
    context = {
        "page": page,
        "rows": [(task, task.is_open and task.due_at < at) for task in page.rows],
        "places": places,
        "view": view,
        "late": late,
        "late_url": f"{address}?{urlencode({'view': view} if late else {**query, 'late': '1'})}",
        "older_url": f"{address}?{urlencode({**query, 'after': page.older_key})}" if page.older_key else "",
        "live_after": live_after(),
    }
    return render(request, "desk/tasks.html", context)


@desk_page("GET")
def task(request: HttpRequest, actor: Actor, task_id: int) -> HttpResponse:
    """Show one task: what is needed, of which case, by when, and the ways to answer."""
    return _shown(request, actor, task_of(task_id, actor=actor))


@desk_page("POST")
def task_assignee(request: HttpRequest, actor: Actor, task_id: int) -> HttpResponse:
    """Take a task, or say who of the team does it."""

    def act(row: Task) -> None:
        person = receiver_of(f"staff-{request.POST.get('assignee') or actor.staff_id}")
        if not isinstance(person, Staff):
            raise NotFound
        actions.take_task(task=row, to=person, by=actor, at=now())

    return _done(request, actor, task_id, act)


@desk_page("POST")
def task_result(request: HttpRequest, actor: Actor, task_id: int) -> HttpResponse:
    """Answer a task with words and files."""

    def act(row: Task) -> None:
        form = WordsForm(request.POST, request.FILES)
        values = form.checked()
        if not may_answer(row, actor):
            actions.answer_task(task=row, text=values["text"], by=actor, at=now())  # refuses, before files are kept
        files = [
            store_bytes(file.read(), name=file.name or "", content_type=file.content_type or "")
            for file in values["files"]
        ]
        actions.answer_task(task=row, text=values["text"], attachments=files, by=actor, at=now())

    return _done(request, actor, task_id, act)


@desk_page("POST")
def task_refusal(request: HttpRequest, actor: Actor, task_id: int) -> HttpResponse:
    """Say that it cannot be done, and why."""

    def act(row: Task) -> None:
        actions.refuse_task(task=row, reason=request.POST.get("reason", "")[:4000], by=actor, at=now())

    return _done(request, actor, task_id, act)


@desk_page("POST")
def task_withdrawal(request: HttpRequest, actor: Actor, task_id: int) -> HttpResponse:
    """Take a task back that is no longer needed."""
    return _done(request, actor, task_id, lambda row: actions.withdraw_task(task=row, by=actor, at=now()) and None)


def _done(request: HttpRequest, actor: Actor, task_id: int, act: Callable[[Task], None]) -> HttpResponse:
    row = task_of(task_id, actor=actor)
    try:
        act(row)
    except Refusal as refusal:
        return _shown(request, actor, task_of(task_id, actor=actor), refusal=refusal)
    return redirect("task", task_id=task_id)


def _shown(request: HttpRequest, actor: Actor, row: Task, *, refusal: Refusal | None = None) -> HttpResponse:
    me = Staff.objects.filter(pk=actor.staff_id).first()
    sees_case = Case.objects.visible_to(actor).filter(pk=row.case_id).exists()
    answers = may_answer(row, actor)
    context: dict[str, Any] = {
        "task": row,
        "refusal": refusal,
        "posted": request.POST,
        "sees_case": sees_case,
        "is_late": row.is_open and row.due_at < now(),
        "may_answer": answers,
        "may_take": answers and row.assignee_id is None,
        "may_withdraw": row.is_open and may_withdraw(row, actor),
        "people": [one for one in team_people(row) if one.pk != row.assignee_id and me and may_assign(row, one, actor)]
        if row.is_open
        else [],
    }
    return render(request, "desk/task.html", context, status=refusal.status if refusal else 200)
