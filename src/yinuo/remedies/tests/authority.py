"""The authority of the small company, and shortcuts for what its people do with it.

Chen may refund 200 on a case, 600 a day, 3,000 a month, and give one free visit a case, two a day, ten a month. Zhou
may refund 1,000, 5,000, 20,000. The administrator may refund 10,000, 20,000, 50,000. From 3,000 on two approve. An
approval takes two open hours at most.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from yinuo.access.actions import add_account, grant_role
from yinuo.access.roles import Role
from yinuo.cases.models import Case
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.organisation.models import Presence, Staff, TeamMembership
from yinuo.remedies.actions import LimitOf, Wish, grant_remedy, set_limit, set_policy
from yinuo.remedies.models import Remedy
from yinuo.remedies.rules import Figures

# Monday 2 November 2026, 09:00 in Shanghai; the office opens.
MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def after(hours: float, minutes: float = 0) -> datetime:
    """Return an instant counted from Monday 09:00."""
    return MONDAY + timedelta(hours=hours, minutes=minutes)


def figures(case: int, day: int, month: int) -> Figures:
    return Figures(Decimal(case), Decimal(day), Decimal(month))


@dataclass
class Authority:
    house: House
    wu: Staff
    sun: Staff

    def refund(self, case: Case, amount: str, *, by: Staff | None = None, at: datetime = MONDAY, **more) -> Remedy:
        """Let somebody, Chen unless said otherwise, refund so much on a case."""
        wish = Wish(kind="refund", reason="defect", amount=Decimal(amount), **more)
        return grant_remedy(case=case, wish=wish, by=actor_of(by or self.house.chen), at=at)


@pytest.fixture
def authority(house: House) -> Authority:
    return build_authority(house)


def build_authority(house: House) -> Authority:
    """Give the small company its authority: Chen and Sun are agents, Zhou and Wu lead, the administrator is above."""
    people = {
        "wu": _colleague(house, "wu", "吴刚", Role.TEAM_LEADER),
        "sun": _colleague(house, "sun", "孙悦", Role.AGENT),
    }
    Staff.objects.update(presence=Presence.AVAILABLE, presence_since=BEGINNING)
    limits = {
        ("agent", "refund", "CNY"): figures(200, 600, 3000),
        ("agent", "free_visit", ""): figures(1, 2, 10),
        ("agent", "apology", ""): figures(5, 50, 500),
        ("team_leader", "refund", "CNY"): figures(1000, 5000, 20000),
        ("administrator", "refund", "CNY"): figures(10000, 20000, 50000),
    }
    for (role, kind, currency), most in limits.items():
        set_limit(
            of=LimitOf(role, kind, currency),
            figures=most,
            effective_on=BEGINNING.date(),
            by=SYSTEM,
            at=BEGINNING,
        )
    set_policy(approval_minutes=120, two_from=Decimal(3000), effective_on=BEGINNING.date(), by=SYSTEM, at=BEGINNING)
    return Authority(house, **people)


def _colleague(house: House, username: str, name: str, role: Role) -> Staff:
    account = add_account(
        username=username,
        name=name,
        email=f"{username}@henuan.example",
        password="test-password-1",
        by=SYSTEM,
        at=BEGINNING,
    )
    grant_role(account=account, role=role, by=SYSTEM, at=BEGINNING)
    staff = Staff.objects.create(
        account=account, name=name, department=house.department, region=house.region, languages=["zh-hans"]
    )
    TeamMembership.objects.create(staff=staff, team=house.team, is_leader=False)
    return staff
