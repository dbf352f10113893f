"""Lets the house's own actions write some hundred histories, casts moulds from them, and takes them back.

The histories are plans of the demo company, drawn so that conversations are as long as wished. They are played in one
transaction that is rolled back at the end: what a filled database holds are copies only, and its numbers begin at 1.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from _histories import Mould, Reader, Row, slot
from _people import stand_ins
from django.db import transaction

from yinuo.cases.rules import preview_of
from yinuo.demo.company.plans import until
from yinuo.demo.company.values import COMPANY_ZONE, Customer, Plan
from yinuo.demo.company.world import World, history
from yinuo.demo.filling.cases import play
from yinuo.demo.filling.cast import Cast, read_cast
from yinuo.demo.filling.people import add_customers, add_orders, with_own_serials

# Of so many drawn plans one is played.
_DRAWN_FOR_ONE = 12
_OPEN_SHARE = 0.15
_WRITTEN = {"message", "reply", "note"}
CASES, CUSTOMERS, MAILS_IN, MAILS_OUT = "cases_case", "customers_customer", "mail_storedmail", "mail_outgoingmail"


@dataclass
class Moulds:
    """Moulds of cases, and of the customers they belong to. `invented`: whom each customer's mould stands for."""

    cases: list[Mould] = field(default_factory=list)
    customers: list[Mould] = field(default_factory=list)
    invented: list[Customer] = field(default_factory=list)


@dataclass(frozen=True)
class Promised:
    """A promise of a mould, to look up what its standard gives at another time."""

    version_id: int
    kind: str
    made_at: datetime
    due_at: datetime
    warn_at: datetime
    is_live: bool
    is_warned: bool


def cast_moulds(
    world: World,
    *,
    known_since: datetime,
    ends_at: datetime,
    count: int,
    messages: float,
    told: Callable[[float], None],
) -> Moulds:
    """Return `count` moulds of cases with `messages` messages on average, as far as the plans allow.

    known_since: when we came to know the customers.
    """
    plans = chosen_plans(world, ends_at=ends_at, count=count, messages=messages)
    with transaction.atomic():
        cast = play_all(world, plans, known_since=known_since, ends_at=ends_at, told=told)
        moulds = _cast(world, cast)
        transaction.set_rollback(True)
    return moulds


def play_all(
    world: World, plans: Sequence[Plan], *, known_since: datetime, ends_at: datetime, told: Callable[[float], None]
) -> Cast:
    """Let the actions write the customers of these plans and everything that happens in them."""
    _add_people(world, plans, at=known_since)
    cast = read_cast(world)
    for number, plan in enumerate(plans, start=1):
        play(plan, cast, world, ends_at=ends_at)
        told(number / len(plans))
    return cast


def chosen_plans(world: World, *, ends_at: datetime, count: int, messages: float) -> list[Plan]:
    """Return plans in the order of their opening, the open ones a fixed share."""
    random = Random(f"{world.seed}:moulds")
    today = ends_at.astimezone(COMPANY_ZONE).date()
    start = today.fromordinal(today.toordinal() - 59)
    drawn = history(world, start=start, end=today, total=max(count * _DRAWN_FOR_ONE, 400))
    plans = [until(plan, ends_at) for plan in drawn if plan.opened_at < ends_at]
    is_open = [plan.turns[-1].kind != "close" for plan in plans]
    chosen: list[Plan] = []
    for wanted_open, share in ((True, _OPEN_SHARE), (False, 1 - _OPEN_SHARE)):
        pool = [plan for plan, one in zip(plans, is_open, strict=True) if one is wanted_open]
        chosen += _long_enough(random, pool, max(1, round(count * share)), messages)
    return sorted(chosen, key=lambda plan: plan.opened_at)


def _long_enough(random: Random, pool: list[Plan], count: int, messages: float) -> list[Plan]:
    """Return `count` of the plans, none twice, long ones so much more often that their mean length is `messages`.

    An exponential tilt: it prefers long conversations and forgets none of the short ones.
    """
    lengths = [sum(turn.kind in _WRITTEN for turn in plan.turns) for plan in pool]
    count = min(count, len(pool))

    def draw(tilt: float) -> list[int]:
        # Efraimidis and Spirakis: the largest of u ** (1 / weight) are a weighted sample without replacement.
        again = Random(start)
        keys = [math.log(again.random() or 1e-12) / math.exp(tilt * length) for length in lengths]
        return sorted(range(len(pool)), key=lambda place: keys[place], reverse=True)[:count]

    start = random.random()
    low, high = -1.0, 3.0
    for _ in range(24):
        tilt = (low + high) / 2
        mean = sum(lengths[place] for place in draw(tilt)) / count
        low, high = (tilt, high) if mean < messages else (low, tilt)
    return [pool[place] for place in draw((low + high) / 2)]


def _add_people(world: World, plans: Sequence[Plan], *, at: datetime) -> None:
    """Store those who write, with what they bought."""
    wanted = {plan.customer_number for plan in plans}
    add_customers(world, [one for one in (*world.customers, *world.outsiders) if one.number in wanted], at=at)
    orders = [order for order in with_own_serials(world.orders) if order.customer_number in wanted]
    add_orders(orders, read_cast(world).customers, at=at)


