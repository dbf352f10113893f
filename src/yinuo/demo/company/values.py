"""The shapes of the demo company: plain frozen values that `dataclasses.asdict` turns into JSON.

They mirror no table on purpose: the seeding code maps them to actions, so the invented world can be read,
hashed and tested without a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

COMPANY_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Department:
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Place:
    """A city customers live in. `weight` is its share of customers relative to the other cities."""

    province: str
    city: str
    city_en: str
    area_code: str
    districts: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Region:
    code: str
    name_zh: str
    name_en: str
    places: tuple[Place, ...]

    @property
    def provinces(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.province for place in self.places))


@dataclass(frozen=True)
class Team:
    code: str
    name_zh: str
    name_en: str
    department: str
    calendar: str
    mailbox: str = ""


@dataclass(frozen=True)
class Shift:
    """Working time of a person. `ends` before `starts` means the shift ends on the next day."""

    code: str
    name_zh: str
    name_en: str
    starts: time
    ends: time
    weekdays: tuple[int, ...]


@dataclass(frozen=True)
class Staff:
    """One person. `skills`: code -> level 1..5. `capacity`: open cases the person can carry at once."""

    login: str
    name_zh: str
    name_en: str
    post_zh: str
    post_en: str
    role: str
    department: str
    team: str
    region: str
    shift: str
    capacity: int
    languages: tuple[str, ...] = ("zh",)
    skills: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    code: str
    line: str
    name_zh: str
    name_en: str
    line_zh: str
    line_en: str
    price: int
    warranty_months: int
    weight: int


@dataclass(frozen=True)
class Company:
    number: str
    name: str
    kind: str
    domain: str
    province: str
    city: str
    address: str
    tax_number: str


@dataclass(frozen=True)
class Customer:
    """One person. `tier`: standard, silver, gold, platinum. `voice`: the way this person writes."""

    number: str
    name: str
    surname: str
    gender: str
    language: str
    mail: str
    phone: str
    region: str
    province: str
    city: str
    address: str
    tier: str
    registered_on: date
    voice: str
    mail_client: str
    household: str = ""
    company_number: str = ""


@dataclass(frozen=True)
class OrderLine:
    product_code: str
    quantity: int
    unit_price: int
    serials: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    number: str
    customer_number: str
    ordered_on: date
    delivered_on: date
    channel: str
    channel_zh: str
    channel_en: str
    lines: tuple[OrderLine, ...]
    total_amount: int
    currency: str = "CNY"


@dataclass(frozen=True)
class Scenario:
    """A family of customer needs, with everything people say in it.

    `weight`: share relative to the other families. `season`: name of a curve in `arrivals.py`.
    `flow`: the usual course (answer, office, visit, emergency, none). `lines`: product lines, empty for any;
    `models`: beginnings of product codes, empty for any.
    `order_age_days`: youngest and oldest age of the order in question. `texts`: language -> kind -> templates.
    """

    code: str
    group: str
    name_zh: str
    name_en: str
    case_class: str
    team: str
    department: str
    lines: tuple[str, ...]
    models: tuple[str, ...]
    weight: float
    season: str
    flow: str
    want_zh: str
    want_en: str
    needs_order: bool
    order_age_days: tuple[int, int]
    business_only: bool
    photo_share: float
    mood: str
    outcomes: dict[str, int]
    texts: dict[str, dict[str, tuple[str, ...]]]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)


@dataclass(frozen=True)
class Photo:
    name: str
    media_type: str
    seed: int


@dataclass(frozen=True)
class Turn:
    """One thing that happens on a case.

    `kind`: message (from the customer), reply (public, by staff), note (internal), close, reopen.
    `by`: "customer" or a staff login. `promised_until`: the instant the text names for the next word from us.
    `outcome`: only on close. `subject`: only on the first message.
    """

    kind: str
    at: datetime
    by: str
    channel: str
    text: str = ""
    subject: str = ""
    promised_until: datetime | None = None
    outcome: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One case from first word to end, in the order of time. `slow`: the promise that is broken on purpose, or ""."""

    scenario: str
    case_class: str
    language: str
    customer_number: str
    order_number: str
    product_code: str
    serial: str
    channel: str
    opened_at: datetime
    department: str
    team: str
    owner: str
    subject: str
    slow: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Standard:
    """What the company offers to one class and tier; durations are open time of `calendar`."""

    code: str
    case_class: str
    tier: str
    calendar: str
    first_response: timedelta
    next_answer: timedelta
    resolution: timedelta


@dataclass(frozen=True)
class Pledge:
    """A commitment published to everybody: what it says and what the customer gets when the company falls short.

    terms: what the program acts by, as `PledgeTerms` takes it; empty stands on words alone.
    """

    code: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    remedy_zh: str
    remedy_en: str
    terms: Mapping[str, Any] = field(default_factory=dict)
