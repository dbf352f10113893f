"""The company itself: departments, teams, people, calendars, standards, mailboxes, products."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from django.contrib.auth.hashers import make_password

from yinuo.access.actions import grant_role
from yinuo.access.actors import Actor
from yinuo.access.models import Account
from yinuo.access.roles import Role
from yinuo.demo.company import organisation, products, standards, values
from yinuo.demo.company.answers import ANSWERS
from yinuo.demo.company.categories import CATEGORIES
from yinuo.demo.company.duty import on_duty
from yinuo.demo.company.organisation import STAFF, TEAM_BY_CODE
from yinuo.demo.company.remedies import give_authority
from yinuo.demo.company.values import COMPANY_ZONE
from yinuo.demo.company.values import Staff as InventedStaff
from yinuo.demo.filling.wish import Wish
from yinuo.desk.actions import CannedDraft, save_canned_answer
from yinuo.entitlements.actions import ProductDetails, add_product
from yinuo.foundation.calendars import DayHours, china_public_calendar
from yinuo.foundation.models import Calendar
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox
from yinuo.intake.mail.transport.maildir import make_maildir
from yinuo.organisation.actions import (
    Names,
    Ourselves,
    StaffDetails,
    add_staff,
    change_presence,
    describe_organisation,
    join_team,
    plan_shift,
    save_department,
    save_post,
    save_region,
    save_skill,
    save_team,
    set_skills,
)
from yinuo.organisation.models import Department, Post, Presence, Region, Skill, Staff, Team
from yinuo.routing.actions import CategoryDraft, save_category
from yinuo.standards.actions import (
    USUAL_RUNGS,
    Conditions,
    PledgeTerms,
    PledgeWords,
    StandardTimes,
    add_pledge,
    add_standard,
    publish_pledge,
    save_calendar,
    save_ladder,
)

DEMO = Actor.system("demo")
# Everybody's; printed by the command and good for nothing else.
PASSWORD = "yinuo-demo"  # noqa: S105 - printed on purpose
# People who are at their desks whenever somebody looks at the demo.
_ALWAYS_THERE = {"chen", "zhou", "zhao", "admin", "analyst", "grace", "sunyue"}
_LANGUAGES = {"zh": "zh-hans", "en": "en"}
# Agents and leaders work within their department, the others see the whole house.
_SCOPED_ROLES = {Role.AGENT, Role.TEAM_LEADER}
_CLASS_NAMES = {"emergency": ("紧急", "Emergency"), "important": ("重要", "Important"), "routine": ("一般", "Routine")}
_TIER_NAMES = {
    "platinum": ("铂金客户", "platinum"),
    "gold": ("金卡客户", "gold"),
    "silver": ("银卡客户", "silver"),
    "standard": ("普通客户", "standard"),
}
_SKILL_NAMES = {
    "mail": ("邮件", "Mail"),
    "hotline": ("热线", "Hotline"),
    "repair": ("维修", "Repair"),
    "install": ("安装", "Installation"),
    "invoice": ("发票", "Invoices"),
    "english": ("英语", "English"),
    "complaint": ("投诉处理", "Complaints"),
    "quality": ("服务质量", "Service quality"),
    "system": ("系统管理", "Administration"),
    "analysis": ("数据分析", "Analysis"),
    "vip": ("尊享服务", "VIP service"),
    "safety": ("安全", "Safety"),
    "delivery": ("配送", "Delivery"),
    "returns": ("退换货", "Returns"),
    "refund": ("退款", "Refunds"),
    "parts": ("配件", "Parts"),
    "filter": ("滤芯", "Filters"),
    "app": ("应用", "App"),
    "shop": ("会员活动", "Members"),
    "business": ("企业客户", "Business customers"),
}


def set_up(wish: Wish, mail_folder: Path) -> None:
    """Store the company as it was on the day it moved in; its presence is that of the history's end."""
    at = wish.moved_in_at
    _ourselves(at)
    _calendars(at)
    _standards(at)
    _ladders(at)
    _structure(at)
    rows = _rows()
    for number, person in enumerate(STAFF, start=1):
        _person(person, number, wish, rows)
    _sign_in_data()
    _mailboxes(mail_folder, at)
    _products(at)
    _canned_answers(at)
    _categories(at)
    _pledges(at)
    give_authority(at, effective_on=at.date())


def _canned_answers(at: datetime) -> None:
    teams = dict(Team.objects.values_list("code", "pk"))
    for one in ANSWERS:
        draft = CannedDraft(
            one.name,
            one.text_zh,
            one.text_en,
            shortcut=one.shortcut,
            team_id=teams[one.team] if one.team else None,
            is_shared=not one.team,
        )
        save_canned_answer(draft=draft, by=DEMO, at=at)


