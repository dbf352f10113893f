"""The append-only log of everything that happened, and the one verb that writes to it.

A fact is a frozen dataclass declared in its folder's `facts.py`. `announce` stores it in the same
transaction as the change it speaks of. Personal text is never in a fact, only ids, so that erasing
a person does not touch the log. Reading is the work of followers (`followers.py`) and time lines.

Position: facts are read in the order (tx, id). `tx` is the writing transaction's number with the
database's era in its upper bits; the era grows when a dump is restored, because a restored
database counts transactions from the start again.
"""

import dataclasses
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Protocol, dataclass_transform

from django.db import connection

SUBJECTS = ("case_id", "customer_id", "staff_id", "team_id")
_REGISTRY: dict[str, type["Fact"]] = {}


class Announcer(Protocol):
    """Who did it: anything with a stable key such as `staff:12`, `customer:7` or `system:mail`."""

    @property
    def key(self) -> str: ...


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Fact:
    """Base of every fact. Subclasses become frozen, keyword-only dataclasses and are registered by name.

    `CaseOpened` in `yinuo/cases/facts.py` is stored as `cases.case_opened`. Fields named like a
    subject (`case_id`, `customer_id`, `staff_id`, `team_id`) get columns of their own.
    """

    fact_type: ClassVar[str]
    fact_version: ClassVar[int] = 1

    def __init_subclass__(cls, *, version: int = 1) -> None:
        dataclass(frozen=True, kw_only=True)(cls)
        folder = cls.__module__.removeprefix("yinuo.").split(".")[0]
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.fact_type = f"{folder}.{snake}"
        cls.fact_version = version
        _REGISTRY[cls.fact_type] = cls


@dataclass(frozen=True)
class RecordedFact:
    """One row of the log: the fact with its position, its instant and its actor."""

    tx: int
    id: int
    type: str
    version: int
    at: datetime
    recorded_at: datetime
    actor: str
    subjects: dict[str, int | None]
    payload: dict[str, Any]

    @property
    def position(self) -> tuple[int, int]:
        return self.tx, self.id

    @property
    def case_id(self) -> int | None:
        return self.subjects["case_id"]

    @property
    def customer_id(self) -> int | None:
        return self.subjects["customer_id"]


COLUMNS = "tx, id, type, version, at, recorded_at, actor, case_id, customer_id, staff_id, team_id, payload"


def recorded(row: tuple[Any, ...]) -> RecordedFact:
    """Return the fact in a row selected with `COLUMNS`."""
    payload = json.loads(row[11]) if isinstance(row[11], str) else row[11]
    tx, number, kind, version, at, recorded_at, actor = row[:7]
    subjects = dict(zip(SUBJECTS, row[7:11], strict=True))
    return RecordedFact(tx, number, kind, version, at, recorded_at, actor, subjects, payload)


def announce(*facts: Fact, by: Announcer, at: datetime) -> None:
    """Write facts to the log inside the running transaction; `at` is when they happened, aware."""
    if not facts:
        return
    rows = [fact_values(fact, by=by, at=at) for fact in facts]
    places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO foundation_fact (type, version, at, actor, case_id, customer_id, staff_id, team_id, payload) "  # noqa: S608 - places are literals
            f"VALUES {places}",
            [value for row in rows for value in row],
        )


def fact_values(fact: Fact, *, by: Announcer, at: datetime) -> tuple[Any, ...]:
    """Return the column values of a fact, for statements that write facts together with other rows."""
    values = {field.name: getattr(fact, field.name) for field in dataclasses.fields(fact)}  # type: ignore[arg-type]
    subjects = [values.pop(name, None) for name in SUBJECTS]
    return fact.fact_type, fact.fact_version, at, by.key, *subjects, json.dumps(values, default=_plain, sort_keys=True)


def known_facts() -> Iterable[type[Fact]]:
    """Return every declared fact, sorted by type; documentation and its test read this."""
    return [_REGISTRY[name] for name in sorted(_REGISTRY)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a fact cannot carry {type(value).__name__}: use ids, numbers, text or instants")
