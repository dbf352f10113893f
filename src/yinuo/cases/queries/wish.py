"""Which cases a queue shall hold, and in which order: values from an address, made a query.

A view is a question somebody asks many times a day; filters narrow it. Everything begins at `visible_to`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yinuo.access.actors import Actor
from yinuo.cases.models import (
    ENDED,
    UNANSWERED_SINCE,
    URGENCY,
    Case,
    CaseState,
    EscalationTelling,
    Incident,
    IncidentState,
    Mention,
    Watch,
)
from yinuo.cases.models.case import offered_case_ids
from yinuo.customers.models import VIP_TIERS
from yinuo.organisation.models import Presence, Staff, TeamMembership

from .following import follow_ups_until_tonight
from .listing import with_words

SOON = timedelta(hours=2)
# The order of each list: what it goes by, and whether the smallest comes first. The first is the usual one.
ORDERS: dict[str, tuple[Any, bool]] = {
    "due": (URGENCY, True),
    "unanswered": (UNANSWERED_SINCE, True),
    "message": (F("last_message_at"), False),
    "opened": (F("opened_at"), False),
    "closed": (F("closed_at"), False),
}
OPEN_ORDERS = ("due", "unanswered", "message", "opened")
ORDERS_OF_VIEW = {
    "followups": ("message", "opened"),
    "watched": ("message", "opened"),
    "closed": ("closed", "opened"),
    "solved": ("closed", "opened"),
    "found": ("opened",),
}


@dataclass(frozen=True)
class QueueWish:
    """Which cases are wanted. Empty filters let everything pass; words must all occur in subject, name or number.

    view: one of VIEWS; `found` is every case the person may see, open or closed, for searching. order: one of ORDERS;
    one that the view does not have counts as its usual one. opened_from, opened_until: days of the house, both within.
    after, before: keys of rows, from QueuePage.
    """

    view: str = "mine"
    channel: str = ""
    case_class: str = ""
    tier: str = ""
    language: str = ""
    team: int | None = None
    owner: int | None = None
    opened_from: date | None = None
    opened_until: date | None = None
    words: str = ""
    order: str = ""
    after: str = ""
    before: str = ""

    @property
    def is_open_view(self) -> bool:
        return self.view not in ORDERS_OF_VIEW

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders this view can be had in, the usual one first."""
        if self.view in {"closed", "solved"} and (self.opened_from or self.opened_until):
            # In another order, days long past would be looked for among all that was ever closed.
            return ("opened",)
        return ORDERS_OF_VIEW.get(self.view, OPEN_ORDERS)

    @property
    def chosen_order(self) -> str:
        return self.order if self.order in self.orders else self.orders[0]


def wished_cases(wish: QueueWish, *, actor: Actor, at: datetime) -> QuerySet[Case]:
    """Return the cases wished for, in no order, each with `sort_at`: what its order goes by."""
    cases = Case.objects.visible_to(actor)
    if wish.is_open_view:
        cases = cases.open()
    cases = VIEWS[wish.view](cases, actor, at)
    cases = cases.filter(*_filters(wish)).annotate(sort_at=ORDERS[wish.chosen_order][0])
    return with_words(cases, wish.words)


def _filters(wish: QueueWish) -> list[Q]:
    exact = {
        "channel": wish.channel,
        "case_class": wish.case_class,
        "tier": wish.tier,
        "language": wish.language,
        "team_id": wish.team,
        "owner_id": wish.owner,
    }
    filters = [Q(**{name: value}) for name, value in exact.items() if value]
    if wish.opened_from:
        filters.append(Q(opened_at__gte=_midnight(wish.opened_from)))
    if wish.opened_until:
        filters.append(Q(opened_at__lt=_midnight(wish.opened_until + timedelta(days=1))))
    return filters


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())


def _mine(cases: QuerySet[Case], actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(owner_id=actor.staff_id)


def _of_my_teams(cases: QuerySet[Case], actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(team__in=TeamMembership.objects.filter(staff_id=actor.staff_id).values("team_id"))


def _at_risk(cases: QuerySet[Case], _actor: Actor, at: datetime) -> QuerySet[Case]:
    return cases.annotate(urgency=URGENCY).filter(urgency__lte=at + SOON)


def _vip(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(tier__in=VIP_TIERS)


def _waiting(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(waiting_since__isnull=False)


def _mentioning_me(cases: QuerySet[Case], actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(pk__in=Mention.objects.filter(staff_id=actor.staff_id).values("message__case_id"))


def _escalated_to_me(cases: QuerySet[Case], actor: Actor, _at: datetime) -> QuerySet[Case]:
    mine = EscalationTelling.objects.filter(staff_id=actor.staff_id, is_open=True)
    return cases.filter(pk__in=mine.values("escalation__case_id"))


def _in_an_incident(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    running = Incident.objects.filter(state=IncidentState.OPEN)
    return cases.filter(Q(incident_part__incident__in=running) | Q(incident__in=running))


def _owner_away(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    """An open case always has an owner; what can happen is that the owner is not at work."""
    gone = Q(presence__in=[Presence.AWAY, Presence.OFFLINE]) | Q(left_at__isnull=False)
    return cases.filter(owner__in=Staff.objects.filter(gone).values("pk"))


def _waiting_for_tasks(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(blocking_task_count__gte=1)


def _offered_to_me(cases: QuerySet[Case], actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(pk__in=offered_case_ids(actor.staff_id))


def _ended(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(state__in=ENDED)


def _followed_up(cases: QuerySet[Case], actor: Actor, at: datetime) -> QuerySet[Case]:
    return cases.filter(pk__in=follow_ups_until_tonight(actor.staff_id, at=at).values("case_id"))


def _watched(cases: QuerySet[Case], actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(pk__in=Watch.objects.filter(staff_id=actor.staff_id).values("case_id"))


def _solved(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases.filter(state=CaseState.SOLVED)


def _all(cases: QuerySet[Case], _actor: Actor, _at: datetime) -> QuerySet[Case]:
    return cases


VIEWS: dict[str, Callable[[QuerySet[Case], Actor, datetime], QuerySet[Case]]] = {
    "mine": _mine,
    "team": _of_my_teams,
    "offered": _offered_to_me,
    "tasks": _waiting_for_tasks,
    "risk": _at_risk,
    "vip": _vip,
    "waiting": _waiting,
    "mentions": _mentioning_me,
    "escalated": _escalated_to_me,
    "incident": _in_an_incident,
    "all": _all,
    "away": _owner_away,
    "followups": _followed_up,
    "watched": _watched,
    "solved": _solved,
    "closed": _ended,
    "found": _all,
}