def _ourselves(at: datetime) -> None:
    ourselves = Ourselves(
        name_zh=organisation.COMPANY_NAME_ZH,
        name_en=organisation.COMPANY_NAME_EN,
        zone="Asia/Shanghai",
        domains=(organisation.COMPANY_DOMAIN,),
    )
    describe_organisation(ourselves=ourselves, by=DEMO, at=at)


def _calendars(at: datetime) -> None:
    for code, invented in standards.CALENDARS.items():
        # Every open day of a calendar has the same hours.
        spans = [f"{start}-{end}" for start, end in cast("dict[str, list[list[str]]]", invented["weekly"])["0"]]
        if invented["holidays"] == "CN":
            definition = china_public_calendar(DayHours.parse(spans)).to_json()
        else:
            definition = {"zone": invented["zone"], "weeks": [{"hours": {"mon-sun": {"open": spans}}}]}
        save_calendar(
            code=code,
            name_zh=str(invented["name_zh"]),
            name_en=str(invented["name_en"]),
            definition=definition,
            is_default=code == "service",
            by=DEMO,
            at=at,
        )


def _standards(at: datetime) -> None:
    """The last line has no conditions, so that every request finds one."""
    calendars = {calendar.code: calendar for calendar in Calendar.objects.all()}
    for offer in standards.STANDARDS:
        (class_zh, class_en), (tier_zh, tier_en) = _CLASS_NAMES[offer.case_class], _TIER_NAMES[offer.tier]
        is_last = offer is standards.STANDARDS[-1]
        add_standard(
            code=offer.code,
            name_zh=f"{class_zh} · {tier_zh}",
            name_en=f"{class_en}, {tier_en}",
            conditions=Conditions() if is_last else Conditions(tier=offer.tier, case_class=offer.case_class),
            times=StandardTimes(
                first_response_minutes=_minutes(offer.first_response),
                next_answer_minutes=_minutes(offer.next_answer),
                # After a broken promise, and while a case waits for others: news at the latest by then.
                next_update_minutes=_minutes(offer.resolution / 2),
                resolution_minutes=_minutes(offer.resolution),
            ),
            calendar=calendars[offer.calendar],
            by=DEMO,
            at=at,
        )


def _structure(at: datetime) -> None:
    for region in organisation.REGIONS:
        save_region(names=_names(region), by=DEMO, at=at)
    calendars = {row.code: row for row in Calendar.objects.all()}
    departments = {one.code: save_department(names=_names(one), by=DEMO, at=at) for one in organisation.DEPARTMENTS}
    for team in organisation.TEAMS:
        save_team(
            names=_names(team),
            department=departments[team.department],
            calendar=calendars[team.calendar],
            is_fallback=team.code == "mail",
            by=DEMO,
            at=at,
        )
    for code, (zh, en) in _SKILL_NAMES.items():
        save_skill(names=Names(code, zh, en), by=DEMO, at=at)
    posts = {person.post_en: person for person in STAFF}
    for person in posts.values():
        code = "-".join(person.post_en.lower().split())
        names = Names(code, person.post_zh, person.post_en)
        save_post(names=names, department=departments[person.department], by=DEMO, at=at)


def _names(invented: values.Region | values.Department | values.Team) -> Names:
    return Names(invented.code, invented.name_zh, invented.name_en)


def _person(person: InventedStaff, number: int, wish: Wish, rows: dict[tuple[str, str], Any]) -> None:
    at, role = wish.moved_in_at, Role(person.role)
    department = rows["department", person.department]
    staff = add_staff(
        username=person.login,
        email=f"{person.login}@{organisation.COMPANY_DOMAIN}",
        details=StaffDetails(
            name=person.name_zh,
            department=department,
            region=rows["region", person.region],
            post=rows["post", "-".join(person.post_en.lower().split())],
            title=person.post_zh,
            employee_number=f"HN{number:04d}",
            level=max(person.skills.values()),
            languages=tuple(_LANGUAGES[language] for language in person.languages),
            capacity=person.capacity,
        ),
        roles=(),
        by=DEMO,
        at=at,
    )
    scope = department.pk if role in _SCOPED_ROLES else None
    grant_role(account=staff.account, role=role, department_id=scope, by=DEMO, at=at)
    join_team(staff=staff, team=rows["team", person.team], is_leader=role == Role.TEAM_LEADER, by=DEMO, at=at)
    levels = {rows["skill", code]: level for code, level in person.skills.items()}
    set_skills(staff=staff, levels=levels, by=DEMO, at=at)
    for presence, since in _presences(person, wish):
        change_presence(staff=staff, presence=presence, by=DEMO, at=since)


