"""Fills a database with as many cases as wished: copies of histories that the house's own actions wrote.

A copy of a closed case lies some weeks earlier and a part of an hour beside its model, an open one within the last
hour of its model's time. Whole weeks keep the business calendar's hours, and a shift that would give a promise another
time than its standard gives is not taken. The rows go in by COPY, some hundred cases a step; each step is a transaction
that ends with its mark, so a process may be killed at any moment and the next one goes on. Same wish, same rows.
"""

import base64
import json
import multiprocessing
import os
import pickle
import time
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import _casting
from _histories import FACTS, Mould, columns_of, escaped, family, log_table
from _people import add_colleagues, double, identities, stand_ins
from django.conf import settings
from django.db import connection, connections, transaction

from yinuo.access.encryption import blind_index, encrypt
from yinuo.cases.rules import preview_of
from yinuo.customers.rules import sort_key
from yinuo.demo.company.world import World, build_world
from yinuo.demo.filling.house import set_up
from yinuo.demo.filling.people import add_companies
from yinuo.demo.filling.wish import Wish
from yinuo.foundation.followers import Start, catch_up, known_followers
from yinuo.foundation.references import case_reference
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.keys import message_id_keys
from yinuo.intake.mail.reading import make_message_id
from yinuo.standards.queries import offer_of_version
from yinuo.standards.rules import Offer, promised_times

WORLD_CUSTOMERS = 1_500
CASES_IN_STEP = 500
CUSTOMERS_IN_STEP = 2_000
_MOULD_DAYS = 60
_BESIDE = timedelta(hours=1)
_TRIES = 4
_LOCK_SPACE = 0x62656E
_TABLE = "CREATE TABLE IF NOT EXISTS bench_step (name text PRIMARY KEY, note text NOT NULL DEFAULT '')"
Told = Callable[[str, float], None]


@dataclass(frozen=True)
class Filled(Wish):
    """What a filled database is to hold. `messages`: a case's on average; `open_share`: of the cases, 0..1."""

    staff_count: int
    days: int
    mould_count: int
    messages: float
    open_share: float

    @property
    def first_day(self) -> date:
        return self.today - timedelta(days=self.days)


@dataclass(frozen=True)
class Copy:
    """One case to write: of which mould, how many weeks before it, its number in all and within its day."""

    mould: int
    weeks: int
    number: int
    count: int


