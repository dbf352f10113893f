"""Asking another team, or a colleague, for a piece of a case. See docs/rules/tasks.md."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases import actions
from yinuo.cases.actions.tasks import ASK_PERMISSION
from yinuo.cases.forms import TaskForm
from yinuo.cases.models import Case
from yinuo.desk.pages.handing import shown_receivers
from yinuo.foundation.acts import case_act
from yinuo.organisation.queries import our_zone

from .handoffs import receiver_chosen


@case_act(
    "ask-task",
    label=gettext_lazy("Ask another team …"),
    submit=gettext_lazy("Ask for it"),
    icon="clipboard-list",
    order=16,
    permission=ASK_PERMISSION,
    template="desk/acts/ask_task.html",
    offered=lambda case, _actor: case.is_open,
    shown=lambda case, actor, _at: {
        "receivers": shown_receivers(case, actor, words="", with_teams=True, with_owner=False)
    },
    shortcut="t",
)
def ask_task(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Ask for a piece of the case; the case stays with its owner."""
    values = TaskForm(request.POST).checked()
    to = receiver_chosen(case, values, actor, with_teams=True)
    actions.ask_task(
        case=case,
        to=to,
        needed=values["needed"],
        is_blocking=values["is_blocking"],
        due_at=_instant(values["due"], our_zone()),
        by=actor,
        at=at,
    )


def _instant(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return what was typed as a time of the house, as an instant."""
    return local.replace(tzinfo=zone) if local else None
