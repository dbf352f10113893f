"""The promise badge and ring: how much time is left of what we promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django import template

from yinuo.foundation.clock import now
from yinuo.web.components.declare import Optional, Required, component
from yinuo.web.components.human_time import clock, machine_time, time_left
from yinuo.web.components.library import register

STATE_TONES = {
    "live": "live",
    "soon": "soon",
    "broken": "broken",
    "kept": "kept",
    "paused": "plain",
    "withdrawn": "plain",
    "replaced": "plain",
}
STATE_ICONS = {
    "live": "clock",
    "soon": "clock",
    "broken": "alert-circle",
    "kept": "circle-check",
    "paused": "player-pause",
    "withdrawn": "circle-x",
    "replaced": "circle-x",
}
TICKING = frozenset({"live", "soon", "broken"})


class PromiseView(Protocol):
    """What a page hands over; any object with these attributes will do.

    state: a key of STATE_TONES, decided by the folder's rules. kind: what was promised, translated, such as
    "First response". given_at, soon_at, due_at, ended_at: aware instants; from soon_at on the promise needs attention;
    ended_at is None while the clock runs and else the instant it was kept, broken for good, paused or withdrawn.
    """

    state: str
    kind: str
    given_at: datetime
    soon_at: datetime
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class ShownPromise:
    """A plain PromiseView for pages that have no richer object."""

    state: str
    kind: str
    given_at: datetime
    soon_at: datetime
    due_at: datetime
    ended_at: datetime | None = None


@component(register, "web/components/promise_badge.html", promise=Required(), now=Optional(None))
def promise_badge(*, promise: PromiseView, now: datetime | None) -> dict[str, Any]:
    """A pill with the time left, ticking in the browser; kept, paused and withdrawn stand still and say so."""
    return _shown(promise, now)


@component(register, "web/components/promise_ring.html", promise=Required(), now=Optional(None))
def promise_ring(*, promise: PromiseView, now: datetime | None) -> dict[str, Any]:
    """A large ring with the time left; the part of the ring still drawn is the part of the time still left."""
    return _shown(promise, now)


def share_left(promise: PromiseView, *, at: datetime) -> float:
    """Return the part of the promised time still left at `at`, from 0 to 1."""
    whole = promise.due_at - promise.given_at
    if whole <= timedelta():
        return 0.0
    return min(1.0, max(0.0, (promise.due_at - at) / whole))


def _shown(promise: PromiseView, at: datetime | None) -> dict[str, Any]:
    state = getattr(promise, "state", None)
    if state not in STATE_TONES:
        known = ", ".join(STATE_TONES)
        raise template.TemplateSyntaxError(f"A promise's state is {state!r}, but may be {known}.")
    at = at or now()
    moment = at if state in TICKING else promise.ended_at or at
    return {
        "state": state,
        "kind": promise.kind,
        "tone": STATE_TONES[state],
        "icon": STATE_ICONS[state],
        "ticking": state in TICKING,
        "given": machine_time(promise.given_at),
        "soon": machine_time(promise.soon_at),
        "due": machine_time(promise.due_at),
        "due_at": promise.due_at,
        "left": time_left(promise.due_at, now=moment),
        "clock": clock(abs(promise.due_at - moment)),
        "is_over": moment > promise.due_at,
        "ended_at": promise.ended_at,
        "percent_left": round(share_left(promise, at=moment) * 100, 1),
    }