class Filling:
    """One process's part in filling. `told` hears what is done and its share (0..1)."""

    def __init__(self, wish: Filled, folder: Path, told: Told = lambda _what, _share: None) -> None:
        self.wish = wish
        self.folder = folder
        self.told = told
        self.world: World = build_world(wish.seed, wish.today, customer_count=WORLD_CUSTOMERS)

    def run(self, processes: int = 1) -> None:
        """Do all that is not done yet."""
        self._begin()
        _step("company", self._company)
        self.moulds = self._moulds()
        self.stand_ins = stand_ins()
        self.tables = _tables()
        self._lay_out()
        _step("numbers", self._numbers)
        for what in ("customers", "cases"):
            _together(lambda what=what: self._write(what), processes)
            # What a copy of this process began and could not end.
            self._write(what)
        _step("whole", self._finish)

    def _begin(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TABLE)

    def _company(self) -> None:
        set_up(self.wish, self.folder / "mail")
        add_companies(self.world, at=self.wish.moved_in_at)
        add_colleagues(self.wish.staff_count, seed=self.wish.seed, at=self.wish.moved_in_at)

    def _moulds(self) -> _casting.Moulds:
        path = self.folder / "bench-moulds.pickle"
        if not path.exists():
            made = _casting.cast_moulds(
                self.world,
                known_since=self.wish.moved_in_at,
                ends_at=self.wish.ends_at,
                count=self.wish.mould_count,
                messages=self.wish.messages,
                told=lambda share: self.told("moulds", share),
            )
            draft = path.with_suffix(".draft")
            draft.write_bytes(pickle.dumps(made))
            draft.replace(path)
        return pickle.loads(path.read_bytes())

    def _lay_out(self) -> None:
        """Decide which case is a copy of what, in the order of opening, and where each step's numbers begin."""
        self.copies = self._copies()
        self.doubles = max(1, round(self.wish.customer_count / len(self.moulds.customers)))
        rank_weights = [1 / (rank + 1) for rank in range(self.doubles)]
        self.double_borders = list(accumulate(rank_weights))
        self.steps: list[tuple[str, int, Callable[[], dict[str, list[str]]]]] = []
        numbers: Counter[str] = Counter()
        customers = len(self.moulds.customers) * self.doubles
        for first in range(0, customers, CUSTOMERS_IN_STEP):
            part = range(first, min(first + CUSTOMERS_IN_STEP, customers))
            self._add_step(f"customers-{first}", numbers, part, self._customer_rows)
            for number in part:
                numbers.update(self.moulds.customers[number // self.doubles].counts)
        for first in range(0, len(self.copies), CASES_IN_STEP):
            part = range(first, min(first + CASES_IN_STEP, len(self.copies)))
            self._add_step(f"cases-{first}", numbers, part, self._case_rows)
            for number in part:
                numbers.update(self.moulds.cases[self.copies[number].mould].counts)
        self.totals = dict(numbers)

    def _add_step(self, name: str, numbers: Counter[str], part: range, rows: Callable) -> None:
        begins = dict(numbers)
        self.steps.append((name, len(self.steps), lambda: rows(part, Counter(begins))))

    def _copies(self) -> list[Copy]:
        random = Random(f"{self.wish.seed}:copies")
        zone = ZoneInfo(settings.TIME_ZONE)
        places = defaultdict(list)
        for place, mould in enumerate(self.moulds.cases):
            places[mould.more["is_open"]].append(place)
        open_count = round(self.wish.case_count * self.wish.open_share)
        chosen = [(place, 0) for place in random.choices(places[True], k=open_count)]
        for place in random.choices(places[False], k=self.wish.case_count - open_count):
            age = self.moulds.cases[place].more["opened_at"].astimezone(zone).date() - self.wish.first_day
            chosen.append((place, random.randint(0, max(0, age.days // 7))))
        opened = [self.moulds.cases[place].more["opened_at"] - timedelta(weeks=weeks) for place, weeks in chosen]
        order = sorted(range(len(chosen)), key=lambda number: (opened[number], number))
        copies, of_day = [], Counter[date]()
        self.days: dict[date, int] = {}
        for number, which in enumerate(order, start=1):
            day = opened[which].astimezone(zone).date()
            of_day[day] += 1
            self.days.setdefault(day, number - 1)
            copies.append(Copy(*chosen[which], number, of_day[day]))
        return copies

    def _numbers(self) -> None:
        """Let keys drawn from now on come after those of the filling, and days count on from its cases."""
        with connection.cursor() as cursor:
            for name, total in self.totals.items():
                if name != FACTS:
                    _set_sequence(cursor, name, self.tables[name].key, total)
            _set_sequence(cursor, FACTS, "id", cursor.execute(f"SELECT max(id) FROM {FACTS}").fetchone()[0] or 1)
            cursor.execute("SELECT setval('foundation_case_number', %s)", [len(self.copies)])
            cursor.executemany("INSERT INTO foundation_case_day (day, base) VALUES (%s, %s)", list(self.days.items()))

    def _write(self, what: str) -> None:
        is_helper, parent = multiprocessing.parent_process() is not None, os.getppid()
        steps = [step for step in self.steps if step[0].startswith(what)]
        for place, (name, number, rows) in enumerate(steps, start=1):
            if is_helper and os.getppid() != parent:
                return
            _step(name, lambda rows=rows: self._copy_in(rows()), number=number)
            if not is_helper:
                self.told(what, place / len(steps))

    def _copy_in(self, rows: dict[str, list[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            for name, parts in rows.items():
                columns = ", ".join(f'"{column}"' for column in columns_of(self.tables[name]))
                with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                    copy.write("".join(parts))

    def _customer_rows(self, part: range, numbers: Counter[str]) -> dict[str, list[str]]:
        rows: dict[str, list[str]] = defaultdict(list)
        for number in part:
            place, copy = divmod(number, self.doubles)
            mould = self.moulds.customers[place]
            one = double(self.moulds.invented[place], number, copy, self.wish.seed)
            values = {
                **_own_numbers(mould, numbers),
                **_moved(mould, timedelta(), 0),
                "k": copy,
                "cn": one.name,
                "sort_key": sort_key(one.name),
                "address": _bytes(encrypt(one.address)),
            }
            for kind, (value, key, masked) in identities(one).items():
                values |= {f"{kind}:value": _bytes(encrypt(value)), f"{kind}:lookup": _bytes(blind_index(kind, key))}
                values[f"{kind}:masked"] = escaped(masked)
            _render(mould, values, rows)
        return rows

    def _case_rows(self, part: range, numbers: Counter[str]) -> dict[str, list[str]]:
        random = Random(f"{self.wish.seed}:rows:{part.start}")
        rows: dict[str, list[str]] = defaultdict(list)
        offers = _Offers()
        for place in part:
            copy = self.copies[place]
            mould = self.moulds.cases[copy.mould]
            beside = self._beside(random, mould, offers)
            values = {
                **_own_numbers(mould, numbers),
                **_moved(mould, beside - timedelta(weeks=copy.weeks), -copy.weeks * 7),
                **self._people(random, mould),
                "x": copy.number,
                "reference": self._reference(mould, copy),
                "token": base64.urlsafe_b64encode(random.randbytes(16)).rstrip(b"=").decode(),
            }
            values["preview"] = escaped(preview_of(mould.more["preview"] % values))
            for name, talk, message, domain in mould.more["sent"]:
                ids = values[f"cases_conversation:{talk}"], values[f"cases_message:{message}"]
                values[name] = make_message_id(message_id_keys()[0], *ids, domain)
            _render(mould, values, rows)
        return rows

    def _reference(self, mould: Mould, copy: Copy) -> str:
        opened = mould.more["opened_at"] - timedelta(weeks=copy.weeks)
        return case_reference(opened.astimezone(ZoneInfo(settings.TIME_ZONE)).date(), copy.count)

    def _people(self, random: Random, mould: Mould) -> dict[str, object]:
        """Return the customer, one of the model's doubles, and who of the house takes whose part."""
        place = mould.more["customer"]
        copy = bisect(self.double_borders, random.random() * self.double_borders[-1])
        number = place * self.doubles + min(copy, self.doubles - 1)
        one = double(self.moulds.invented[place], number, number % self.doubles, self.wish.seed)
        values: dict[str, object] = {"c": number + 1, "cn": one.name, "cm": one.mail, "cg": one.name.split(" ")[0]}
        values |= {word: f"{word[2:]}-{number % self.doubles}" for word in mould.words if word.startswith("w:")}
        staff = mould.staff | {int(word[2:]) for word in mould.words if word[:2] in {"sn", "se"}}
        for pk in sorted(staff):
            able = random.choice(self.stand_ins[pk])
            values |= {f"s{pk}": able.id, f"sn{pk}": able.name, f"se{pk}": able.name_en}
        if mould.more["has_mail"]:
            reader = {"address": one.mail, "name": one.name}
            values["recipients"] = _bytes(encrypt(json.dumps([reader], ensure_ascii=False)))
            values["sender"] = _bytes(encrypt(json.dumps(reader, ensure_ascii=False)))
            values["recipient_lookup"] = _bytes(address_lookup(one.mail))
        return values

    def _beside(self, random: Random, mould: Mould, offers: "_Offers") -> timedelta:
        """Return a step back of less than an hour at which every promise is still what its standard gives."""
        for _ in range(_TRIES):
            beside = -_BESIDE * random.random()
            if self._fits(mould, beside, offers):
                return beside
        return timedelta()

    def _fits(self, mould: Mould, beside: timedelta, offers: "_Offers") -> bool:
        opened_at, zone = mould.more["opened_at"], ZoneInfo(settings.TIME_ZONE)
        if (opened_at + beside).astimezone(zone).date() != opened_at.astimezone(zone).date():
            return False
        for one in mould.more["promises"]:
            offer = offers[one.version_id]
            times = promised_times(start=one.made_at + beside, within=getattr(offer, one.kind), offer=offer)
            if (times.due_at, times.warn_at) != (one.due_at + beside, one.warn_at + beside):
                return False
            if one.is_live and (
                times.due_at <= self.wish.ends_at or (not one.is_warned and times.warn_at <= self.wish.ends_at)
            ):
                return False
        return True

    def _finish(self) -> None:
        """Let followers that care for the present begin here; nothing of the past is acknowledged or mailed again."""
        for one in known_followers():
            if one.start is Start.NOW:
                catch_up(one)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class _Offers(dict[int, Offer]):
    """Each standard's version, asked for once."""

    def __missing__(self, version_id: int) -> Offer:
        self[version_id] = offer_of_version(version_id)
        return self[version_id]


def remembered() -> Filled | None:
    """Return what this database was begun to hold, None when no filling was begun."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_step')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("SELECT note FROM bench_step WHERE name = 'wish'")
        row = cursor.fetchone()
    return Filled.from_json(row[0]) if row else None


def remember(wish: Filled) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("INSERT INTO bench_step VALUES ('wish', %s)", [wish.to_json()])


def is_whole() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_step WHERE name = 'whole'")
        return cursor.fetchone()[0] == 1


def _step(name: str, work: Callable[[], None], *, number: int = -1) -> None:
    """Do a step in one transaction, unless it is done or another process is at it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, number])
            if not cursor.fetchone()[0]:
                return
            cursor.execute("SELECT 1 FROM bench_step WHERE name = %s", [name])
            if cursor.fetchone():
                return
        work()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_step (name) VALUES (%s)", [name])


def _together(work: Callable[[], None], processes: int) -> None:
    """Do the work in several processes, this one and copies of it that say nothing."""
    if processes > 1:
        connections.close_all()
    copies = multiprocessing.get_context("fork")
    helpers = [copies.Process(target=work, daemon=True) for _ in range(processes - 1)]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()


def _tables() -> dict:
    tables = family("cases_case")
    return {**tables, **family("customers_customer", without=tables), FACTS: log_table()}


def _set_sequence(cursor, table: str, key: str, value: int) -> None:
    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key, value])


def _own_numbers(mould: Mould, numbers: Counter[str]) -> dict[str, object]:
    """Return the keys of a copy's rows, and move the numbers on."""
    values: dict[str, object] = {}
    for name, count in mould.counts.items():
        first = numbers[name] + 1
        for place in range(count):
            values[f"{name}:{place}"] = first + place
        numbers[name] += count
    return values


def _moved(mould: Mould, by: timedelta, days: int) -> dict[str, object]:
    values: dict[str, object] = {name: (at + by).astimezone(UTC).isoformat() for name, at in mould.instants.items()}
    values |= {name: (day + timedelta(days=days)).isoformat() for name, day in mould.days.items()}
    return values


def _render(mould: Mould, values: dict[str, object], rows: dict[str, list[str]]) -> None:
    for name, text in mould.formats.items():
        rows[name].append(text % values)


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


class Progress:
    """Says what is done at every tenth part, with the seconds that are left."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.shown: dict[str, tuple[int, float]] = {}

    def told(self, what: str, share: float) -> None:
        now = time.monotonic()
        step, began = self.shown.setdefault(what, (-1, now))
        if int(share * 10) == step:
            return
        self.shown[what] = (int(share * 10), began)
        self.say(f"  {what:<8}{share:5.0%}  {(now - began) / share * (1 - share):.0f} s left")


def settle() -> None:
    """Bring the tables into the state in which a database that has been running for long has them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def contents() -> list[str]:
    """Return what a filled database holds, one table a line, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, sum(reltuples)::bigint, sum(pg_total_relation_size(oid)) FROM ("
            "SELECT oid, CASE WHEN relispartition THEN 'foundation_fact' ELSE relname END AS relname, reltuples "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > 0) AS one "
            "GROUP BY relname ORDER BY 3 DESC LIMIT 12"
        )
        rows = cursor.fetchall()
    return [f"  {name:<28}{count:>12,} rows{size / 2**20:>10,.0f} MB" for name, count, size in rows]
