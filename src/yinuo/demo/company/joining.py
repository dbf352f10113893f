"""Cases of the demo that belong together: one merged, one merged by mistake and parted, one split, an incident."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Count, Q

from yinuo.access.actors import Actor
from yinuo.cases.actions import (
    add_to_incident,
    decide_incident,
    merge_cases,
    propose_incident,
    split_case,
    undo_merge,
)
from yinuo.cases.models import Case, CaseQuerySet, Incident, MessageKind
from yinuo.demo.company.values import COMPANY_ZONE
from yinuo.desk.actions import carry_on_due_runs, start_broadcast
from yinuo.organisation.models import Staff

_BEFORE = timedelta(minutes=20)
_FEWEST = 4


@transaction.atomic
def join_some_cases(*, ends_at: datetime) -> None:
    """Join some of the open cases as people would have shortly before the demo begins; once."""
    at = ends_at - _BEFORE
    leader = Staff.objects.filter(account__username="zhou").select_related("account").first()
    if leader is None or Incident.objects.exists():
        return
    by = leader.account.as_actor()
    # Of them nobody said anything since, so that what is told here is the newest there.
    cases = Case.objects.visible_to(by).open().filter(last_message_at__lt=at).exclude(owner=None)
    _merge(list(cases.order_by("customer_id", "pk").select_related("customer")), by=by, at=at)
    _split(cases, by=by, at=at)
    _incident(cases, by=by, at=at)


def _merge(cases: Sequence[Case], *, by: Actor, at: datetime) -> None:
    pairs = [(one, other) for one, other in pairwise(cases) if one.customer_id == other.customer_id]
    for place, (target, source) in enumerate(pairs[:3:2]):
        reason = "客户就同一件事又来信" if place == 0 else "看起来是同一台机器"
        done = merge_cases(source=source, target=target, reason=reason, by=by, at=at)
        if place:
            undo_merge(merge=done, by=by, at=at + timedelta(minutes=5))


def _split(cases: CaseQuerySet, *, by: Actor, at: datetime) -> None:
    # A case is numbered by the day of its first message, and of the days before all numbers are taken.
    midnight = at.astimezone(COMPANY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(messages__kind=MessageKind.CUSTOMER, messages__stored_at__gte=midnight)
    case = cases.filter(today, message_count__gte=2).order_by("-opened_at").first()
    if case is None or case.owner is None:
        return
    last = case.messages.filter(kind=MessageKind.CUSTOMER).order_by("-stored_at")[0]
    split_case(
        case=case,
        message_ids=[last.pk],
        subject=last.text[:40],
        team=case.team,
        owner=case.owner,
        owner_reason="split: the same owner",
        by=by,
        at=at,
    )


def _incident(cases: CaseQuerySet, *, by: Actor, at: datetime) -> None:
    categories = cases.exclude(category="").values_list("category").annotate(count=Count("pk")).order_by("-count")
    alike = list(cases.filter(category=categories[0][0]).order_by("-opened_at")[:7]) if categories else []
    if len(alike) < _FEWEST:
        # A small demo has few open cases: the newest of all stand for those of one kind.
        alike = list(cases.order_by("-opened_at")[:_FEWEST])
    if len(alike) < _FEWEST:
        return
    parent, parts = alike[0], alike[1:]
    incident = propose_incident(
        case=parent, summary="多位客户几乎同时来信，疑似同一批次的零件有缺陷，已请质量部核实。", by=by, at=at
    )
    decide_incident(incident=incident, approved=True, reason="多位客户描述一致", by=by, at=at + timedelta(minutes=1))
    add_to_incident(incident=incident, cases=parts, by=by, at=at + timedelta(minutes=2))
    told_at = at + timedelta(minutes=3)
    start_broadcast(
        incident=incident,
        text="您好，我们发现同一批次的零件可能有问题，正在逐台核实，最迟明天告诉您结果。给您添麻烦了，非常抱歉。",
        text_en="Parts of one batch may be faulty. We check each of them and tell you by tomorrow. We are sorry.",
        by=by,
        at=told_at,
    )
    carry_on_due_runs(at=told_at + timedelta(seconds=15))