def _presences(person: InventedStaff, wish: Wish) -> list[tuple[Presence, datetime]]:
    """Return what the person said of themselves last: here since their shift began, or gone since the last one ended.

    Of those here some are busy or away just now, always the same ones.
    """
    shifts = [one for one in _shifts(person, wish.today) if one[0] <= wish.ends_at]
    if person.login in _ALWAYS_THERE or on_duty(person, wish.ends_at):
        begun_at = shifts[-1][0] if shifts and wish.ends_at < shifts[-1][1] else wish.ends_at - timedelta(minutes=50)
        place = STAFF.index(person)
        now_and_then = {3: Presence.BUSY, 7: Presence.AWAY}.get(place % 10)
        if now_and_then is None or person.login in _ALWAYS_THERE:
            return [(Presence.AVAILABLE, begun_at)]
        since = max(begun_at, wish.ends_at - timedelta(minutes=5 + 3 * (place % 9)))
        return [(Presence.AVAILABLE, begun_at), (now_and_then, since)]
    ended = [one for one in shifts if one[1] <= wish.ends_at]
    return [(Presence.AVAILABLE, ended[-1][0]), (Presence.OFFLINE, ended[-1][1])] if ended else []


def plan_shifts(wish: Wish) -> None:
    """Plan everybody's work from a week ago to two weeks ahead."""
    staff = {one.account.username: one for one in Staff.objects.select_related("account")}
    for person in STAFF:
        for starts_at, ends_at in _shifts(person, wish.today):
            row = staff[person.login]
            plan_shift(staff=row, starts_at=starts_at, ends_at=ends_at, by=DEMO, at=wish.moved_in_at)


def _sign_in_data() -> None:
    """One hash for all: forty slow ones would take as long as everything else here."""
    everybody = Account.objects.filter(username__in=[person.login for person in STAFF])
    everybody.update(password=make_password(PASSWORD))
    english = [person.login for person in STAFF if person.languages[0] == "en"]
    everybody.filter(username__in=english).update(language="en")


def _rows() -> dict[tuple[str, str], Any]:
    """Return the structure's rows by kind and code."""
    kinds = (Department, Region, Team, Post, Skill)
    return {(kind.__name__.lower(), row.code): row for kind in kinds for row in kind._default_manager.all()}  # noqa: SLF001 - Django's own name for it


def _shifts(person: InventedStaff, today: date) -> list[tuple[datetime, datetime]]:
    """Return the person's shifts from a week ago to two weeks ahead."""
    shift = next(one for one in standards.SHIFTS if one.code == person.shift)
    found = []
    for day in (today + timedelta(days=offset) for offset in range(-7, 15)):
        if day.weekday() in shift.weekdays:
            ends_on = day if shift.ends > shift.starts else day + timedelta(days=1)
            found.append((_local(day, shift.starts), _local(ends_on, shift.ends)))
    return found


def _mailboxes(folder: Path, at: datetime) -> None:
    outgoing = make_maildir(folder / "out")
    for team in (one for one in TEAM_BY_CODE.values() if one.mailbox):
        name_zh, name_en = organisation.COMPANY_NAME_ZH, organisation.COMPANY_NAME_EN
        draft = MailboxDraft(
            address=team.mailbox,
            sender_name=name_en if team.code == "english" else name_zh,
            in_host=str(make_maildir(folder / "in" / team.code)),
            out_host=str(outgoing),
            in_security="maildir",
            out_security="maildir",
        )
        save_mailbox(draft=draft, team=Team.objects.get(code=team.code), by=DEMO, at=at)


def _products(at: datetime) -> None:
    for one in products.PRODUCTS:
        details = ProductDetails(
            code=one.code,
            name_zh=one.name_zh,
            name_en=one.name_en,
            line=one.line,
            warranty_months=one.warranty_months,
            price_amount=Decimal(one.price),
        )
        add_product(details=details, by=DEMO, at=at)


def _categories(at: datetime) -> None:
    for one in CATEGORIES:
        words = tuple(one.words.split())
        team = Team.objects.get(code=one.team)
        save_category(draft=CategoryDraft(one.code, one.name_zh, one.name_en, words, team), by=DEMO, at=at)


def _ladders(at: datetime) -> None:
    save_ladder(
        code="usual",
        name_zh="逐级升级",
        name_en="Step by step",
        rungs=USUAL_RUNGS,
        is_default=True,
        by=DEMO,
        at=at,
    )


def _pledges(at: datetime) -> None:
    for one in standards.PLEDGES:
        values = asdict(one)
        code, terms = values.pop("code"), PledgeTerms(**values.pop("terms"))
        day = at.astimezone(COMPANY_ZONE).date()
        version = add_pledge(code=code, words=PledgeWords(**values), terms=terms, effective_on=day, by=DEMO, at=at)
        publish_pledge(pledge=version.pledge, by=DEMO, at=at)


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)


def _local(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, COMPANY_ZONE)
