"""History lived again in the order of time: what quotes would have said, had they been there. Pure.

For measuring (`yinuo bench quote`) and for filling a demo; the house itself learns in `actions/quoting.py`, by the same
rules. Nothing is known before its instant: an answer teaches when it was given, a quote when its time has passed.
"""

import heapq
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from yinuo.foundation.calendars import BusinessCalendar, open_time_between

from .quoting import Answered, Known, Load, Pace, QuoteDraft, corrected, draft_quote, groups, in_open_hours, known_of
from .quoting import learned as with_answers


@dataclass(frozen=True)
class Lived:
    """An opening as history knows it. ended_at: when its customer stopped waiting, answered or not."""

    opened_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    promised_by: datetime
    team_id: int
    present: int
    case_class: str
    channel: str
    calendar: BusinessCalendar


class Learner:
    """Quotes openings one after the other; they are given in the order of their instants.

    paces: what each group has taught so far; past: open seconds of every answer so far, sorted.
    """

    def __init__(self) -> None:
        self.paces: dict[str, Pace] = defaultdict(Pace)
        self.past: list[float] = []
        self._waiting: dict[int, list[datetime]] = defaultdict(list)
        self._known: dict[str, Known | None] = {}
        self._later: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0

    def quote(self, lived: Lived) -> tuple[QuoteDraft, Load]:
        """Return what would have been quoted, and the load of that moment."""
        self.come_to(lived.opened_at)
        ends = self._waiting[lived.team_id]
        del ends[: bisect_left(ends, lived.opened_at)]
        load = Load(len(ends), lived.present)
        insort(ends, lived.ended_at)
        among = groups(
            team_id=lived.team_id,
            case_class=lived.case_class,
            channel=lived.channel,
            in_open_hours=in_open_hours(lived.opened_at, lived.calendar),
        )
        quote = draft_quote(
            known=self._finest(among),
            among=among,
            load=load,
            at=lived.opened_at,
            promised_by=lived.promised_by,
            calendar=lived.calendar,
            zone=lived.calendar.tzinfo,
        )
        self._will_know(lived, quote, among, load)
        return quote, load

    def come_to(self, at: datetime) -> None:
        """Learn what has become known by then."""
        while self._later and self._later[0][0] <= at:
            heapq.heappop(self._later)[2]()

    def _will_know(self, lived: Lived, quote: QuoteDraft, among: tuple[str, ...], load: Load) -> None:
        if quote.estimated_by and (lived.answered_at or lived.ended_at > quote.estimated_by):
            held = lived.answered_at is not None and lived.answered_at <= quote.estimated_by
            self._push(quote.estimated_by, partial(self._correct, quote.group, held))
        if lived.answered_at:
            seconds = open_time_between(lived.opened_at, lived.answered_at, lived.calendar).total_seconds()
            self._push(lived.answered_at, partial(self._learn, among, Answered(round(seconds), load.each)))

    def _push(self, at: datetime, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._later, (at, self._count, what))

    def _learn(self, names: tuple[str, ...], answered: Answered) -> None:
        insort(self.past, answered.seconds)
        for name in names:
            self.paces[name] = with_answers(self.paces[name], [answered])
            self._known.pop(name, None)

    def _correct(self, name: str, held: bool) -> None:
        self.paces[name] = corrected(self.paces[name], held=held)
        self._known.pop(name, None)

    def _finest(self, among: tuple[str, ...]) -> dict[str, Known]:
        for name in among:
            if name not in self._known:
                self._known[name] = known_of(self.paces[name])
            if known := self._known[name]:
                return {name: known}
        return {}
