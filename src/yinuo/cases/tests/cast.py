"""The cast of tests, demo and documents: Wang and Li are customers; Chen is an agent, Zhou leads, Zhao keeps quality.

The after-sales team works Monday to Friday 09:00–12:00 and 13:00–18:00 in Shanghai. One standard fits everything:
first response within 2 open hours, next answer 4, next update 8, resolution 24.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from yinuo.access.actions import add_account, grant_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.actions import Opened, open_case
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case
from yinuo.customers.models import Customer, Tier
from yinuo.foundation.models import Calendar
from yinuo.organisation.models import Department, Region, Staff, Team, TeamMembership
from yinuo.standards.actions import Conditions, StandardTimes, add_standard, save_calendar

BEGINNING = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
OFFICE_HOURS = {
    "zone": "Asia/Shanghai",
    "weeks": [{"hours": {"mon-fri": {"open": ["09:00-12:00", "13:00-18:00"]}}}],
}


def actor_of(staff: Staff) -> Actor:
    """Return the actor for a member of staff with the roles they have now."""
    return staff.account.as_actor()


@dataclass
class House:
    """The small company in which tests play."""

    department: Department
    other_department: Department
    region: Region
    team: Team
    other_team: Team
    calendar: Calendar
    chen: Staff
    zhou: Staff
    zhao: Staff
    admin: Staff
    wang: Customer
    li: Customer
    opened: list[Opened] = field(default_factory=list)

    def open(self, *, at: datetime, customer: Customer | None = None, text: str = "洗衣机漏水", **more) -> Case:
        """Open a case for Wang with Chen, by mail."""
        more = {"team": self.team, "owner": self.chen, "owner_reason": "first contact", "channel": "mail"} | more
        opened = open_case(
            customer=customer or self.wang,
            first=FirstMessage(text=text, subject=more.pop("subject", text), said_at=at, **more.pop("first", {})),
            by=more.pop("by", SYSTEM),
            at=at,
            **more,
        )
        self.opened.append(opened)
        return Case.objects.get(pk=opened.case_id)


def _staff(username: str, name: str, role: Role, department: Department, region: Region) -> Staff:
    account = add_account(
        username=username,
        name=name,
        email=f"{username}@henuan.example",
        password="test-password-1",
        by=SYSTEM,
        at=BEGINNING,
    )
    grant_role(account=account, role=role, by=SYSTEM, at=BEGINNING)
    return Staff.objects.create(account=account, name=name, department=department, region=region, languages=["zh-hans"])


@pytest.fixture
def house(db) -> House:
    return build_house()


def build_house() -> House:
    """Make the small company; programs that tests start call this too."""
    region = Region.objects.create(code="east", name_zh="华东", name_en="East")
    department = Department.objects.create(code="service", name_zh="客户服务部", name_en="Customer service")
    logistics = Department.objects.create(code="logistics", name_zh="物流部", name_en="Logistics")
    hours = save_calendar(
        code="office",
        name_zh="办公时间",
        name_en="Office hours",
        definition=OFFICE_HOURS,
        is_default=True,
        by=SYSTEM,
        at=BEGINNING,
    )
    add_standard(
        code="basic",
        name_zh="基本标准",
        name_en="Basic",
        conditions=Conditions(),
        times=StandardTimes(120, 240, 480, 1440, Decimal("0.75")),
        calendar=hours.calendar,
        by=SYSTEM,
        at=BEGINNING,
    )
    team = Team.objects.create(
        code="aftersales", name_zh="售后组", name_en="After-sales", department=department, is_fallback=True
    )
    other = Team.objects.create(code="delivery", name_zh="配送组", name_en="Delivery", department=logistics)
    people = {
        "chen": _staff("chen", "陈晨", Role.AGENT, department, region),
        "zhou": _staff("zhou", "周敏", Role.TEAM_LEADER, department, region),
        "zhao": _staff("zhao", "赵宁", Role.QUALITY_MANAGER, department, region),
        "admin": _staff("admin", "管理员", Role.ADMINISTRATOR, department, region),
    }
    for username in ("chen", "zhou"):
        TeamMembership.objects.create(staff=people[username], team=team, is_leader=username == "zhou")
    wang = Customer.objects.create(name="王丽", tier=Tier.PLATINUM, region=region, created_at=BEGINNING)
    li = Customer.objects.create(name="李强", tier=Tier.STANDARD, region=region, created_at=BEGINNING)
    return House(department, logistics, region, team, other, hours.calendar, **people, wang=wang, li=li)
