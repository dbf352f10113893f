"""Moulds: what the house's own actions wrote for one case or customer, to be written again for others at other times.

Nothing here knows the columns of a table. They are read from the database's own catalogue, so a column or a table that
a migration adds comes along as the actions filled it. What must not be repeated as it stands (keys, people, instants,
unique values) is replaced by a slot; a unique column or a number of another row for which there is no rule is refused
by name, rather than filled wrongly.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from graphlib import TopologicalSorter
from typing import Any

from django.db import connection

FACTS = "foundation_fact"
# What the log gives a fact by itself when it is written.
_GIVEN_BY_LOG = {"tx", "id", "recorded_at"}
_SUBJECTS = {"case_id": "cases_case", "customer_id": "customers_customer", "staff_id": "organisation_staff"}
_PEOPLE = {"organisation_staff", "access_account"}
# Numbers of other rows that are no foreign keys: the table they name, or None when they stay what they are.
_LINKS = {
    "next_promise_id": "cases_promise",
    "replaces_id": "cases_promise",
    "new_promise_id": "cases_promise",
    "calendar_version_id": None,
    "standard_version_id": None,
    "mailbox_id": None,
    "department_id": None,
    "region_id": None,
    "team_id": None,
}
_ACTOR = re.compile(r"(staff|customer):(\d+)")
_OPEN, _CLOSE, _OPEN_NUMBER, _CLOSE_NUMBER = "\ue000", "\ue001", "\ue002", "\ue003"
# The text form of COPY, and a percent sign that stays one when the slots are filled.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "%": "%%"})

Row = dict[str, Any]
# (table, column) -> what stands there instead, from the row as it was written.
Rules = Mapping[tuple[str, str], Callable[[Row], str]]


class NoRule(Exception):
    """A column holds what must not be written twice, and nothing says what to write instead."""


@dataclass(frozen=True)
class Table:
    """One table of a family. `links`: column -> table it refers to; `unique`: columns whose values occur once."""

    name: str
    key: str
    types: dict[str, str]
    links: dict[str, str]
    unique: frozenset[str]


@dataclass
class Mould:
    """One history. `formats`: table -> its rows in COPY's text form, with slots; `counts`: how many rows these are.

    `instants`, `days`: the slots that move with the history. `staff`: ids of the colleagues in it; `words`: the slots
    in its texts. `facts`: their types in order. `more`: what the caller keeps beside it.
    """

    root: int
    formats: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    instants: dict[str, datetime] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    staff: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    facts: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


def slot(name: str) -> str:
    """Return the mark that later becomes the value called `name`."""
    return f"{_OPEN}{name}{_CLOSE}"


def escaped(text: str) -> str:
    """Return a value as it stands in a line of COPY."""
    return text.translate(_ESCAPES).replace("%%", "%")


def as_format(cell: str | None) -> str:
    """Return a cell as a part of a format string that yields a line of COPY."""
    if cell is None:
        return "\\N"
    return cell.translate(_ESCAPES).replace(_OPEN, "%(").replace(_CLOSE, ")s")


def family(root: str, *, without: Iterable[str] = ()) -> dict[str, Table]:
    """Return the tables that hang on `root` by foreign keys, however deep, each after those it refers to."""
    links = _links()
    names, grows = {root}, True
    while grows:
        more = {table for table, _column, target in links if target in names} - names - set(without)
        names |= more
        grows = bool(more)
    order = TopologicalSorter({name: [t for n, _c, t in links if n == name and t in names - {name}] for name in names})
    return {name: _table(name, links) for name in order.static_order()}


def columns_of(table: Table) -> list[str]:
    """Return the columns that are copied, in order."""
    return [column for column in table.types if table.name != FACTS or column not in _GIVEN_BY_LOG]


def log_table() -> Table:
    """Return the log of facts, which has no foreign keys."""
    return _table(FACTS, [])


def read_rows(table: Table, where: str = "true") -> list[Row]:
    """Return the rows in their order: instants and dates as such, everything else as the database writes it."""
    columns = columns_of(table)
    chosen = ", ".join(f'"{c}"' if _moves(table.types[c]) else f'"{c}"::text' for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {chosen} FROM {table.name} WHERE {where} ORDER BY "{table.key}"')
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


class Reader:
    """Reads every history of a family. The tables must hold nothing else."""

    def __init__(self, root: str, subject: str, rules: Rules, *, without: Iterable[str] = ()) -> None:
        self.tables = family(root, without=without)
        self.root = root
        self.subject = subject
        self.rules = rules
        self.log = log_table()

    def histories(self, facts: str) -> dict[int, dict[str, list[Row]]]:
        """Return root id -> table -> rows. facts: the condition on the log's rows that belong to the family."""
        owner: dict[str, dict[str, str]] = {}
        found: dict[int, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for name, table in self.tables.items():
            owner[name] = {}
            for row in read_rows(table):
                root = row[table.key] if name == self.root else self._owner_of(table, row, owner)
                if root is None:
                    continue
                owner[name][row[table.key]] = root
                found[int(root)][name].append(row)
        for row in read_rows(self.log, facts):
            found[int(row[self.subject])][FACTS].append(row)
        return found

    def _owner_of(self, table: Table, row: Row, owner: dict[str, dict[str, str]]) -> str | None:
        parents = ((target, row[column]) for column, target in table.links.items() if target in owner)
        return next((owner[target][key] for target, key in parents if key and key in owner[target]), None)

    def words(self, text: str, names: Mapping[str, str]) -> str:
        """Return a text as a format string, with the names replaced."""
        return _Caster(self, 0, {}, names).plain(text)

    def mould(self, root: int, rows: dict[str, list[Row]], names: Mapping[str, str]) -> Mould:
        """Return the history with slots. names: words that occur in texts -> the slots they become."""
        return _Caster(self, root, rows, names).cast()


class _Caster:
    def __init__(self, reader: Reader, root: int, rows: dict[str, list[Row]], names: Mapping[str, str]) -> None:
        self.reader, self.rows, self.names = reader, rows, names
        self.made = Mould(root)
        self.slots = {
            (name, row[table.key]): f"{name}:{place}"
            for name, table in reader.tables.items()
            for place, row in enumerate(rows.get(name, ()))
        }
        words = sorted(names, key=len, reverse=True)
        self.words = re.compile("|".join(re.escape(word) for word in words)) if words else None

    def cast(self) -> Mould:
        for name, table in (*self.reader.tables.items(), (FACTS, self.reader.log)):
            rows = self.rows.get(name)
            if not rows:
                continue
            self._refuse_unruled(table)
            lines = ["\t".join(as_format(self._cell(table, row, c)) for c in columns_of(table)) for row in rows]
            self.made.formats[name], self.made.counts[name] = "\n".join(lines) + "\n", len(rows)
        self.made.facts = tuple(row["type"] for row in self.rows.get(FACTS, ()))
        return self.made

    def plain(self, text: str) -> str:
        """Return a text as a format string that yields it as it was, but for the words replaced."""
        return self._text(text).replace("%", "%%").replace(_OPEN, "%(").replace(_CLOSE, ")s")

    def _refuse_unruled(self, table: Table) -> None:
        for column in table.unique - {table.key}:
            if (table.name, column) not in self.reader.rules and column not in table.links:
                raise NoRule(f"{table.name}.{column} is unique: say in the rules what a copy has there")

    def _cell(self, table: Table, row: Row, column: str) -> str | None:
        value = row[column]
        if value is None:
            return None
        if rule := self.reader.rules.get((table.name, column)):
            return rule(row)
        # A key that is another row's number follows that row.
        if column == table.key and column not in table.links and (table.name, value) in self.slots:
            return slot(self.slots[table.name, value])
        links = _SUBJECTS if table.name == FACTS else table.links
        if column in links:
            return self._linked(links[column], value)
        return self._plain_cell(table, column, value)

    def _plain_cell(self, table: Table, column: str, value: Any) -> str:
        kind = table.types[column]
        if column.endswith("_id") and kind in {"bigint", "integer"}:
            return self._numbered(table.name, column, value)
        if _moves(kind):
            return self._instant(value)
        if kind == "jsonb":
            return self._json(table.name, json.loads(value))
        return self._text(value) if kind in {"text", "character varying"} else value

    def _linked(self, target: str, key: str) -> str:
        if (target, key) in self.slots:
            return slot(self.slots[target, key])
        if target in _PEOPLE:
            self.made.staff.add(int(key))
            return slot(f"s{key}")
        if target == "customers_customer":
            return slot("c")
        if target in self.reader.tables:
            raise NoRule(f"history {self.made.root} refers to row {key} of {target} in another history")
        return key

    def _numbered(self, where: str, name: str, value: str) -> str:
        if name.endswith("staff_id"):
            return self._linked("organisation_staff", value)
        stem = name.removesuffix("_id").replace("_", "")
        target = next((table for table in self.reader.tables if table.partition("_")[2] == stem), None)
        if target is None and name not in _LINKS:
            raise NoRule(f"{where}.{name} is the number of another row: say in _LINKS of which table")
        target = target or _LINKS[name]
        return self._linked(target, value) if target else value

    def _instant(self, value: date) -> str:
        known = self.made.instants if isinstance(value, datetime) else self.made.days
        for name, other in known.items():
            if other == value:
                return slot(name)
        name = f"{'t' if isinstance(value, datetime) else 'd'}{len(known)}"
        known[name] = value
        return slot(name)

    def _json(self, where: str, values: Any) -> str:
        text = json.dumps(self._json_value(where, "", values), ensure_ascii=False)
        return text.replace(f'"{_OPEN_NUMBER}', _OPEN).replace(f'{_CLOSE_NUMBER}"', _CLOSE)

    def _json_value(self, where: str, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._json_value(where, key, one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._json_value(where, name.removesuffix("s"), one) for one in value]
        if isinstance(value, int) and name.endswith("_id"):
            marked = self._numbered(f"{where}.payload", name, str(value))
            if marked.startswith(_OPEN):
                return f"{_OPEN_NUMBER}{marked[1:-1]}{_CLOSE_NUMBER}"
        if isinstance(value, str) and name.endswith("_at"):
            return self._instant(datetime.fromisoformat(value))
        return value

    def _text(self, value: str) -> str:
        if match := _ACTOR.fullmatch(value):
            kind = "organisation_staff" if match[1] == "staff" else "customers_customer"
            return f"{match[1]}:{self._linked(kind, match[2])}"
        return self.words.sub(self._word, value) if self.words else value

    def _word(self, match: re.Match[str]) -> str:
        name = self.names[match[0]]
        self.made.words.add(name)
        return slot(name)


def _moves(kind: str) -> bool:
    return kind in {"timestamp with time zone", "date"}


def _links() -> list[tuple[str, str, str]]:
    """Return (table, column, table referred to) of every foreign key over one column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, attname, confrelid::regclass::text FROM pg_constraint "
            "JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] "
            "WHERE contype = 'f' AND array_length(conkey, 1) = 1 AND conparentid = 0 ORDER BY 1, attnum"
        )
        return cursor.fetchall()


def _table(name: str, links: list[tuple[str, str, str]]) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [name],
        )
        types = dict(cursor.fetchall())
        cursor.execute(
            "SELECT attname, indisprimary FROM pg_index JOIN pg_attribute ON attrelid = indrelid "
            "AND attnum = indkey[0] WHERE indrelid = %s::regclass AND indisunique AND indnkeyatts = 1",
            [name],
        )
        unique = cursor.fetchall()
    key = next((column for column, is_primary in unique if is_primary), "id")
    targets = {column: target for table, column, target in links if table == name}
    return Table(name, key, types, targets, frozenset(column for column, _is_primary in unique))
