"""Which of several people becomes the owner. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_PRESENCE_ORDER = {"available": 0, "busy": 1, "away": 2, "offline": 3}


@dataclass(frozen=True)
class Candidate:
    """Somebody who could own the case. `capacity` > 0; `last_case_at` None: has not had one yet."""

    staff_id: int
    presence: str
    open_count: int
    capacity: int
    last_case_at: datetime | None


def choose(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return whom the case goes to, or None when there is nobody.

    By presence, then by load (open cases as a share of capacity), then who has waited longest, then the lower id.
    """
    return min(candidates, key=_rank, default=None)


def reason_for(chosen: Candidate, candidates: Sequence[Candidate], team_code: str) -> str:
    """Return the sentence that is stored with the choice."""
    available = sum(one.presence == "available" for one in candidates)
    load = f"{chosen.open_count} of {chosen.capacity} running"
    if chosen.presence != "available":
        return f"{team_code}: nobody available; {chosen.presence}, {load}"
    return f"{team_code}: lightest load of {available} available, {load}"


def _rank(one: Candidate) -> tuple[int, float, float, int]:
    waited = one.last_case_at.timestamp() if one.last_case_at else 0.0
    return _PRESENCE_ORDER.get(one.presence, 9), one.open_count / one.capacity, waited, one.staff_id
