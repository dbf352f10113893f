"""The people of a filled database: colleagues like those of the demo company, and customers like its customers.

A customer's double keeps what texts and standards depend on (surname, sex, language, tier, region, company) and has a
given name, an address, a number, a mail address and a phone number of its own.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from django.contrib.auth.hashers import make_password
from pypinyin import lazy_pinyin

from yinuo.access.actions import grant_role
from yinuo.access.models import Account
from yinuo.access.roles import Role
from yinuo.customers.rules import normal_identity
from yinuo.demo.company import people
from yinuo.demo.company.organisation import COMPANY_DOMAIN, REGIONS, STAFF, STAFF_BY_LOGIN
from yinuo.demo.company.values import Customer as InventedCustomer
from yinuo.demo.filling.house import DEMO, PASSWORD
from yinuo.organisation.actions import StaffDetails, add_staff, change_presence, join_team, set_skills
from yinuo.organisation.models import Presence, Staff

_PLACES = {place.city: place for region in REGIONS for place in region.places}
# Well-formed numbers of a resale operator that nobody is ever called by.
_PHONE_BLOCK = 17_000_000_000
_WORKING_ROLES = {"agent", "team_leader"}


@dataclass(frozen=True)
class Colleague:
    """Somebody who may stand in for a member of the demo company's staff. `name_en`: as English mails sign."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True)
class Double:
    """A customer like an invented one."""

    name: str
    mail: str
    phone: str
    number: str
    address: str


@lru_cache(maxsize=50_000)
def double(invented: InventedCustomer, number: int, copy: int, seed: int) -> Double:
    """Return a customer's double. number: counts all doubles of a database from 0; copy: those of this customer."""
    random = Random(f"{seed}:double:{number}")
    name = _given_anew(random, invented)
    place = _PLACES[invented.city]
    local, _at, domain = invented.mail.partition("@")
    return Double(
        name=name,
        mail=f"{local}.{copy}@{domain}",
        phone=f"+86{_PHONE_BLOCK + number}",
        number=f"D{number:07d}",
        address=people.street_address(random, place, random.choice(place.districts)),
    )


def identities(one: Double) -> dict[str, tuple[str, str, str]]:
    """Return kind -> value, key and masked value of the ways a double is reached."""
    drafts = {"mail": one.mail, "phone": one.phone, "account_number": one.number}
    normal = {kind: normal_identity(kind, value) for kind, value in drafts.items()}
    return {kind: (found.value, found.key, found.masked) for kind, found in normal.items()}


def add_colleagues(count: int, *, seed: int, at) -> None:
    """Add agents and leaders like those of the demo company until `count` people work there."""
    random = Random(f"{seed}:colleagues")
    models = [person for person in STAFF if person.role in _WORKING_ROLES]
    rows = {
        one.account.username: one for one in Staff.objects.select_related("account", "department", "region", "post")
    }
    for number in range(count - len(rows)):
        model = models[number % len(models)]
        _add_one(random, rows[model.login], model.login, number, at)
    Account.objects.filter(staff__isnull=False).update(password=make_password(PASSWORD))


def _add_one(random: Random, like: Staff, login: str, number: int, at) -> None:
    name, _surname, _gender = people.chinese_name(random)
    username = f"{login}{number:03d}"
    staff = add_staff(
        username=username,
        email=f"{username}@{COMPANY_DOMAIN}",
        details=StaffDetails(
            name=name,
            department=like.department,
            region=like.region,
            post=like.post,
            title=like.title,
            employee_number=f"HB{number:04d}",
            level=like.level,
            languages=tuple(like.languages),
            capacity=like.capacity,
        ),
        roles=(),
        by=DEMO,
        at=at,
    )
    grant_role(account=staff.account, role=Role.AGENT, department_id=like.department_id, by=DEMO, at=at)
    for membership in like.memberships.select_related("team"):
        join_team(staff=staff, team=membership.team, by=DEMO, at=at)
    levels = {one.skill: one.level for one in like.skills.select_related("skill")}
    set_skills(staff=staff, levels=levels, by=DEMO, at=at)
    if random.random() < 0.4:
        change_presence(staff=staff, presence=Presence.AVAILABLE, by=DEMO, at=at)


def stand_ins() -> dict[int, list[Colleague]]:
    """Return the id of each member of the demo company's staff -> who may take their part, they themselves first."""
    own = {one.account.username: one for one in Staff.objects.select_related("account").order_by("pk")}
    found = defaultdict(list)
    for username, row in own.items():
        login = username.rstrip("0123456789") if username not in STAFF_BY_LOGIN else username
        invented = STAFF_BY_LOGIN[login]
        name_en = invented.name_en if username == login else _in_letters(row.name)
        found[own[login].pk].append(Colleague(row.pk, row.name, name_en))
    return dict(found)


def _given_anew(random: Random, invented: InventedCustomer) -> str:
    draw = people.foreign_name if invented.language == "en" else people.chinese_name
    while True:
        name, surname, gender = draw(random)
        if gender == invented.gender:
            break
    given = name.split(" ")[0] if invented.language == "en" else name.removeprefix(surname)
    return f"{given} {invented.surname}" if invented.language == "en" else invented.surname + given


def _in_letters(name: str) -> str:
    return f"{''.join(lazy_pinyin(name[:1])).title()} {''.join(lazy_pinyin(name[1:])).title()}"
