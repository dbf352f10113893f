"""Seals over the fact log: a keyed hash chain per day, so that no change goes unseen.

The key lies outside the database (`YINUO_HOME/keys/trail`): whoever can write to the database alone
cannot rebuild the chain. `verify_trail` reads the log again and says where it was touched.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from .clock import now
from .facts import RecordedFact
from .followers import Start, facts_between, follower
from .home import home
from .models import FactSeal

_GENESIS = b"\0" * 32


@dataclass(frozen=True)
class BrokenSeal:
    """A day whose facts no longer match its seal."""

    day: date
    sealed_count: int
    found_count: int


@follower("foundation.seal", start=Start.BEGINNING, batch_size=2000)
def seal_facts(facts: Sequence[RecordedFact]) -> None:
    """Extend the chain over the next facts; a day closes when the first fact of a later day arrives."""
    seal = FactSeal.objects.order_by("-day").first()
    for day, of_day in _by_day(facts, since=seal.day if seal else None):
        if seal is None or seal.day != day:
            previous = bytes(seal.digest) if seal else _GENESIS
            if seal:
                FactSeal.objects.filter(day=seal.day).update(closed_at=now())
            seal = FactSeal(day=day, digest=previous, previous_digest=previous)
        seal.digest = _extended(bytes(seal.digest), of_day)
        seal.fact_count += len(of_day)
        seal.tx, seal.last_id = of_day[-1].position
        seal.save()


def verify_trail() -> list[BrokenSeal]:
    """Read the whole log again and return the days that do not match their seals; empty means untouched."""
    broken = []
    digest, after = _GENESIS, (0, 0)
    for seal in FactSeal.objects.order_by("day").iterator():
        until, count = (seal.tx, seal.last_id), 0
        intact = bytes(seal.previous_digest) == digest
        for facts in _batches(after, until):
            digest = _extended(digest, facts)
            count += len(facts)
        if not intact or digest != bytes(seal.digest) or count != seal.fact_count:
            broken.append(BrokenSeal(seal.day, seal.fact_count, count))
        # The next day is judged on its own, so that one change is reported once.
        digest, after = bytes(seal.digest), until
    return broken


def _batches(after: tuple[int, int], until: tuple[int, int]) -> Iterator[list[RecordedFact]]:
    while facts := [fact for fact in facts_between(after, limit=2000) if fact.position <= until]:
        yield facts
        after = facts[-1].position


def _by_day(facts: Sequence[RecordedFact], *, since: date | None) -> Iterator[tuple[date, list[RecordedFact]]]:
    """Group by recorded day in log order; a long transaction never moves the log back to an earlier day."""
    groups: dict[date, list[RecordedFact]] = {}
    day = since or facts[0].recorded_at.astimezone(UTC).date()
    for fact in facts:
        day = max(day, fact.recorded_at.astimezone(UTC).date())
        groups.setdefault(day, []).append(fact)
    yield from groups.items()


def _extended(digest: bytes, facts: Sequence[RecordedFact]) -> bytes:
    key = home().secret("trail").encode()
    for fact in facts:
        digest = hmac.digest(key, digest + _canonical(fact), hashlib.sha256)
    return digest


def _canonical(fact: RecordedFact) -> bytes:
    parts = [fact.tx, fact.id, fact.type, fact.version, fact.at.astimezone(UTC).isoformat(), fact.actor]
    return json.dumps([*parts, fact.subjects, fact.payload], sort_keys=True, ensure_ascii=False).encode()
