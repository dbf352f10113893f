"""Followers read the fact log in order, each from its own stored position, exactly once.

A follower's effect on the database and the move of its position commit together, so a crash at any
point leaves either both or neither. Facts of transactions that still run are not read yet: a
follower stops below the oldest running transaction (`pg_snapshot_xmin`), so none is ever skipped.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import connection, transaction

from .facts import COLUMNS, Fact, RecordedFact, recorded

Handler = Callable[[Sequence[RecordedFact]], None]

# Above every id: "all facts of this transaction are done".
_LAST_ID = 2**63 - 1
_FOLLOWERS: dict[str, "Follower"] = {}


class Start(Enum):
    """Where a follower that never ran begins."""

    NOW = "now"
    BEGINNING = "beginning"


@dataclass(frozen=True)
class Follower:
    """A named function over batches of facts. `types` empty means every fact."""

    name: str
    handle: Handler
    types: tuple[str, ...]
    start: Start
    batch_size: int


def follower(
    name: str, *, kinds: Iterable[type[Fact]] = (), start: Start = Start.NOW, batch_size: int = 500
) -> Callable[[Handler], Handler]:
    """Register a function as the follower `name`; it gets lists of facts, oldest first."""

    def register(handle: Handler) -> Handler:
        if name in _FOLLOWERS:
            raise ValueError(f"two followers are called {name}")
        _FOLLOWERS[name] = Follower(name, handle, tuple(kind.fact_type for kind in kinds), start, batch_size)
        return handle

    return register


def known_followers() -> list[Follower]:
    """Return every registered follower, sorted by name."""
    return [_FOLLOWERS[name] for name in sorted(_FOLLOWERS)]


def catch_up(one: Follower) -> int:
    """Let a follower handle its next batch in one transaction; return how many facts it handled.

    Returns 0 when it has read everything that is safe to read, or when another worker holds it.
    """
    with transaction.atomic():
        position = _lock_position(one)
        if position is None:
            return 0
        horizon = _horizon()
        facts = _next_facts(one, position, horizon)
        if facts:
            one.handle(facts)
        full = len(facts) == one.batch_size
        new_position = facts[-1].position if full else (horizon - 1, _LAST_ID)
        if new_position > position:
            _save_position(one, new_position)
        return len(facts)


def lag_seconds(one: Follower) -> float:
    """Return how long ago the oldest fact that this follower has not handled was recorded; 0 when none waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tx, id FROM foundation_follower WHERE name = %s", [one.name])
        row = cursor.fetchone() or (0, 0)
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - recorded_at) FROM foundation_fact "
            "WHERE (tx, id) > (%s, %s) AND (%s = '{}' OR type = ANY(%s)) ORDER BY tx, id LIMIT 1",
            [*row, list(one.types), list(one.types)],
        )
        oldest = cursor.fetchone()
    return float(oldest[0]) if oldest else 0.0


def horizon_position() -> tuple[int, int]:
    """Return the position below which every fact is final: nothing will still be written before it."""
    return _horizon() - 1, _LAST_ID


def newest_position() -> tuple[int, int]:
    """Return the position of the newest committed fact, (0, 0) when there is none; it may not be final yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tx, id FROM foundation_fact ORDER BY tx DESC, id DESC LIMIT 1")
        return cursor.fetchone() or (0, 0)


def facts_between(after: tuple[int, int], *, limit: int, types: Sequence[str] = ()) -> list[RecordedFact]:
    """Return the final facts after a position, oldest first; for readers that keep their own position."""
    return _select(after, _horizon(), types, limit)


def _lock_position(one: Follower) -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tx, id FROM foundation_follower WHERE name = %s FOR UPDATE SKIP LOCKED", [one.name])
        row = cursor.fetchone()
        if row:
            return row[0], row[1]
        first = (0, 0) if one.start is Start.BEGINNING else horizon_position()
        cursor.execute(
            "INSERT INTO foundation_follower (name, tx, id) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING",
            [one.name, *first],
        )
        return first if cursor.rowcount else None


def _horizon() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT foundation_horizon()")
        return int(cursor.fetchone()[0])


def _next_facts(one: Follower, position: tuple[int, int], horizon: int) -> list[RecordedFact]:
    return _select(position, horizon, one.types, one.batch_size)


def _select(after: tuple[int, int], horizon: int, types: Sequence[str], limit: int) -> list[RecordedFact]:
    wanted = "AND type = ANY(%s)" if types else ""
    arguments: list[Any] = [*after, horizon, *([list(types)] if types else []), limit]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM foundation_fact WHERE (tx, id) > (%s, %s) AND tx < %s {wanted} "  # noqa: S608 - literals
            "ORDER BY tx, id LIMIT %s",
            arguments,
        )
        return [recorded(row) for row in cursor.fetchall()]


def _save_position(one: Follower, position: tuple[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE foundation_follower SET tx = %s, id = %s WHERE name = %s", [*position, one.name])
