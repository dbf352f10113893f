"""What the people of Henuan may give, and remedies of the last hour: given, approved, waiting, refused, reversed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Q

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.organisation.models import Staff, Team
from yinuo.remedies.actions import (
    LimitOf,
    Wish,
    approve_remedy,
    deliver_remedy,
    grant_remedy,
    refuse_remedy,
    reverse_remedy,
    set_budget,
    set_limit,
    set_policy,
)
from yinuo.remedies.models import Remedy
from yinuo.remedies.rules import Figures

_DEMO = Actor.system("demo")
# role, kind, currency: on a case, in a day, in a month.
_LIMITS = (
    ("agent", "refund", "CNY", 200, 600, 3000),
    ("agent", "voucher", "CNY", 100, 500, 2000),
    ("agent", "deposit_waiver", "CNY", 100, 500, 2000),
    ("agent", "free_visit", "", 1, 3, 20),
    ("agent", "apology", "", 5, 50, 500),
    ("team_leader", "refund", "CNY", 1000, 5000, 20000),
    ("team_leader", "voucher", "CNY", 500, 3000, 10000),
    ("team_leader", "deposit_waiver", "CNY", 500, 3000, 10000),
    ("team_leader", "free_visit", "", 2, 10, 60),
    ("team_leader", "replacement", "", 1, 5, 30),
    ("team_leader", "apology", "", 5, 50, 500),
    ("administrator", "refund", "CNY", 10000, 30000, 100000),
    ("administrator", "voucher", "CNY", 3000, 10000, 50000),
    ("administrator", "deposit_waiver", "CNY", 3000, 10000, 50000),
    ("administrator", "replacement", "", 2, 20, 100),
    ("administrator", "free_visit", "", 3, 30, 200),
)
_TWO_FROM = Decimal(3000)
_BUDGET = Decimal(8000)
_SCENES = 6
# So that nothing of the scene lies before what was said on its case.
_QUIET_FOR = timedelta(minutes=30)


def give_authority(at: datetime, *, effective_on: date) -> None:
    """Store who may give what from the first day on, the policy, and a budget for Chen's team."""
    for role, kind, currency, *most in _LIMITS:
        figures = Figures(*map(Decimal, most))
        set_limit(of=LimitOf(role, kind, currency), figures=figures, effective_on=effective_on, by=_DEMO, at=at)
    set_policy(approval_minutes=120, two_from=_TWO_FROM, effective_on=effective_on, by=_DEMO, at=at)
    team = Team.objects.filter(memberships__staff__account__username="chen").order_by("pk").first()
    if team is not None:
        set_budget(team=team, from_month=effective_on, amount=_BUDGET, over="approve", by=_DEMO, at=at)


def give_remedies(*, ends_at: datetime) -> None:
    """Let Chen give a few things on running cases, and Zhou decide on what is above Chen's authority."""
    chen, zhou = (Staff.objects.select_related("account").get(account__username=name) for name in ("chen", "zhou"))
    agent, leader = chen.account.as_actor(), zhou.account.as_actor()
    quiet = Case.objects.visible_to(agent).filter(last_message_at__lt=ends_at - _QUIET_FOR)
    # Chen's own before those of colleagues, running ones before closed ones.
    near = quiet.annotate(is_own=ExpressionWrapper(Q(owner=chen), BooleanField()))
    cases = list(near.order_by("-is_own", "-state", "-opened_at", "-pk")[:_SCENES])
    if len(cases) < _SCENES:
        return
    at = ends_at - _QUIET_FOR

    def ask(number: int, kind: str, amount: int | None, reason: str, note: str = "") -> Remedy:
        wish = Wish(kind=kind, reason=reason, amount=None if amount is None else Decimal(amount), note=note)
        return grant_remedy(case=cases[number], wish=wish, by=agent, at=at + timedelta(minutes=number))

    paid = ask(0, "refund", 80, "trouble")
    deliver_remedy(remedy=paid, evidence="TK-20418", by=agent, at=at + timedelta(minutes=20))
    ask(1, "free_visit", None, "broken_promise")
    above = ask(2, "refund", 560, "defect", "第三次上门仍未修好，客户要求退还部分货款。")
    approve_remedy(remedy=above, by=leader, at=at + timedelta(minutes=9))
    too_much = ask(3, "voucher", 450, "goodwill", "客户说要发到网上。")
    refuse_remedy(remedy=too_much, reason="没有过失，先把情况解释清楚。", by=leader, at=at + timedelta(minutes=12))
    twice = ask(4, "voucher", 50, "wrong_word")
    reverse_remedy(remedy=twice, reason="同一件事已退款，重复了。", by=leader, at=at + timedelta(minutes=15))
    ask(5, "refund", 320, "damage", "安装时划伤了橱柜门，照片在工单里。")