def _cast(world: World, cast: Cast) -> Moulds:
    people, cases = readers()
    number_of = {row.pk: number for number, row in cast.customers.items()}
    bought: dict[str, list[str]] = {}
    for order in with_own_serials(world.orders):
        serials = [serial for line in order.lines for serial in line.serials]
        bought.setdefault(order.customer_number, []).extend([order.number, *serials])
    made = Moulds()
    places = {}
    for pk, rows in sorted(people.histories("case_id IS NULL AND customer_id IS NOT NULL").items()):
        places[pk] = len(made.customers)
        made.customers.append(people.mould(pk, rows, {}))
        made.invented.append(world.customer_by_number[number_of[pk]])
    staff_words = _staff_words()
    for pk, rows in sorted(cases.histories("case_id IS NOT NULL").items()):
        place = places[int(rows[CASES][0]["customer_id"])]
        invented = made.invented[place]
        own = {word: f"w:{word}" for word in bought.get(invented.number, ())}
        words = {**staff_words, **_customer_words(invented), **own}
        mould = cases.mould(pk, rows, words)
        mould.more = {"customer": place, **_case_notes(cases, rows, words)}
        made.cases.append(mould)
    return made


def readers() -> tuple[Reader, Reader]:
    """Return what reads customers, and what reads cases, with all that hangs on them."""
    people_rules = {
        (CUSTOMERS, "name"): lambda _row: slot("cn"),
        (CUSTOMERS, "sort_key"): lambda _row: slot("sort_key"),
        (CUSTOMERS, "address"): lambda _row: slot("address"),
        **{("customers_identity", part): _identity(part) for part in ("value", "lookup", "masked")},
        ("entitlements_order", "number"): _numbered_by("number", "k"),
        ("entitlements_ownedproduct", "serial_number"): _numbered_by("serial_number", "k"),
    }
    case_rules = {
        (CASES, "reference"): lambda _row: slot("reference"),
        (CASES, "track_token"): lambda _row: slot("token"),
        (CASES, "preview"): lambda _row: slot("preview"),
        ("cases_message", "source_key"): _numbered_by("source_key", "x"),
        (MAILS_IN, "delivery_key"): _numbered_by("delivery_key", "x"),
        (MAILS_IN, "message_id_header"): lambda row: f"{slot('x')}.{row['message_id_header']}",
        (MAILS_IN, "sender"): lambda _row: slot("sender"),
        (MAILS_OUT, "message_id_header"): lambda row: slot(f"mail:{row['message_id']}"),
        (MAILS_OUT, "recipients"): lambda _row: slot("recipients"),
        (MAILS_OUT, "recipient_lookup"): lambda _row: slot("recipient_lookup"),
    }
    cases = Reader(CASES, "case_id", case_rules)
    return Reader(CUSTOMERS, "customer_id", people_rules, without=cases.tables), cases


def _identity(part: str) -> Callable[[Row], str]:
    return lambda row: slot(f"{row['kind']}:{part}")


def _numbered_by(column: str, name: str) -> Callable[[Row], str]:
    return lambda row: f"{row[column]}-{slot(name)}"


def _staff_words() -> dict[str, str]:
    """Return the names of the demo company's staff, in both languages -> the slot of who stands in for them."""
    words = {}
    for pk, able in stand_ins().items():
        words |= {able[0].name: f"sn{pk}", able[0].name_en: f"se{pk}"}
    return words


def _customer_words(invented: Customer) -> dict[str, str]:
    words = {invented.name: "cn", invented.mail: "cm"}
    return words | ({invented.name.split(" ")[0]: "cg"} if invented.language == "en" else {})


def _case_notes(reader: Reader, rows: dict[str, list[Row]], words: dict[str, str]) -> dict:
    """Return what is computed anew for each copy of a case."""
    case = rows[CASES][0]
    texts = [row["text"] for row in rows["cases_message"] if preview_of(row["text"]) == case["preview"]]
    messages = {row["id"]: (place, row) for place, row in enumerate(rows["cases_message"])}
    talks = {row["id"]: place for place, row in enumerate(rows["cases_conversation"])}
    return {
        "opened_at": case["opened_at"],
        "is_open": case["state"] == "open",
        "preview": reader.words(texts[-1], words),
        "has_mail": bool(rows.get(MAILS_IN) or rows.get(MAILS_OUT)),
        "sent": [
            (
                f"mail:{row['message_id']}",
                talks[messages[row["message_id"]][1]["conversation_id"]],
                messages[row["message_id"]][0],
                row["message_id_header"].partition("@")[2],
            )
            for row in rows.get(MAILS_OUT, ())
        ],
        "promises": [
            Promised(
                int(row["standard_version_id"]), row["kind"], row["made_at"], row["due_at"], row["warn_at"],
                row["is_live"] == "true", row["warned_at"] is not None,
            )
            for row in rows["cases_promise"]
        ],
    }  # fmt: skip
