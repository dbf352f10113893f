"""A scene of owners: an offer that waits, one that came back, a case handed to and fro, stopped and decided, and tasks.

It plays on open cases of the newest days, so that the demo opens with something to accept, to decide and to answer.
"""

from datetime import datetime, timedelta
from itertools import islice

from yinuo.access.actors import Actor
from yinuo.cases.actions import (
    accept_handoff,
    answer_task,
    ask_task,
    break_due_promises,
    decide_owner,
    offer_handoff,
    refuse_handoff,
    refuse_task,
)
from yinuo.cases.models import Case
from yinuo.demo.filling.cast import Cast
from yinuo.organisation.models import Staff

_CASES_NEEDED = 8
# Those who own cases of the scene at first; nobody of them is asked or offered anything in it.
_FRONT = ("mail", "english", "hotline", "vip")
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def play_owners(cast: Cast, *, at: datetime) -> None:
    """Hand some cases over, and ask others for parts of some. The fallback team, which zhou leads, is the centre."""
    chen = cast.staff["chen"]
    mine = Case.objects.open().filter(owner=chen, opened_at__lt=at - 4 * _HOUR, last_message_at__lt=at - 10 * _MINUTE)
    front = Staff.objects.filter(memberships__team__code__in=_FRONT).exclude(pk=chen.pk)
    theirs = Case.objects.open().filter(
        opened_at__lt=at - 4 * _HOUR, last_message_at__lt=at - 10 * _MINUTE, owner__in=front
    )
    cases = list(islice([*mine.order_by("-opened_at"), *theirs.order_by("-opened_at")], _CASES_NEEDED))
    for case, scene in zip(cases, _SCENES, strict=False):
        scene(case, cast, at)
    break_due_promises(at=at)


def _waits_for_an_answer(case: Case, cast: Cast, at: datetime) -> None:
    offer_handoff(case=case, to=cast.teams["repair"], reason="需要安排上门，请接手", by=_owner(case), at=at - _MINUTE)


def _came_back(case: Case, cast: Cast, at: datetime) -> None:
    start = at - 3 * _HOUR
    offer_handoff(case=case, to=cast.staff["jianglan"], reason="客户想退货", by=_owner(case), at=start)
    refuse_handoff(case=case, reason="已过七天，按维修处理", by=cast.actors["jianglan"], at=start + _MINUTE)


def _is_held(case: Case, cast: Cast, at: datetime) -> None:
    giver, start = case.owner, at - 2 * _HOUR
    offer_handoff(case=case, to=cast.staff["yelin"], reason="一直没有送到", by=_owner(case), at=start)
    accept_handoff(case=case, by=cast.actors["yelin"], at=start + _MINUTE)
    case.refresh_from_db()
    assert giver is not None  # an open case has an owner
    offer_handoff(case=case, to=giver, reason="已签收，是安装问题", by=_owner(case), at=start + 2 * _MINUTE)


def _was_decided(case: Case, cast: Cast, at: datetime) -> None:
    _is_held(case, cast, at - _HOUR)
    case.refresh_from_db()
    decide_owner(
        case=case,
        to=cast.staff["liangbo"],
        reason="先上门装好，再谈补偿",
        review_on=(at + timedelta(days=3)).date(),
        by=cast.actors["zhou"],
        at=at - _HOUR,
    )


def _asks_and_waits(case: Case, cast: Cast, at: datetime) -> None:
    ask_task(
        case=case, to=cast.teams["parts"], needed="滤芯 C3 华东仓还有多少？最快哪天发？", by=_owner(case), at=at - _HOUR
    )


def _asks_in_vain(case: Case, cast: Cast, at: datetime) -> None:
    ask_task(
        case=case,
        to=cast.teams["delivery"],
        needed="请查物流单，包裹停在哪里？",
        due_at=at - _HOUR,
        by=_owner(case),
        at=at - 3 * _HOUR,
    )


def _is_refused(case: Case, cast: Cast, at: datetime) -> None:
    task = ask_task(case=case, to=cast.teams["refunds"], needed="请先退 200 元", by=_owner(case), at=at - 3 * _HOUR)
    refuse_task(task=task, reason="没有退货单，不能退款；请先登记退货", by=cast.actors["panrui"], at=at - 2 * _HOUR)


def _is_answered(case: Case, cast: Cast, at: datetime) -> None:
    task = ask_task(case=case, to=cast.teams["invoices"], needed="发票开好了吗？", by=_owner(case), at=at - 2 * _HOUR)
    answer_task(task=task, text="已开，今天发到客户邮箱", by=cast.actors["shiyun"], at=at - 1.5 * _HOUR)


_SCENES = (
    _is_held,
    _asks_and_waits,
    _waits_for_an_answer,
    _asks_in_vain,
    _is_refused,
    _was_decided,
    _came_back,
    _is_answered,
)


def _owner(case: Case) -> Actor:
    assert case.owner is not None  # an open case has an owner
    return case.owner.account.as_actor()
