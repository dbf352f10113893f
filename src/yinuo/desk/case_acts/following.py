"""Being reminded of a case, and following one that is somebody else's."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.cases import actions
from yinuo.cases.forms import ActForm
from yinuo.cases.models import Case
from yinuo.cases.queries import suggested_colleagues
from yinuo.cases.queries.following import is_watched_by
from yinuo.foundation.acts import case_act
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Staff
from yinuo.organisation.queries import our_zone

_MORNING = time(9)
WHEN = {
    "hours": _("In two hours"),
    "tomorrow": _("Tomorrow at 9:00"),
    "days": _("In three days at 9:00"),
    "week": _("In a week at 9:00"),
    "chosen": _("At the time below"),
}
_DAYS = {"tomorrow": 1, "days": 3, "week": 7}


class FollowUpForm(ActForm):
    """When, for whom, and of what somebody is to be reminded. The typed time is on the house's clock."""

    when = forms.ChoiceField(choices=[(code, code) for code in WHEN])
    chosen = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    staff = forms.IntegerField(min_value=1, required=False)
    words = forms.CharField(max_length=300, required=False)

    def due_at(self, at: datetime) -> datetime:
        """Return the instant that was chosen; one that is missing is `at`, which no follow-up can have."""
        values = self.checked()
        local = at.astimezone(our_zone())
        if values["when"] == "hours":
            return at + timedelta(hours=2)
        if values["when"] in _DAYS:
            day = local.date() + timedelta(days=_DAYS[values["when"]])
            return datetime.combine(day, _MORNING, tzinfo=our_zone())
        chosen: datetime | None = values["chosen"]
        return chosen.replace(tzinfo=our_zone()) if chosen else at


class FollowUpIdForm(ActForm):
    follow_up = forms.IntegerField(min_value=1)


class WatcherForm(ActForm):
    staff = forms.IntegerField(min_value=1)


def _people(case: Case, actor: Actor, _at: datetime) -> Mapping[str, Any]:
    return {"people": suggested_colleagues(case, words="", actor=actor), "when": WHEN.items()}


@case_act(
    "follow-up",
    label=_("Follow up …"),
    submit=_("Remind"),
    icon="calendar-time",
    order=80,
    permission="cases.note",
    template="desk/acts/follow_up.html",
    shown=_people,
)
def follow_up(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Plan a reminder, one's own or a colleague's."""
    form = FollowUpForm(request.POST)
    values = form.checked()
    staff = _staff(values["staff"] or actor.staff_id, actor)
    due_at = form.due_at(at)
    actions.plan_follow_up(case=case, staff=staff, due_at=due_at, words=values["words"], by=actor, at=at)


@case_act(
    "follow-up-done",
    label=_("Done"),
    icon="check",
    order=80,
    permission="cases.note",
    template="desk/acts/follow_up_done.html",
    offered=lambda _case, _actor: False,  # It stands in the panel, one click away.
)
def follow_up_done(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Say that a follow-up is done."""
    follow_up_id = FollowUpIdForm(request.POST).checked()["follow_up"]
    actions.end_follow_up(follow_up_id=follow_up_id, case=case, by=actor, at=at)


@case_act(
    "follow-up-later",
    label=_("Tomorrow"),
    icon="clock-pause",
    order=80,
    permission="cases.note",
    template="desk/acts/follow_up_done.html",
    offered=lambda _case, _actor: False,
)
def follow_up_later(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Put a follow-up off until tomorrow morning."""
    follow_up_id = FollowUpIdForm(request.POST).checked()["follow_up"]
    due_at = FollowUpForm({"when": "tomorrow"}).due_at(at)
    actions.move_follow_up(follow_up_id=follow_up_id, case=case, due_at=due_at, by=actor, at=at)


@case_act(
    "watch",
    label=_("Watch"),
    icon="eye",
    order=81,
    permission="cases.view",
    template="desk/acts/watch.html",
    offered=lambda case, actor: case.owner_id != actor.staff_id and not is_watched_by(case, actor.staff_id),
)
def watch(case: Case, actor: Actor, at: datetime, _request: HttpRequest) -> None:
    """Follow the case oneself."""
    actions.watch_case(case=case, staff=_staff(actor.staff_id, actor), by=actor, at=at)


@case_act(
    "unwatch",
    label=_("Stop watching"),
    icon="eye-off",
    order=81,
    permission="cases.view",
    template="desk/acts/unwatch.html",
    offered=lambda case, actor: case.owner_id != actor.staff_id and is_watched_by(case, actor.staff_id),
)
def unwatch(case: Case, actor: Actor, at: datetime, _request: HttpRequest) -> None:
    """Follow the case no longer."""
    actions.unwatch_case(case=case, staff=_staff(actor.staff_id, actor), by=actor, at=at)


@case_act(
    "add-watcher",
    label=_("Let a colleague watch …"),
    submit=_("Let them watch"),
    icon="user-plus",
    order=82,
    permission="cases.note",
    template="desk/acts/add_watcher.html",
    shown=_people,
)
def add_watcher(case: Case, actor: Actor, at: datetime, request: HttpRequest) -> None:
    """Let a colleague follow the case."""
    staff = _staff(WatcherForm(request.POST).checked()["staff"], actor)
    actions.watch_case(case=case, staff=staff, by=actor, at=at)


def _staff(staff_id: int | None, actor: Actor) -> Staff:
    found = Staff.objects.visible_to(actor).working().filter(pk=staff_id).first()
    if found is None:
        raise NotFound
    return found
