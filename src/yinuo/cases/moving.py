"""What hangs on a case in later folders and goes along when it is merged: drafts, answers on their way.

A fact would come too late: an answer that waits ten seconds would meet a case in which nothing more happens. So a later
folder says here what to move, and it is moved in the transaction of the merge:

    moves_along("desk.writing", move=move_writing, back=move_writing_back)

`move(source, target, at)` returns what it moved, as JSON; `back(kept, source, target, at)` is given that again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .models import Case

Move = Callable[[Case, Case, datetime], Any]
Back = Callable[[Any, Case, Case, datetime], None]
_MOVERS: dict[str, "Mover"] = {}


@dataclass(frozen=True)
class Mover:
    """What one folder moves along, and how it moves it back."""

    name: str
    move: Move
    back: Back


def moves_along(name: str, *, move: Move, back: Back) -> None:
    """Declare what goes along with a case; the name stands in the merge for ever."""
    _MOVERS[name] = Mover(name, move, back)


def movers() -> list[Mover]:
    """Return everything that goes along, by its name."""
    return [_MOVERS[name] for name in sorted(_MOVERS)]
