"""Timed work: functions the worker calls again and again, each in its lane.

What is due stands in rows with a due instant, scanned by index; nothing is kept in memory, so any number of workers
may run and any of them may die. A lane is one thread: slow work (mail servers, imports) never delays promises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

Run = Callable[[datetime], int]
_TIMERS: dict[str, "Timer"] = {}


@dataclass(frozen=True)
class Timer:
    """Timed work by name. `run` gets the present instant and returns how much it did."""

    name: str
    run: Run
    every: timedelta
    lane: str


def timed(name: str, *, every: timedelta, lane: str) -> Callable[[Run], Run]:
    """Register a function as timed work; when it did something it is called again at once."""

    def register(run: Run) -> Run:
        if name in _TIMERS:
            raise ValueError(f"two timers are called {name}")
        _TIMERS[name] = Timer(name, run, every, lane)
        return run

    return register


def known_timers() -> list[Timer]:
    """Return every registered timer, sorted by name."""
    return [_TIMERS[name] for name in sorted(_TIMERS)]
