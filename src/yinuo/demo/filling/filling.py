"""The order in which a demo is filled: the company, its customers, the days from the newest back, the orders.

`fill_first` does what a newcomer sees first; `fill_rest` the older history, beside the pages that are served by then.
Both may be stopped at any moment and run again, and several processes may do either at once.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from django.db import connection

from yinuo.cases.models import Message, MessageKind
from yinuo.demo.company.joining import join_some_cases
from yinuo.demo.company.remedies import give_remedies
from yinuo.demo.company.world import build_world
from yinuo.demo.filling import steps
from yinuo.demo.filling.cases import play
from yinuo.demo.filling.cast import Cast, read_cast
from yinuo.demo.filling.history import arrivals_by_day, plans_of_day
from yinuo.demo.filling.house import plan_shifts, set_up
from yinuo.demo.filling.ownership import play_owners
from yinuo.demo.filling.people import add_companies, add_customers, add_orders, with_own_serials
from yinuo.demo.filling.told import quote_history
from yinuo.demo.filling.wish import Wish
from yinuo.foundation.followers import Start, catch_up, horizon_position, known_followers, newest_position
from yinuo.intake.mail.actions import queue_mail_for

# Days that are filled before the pages are served.
_FIRST_DAYS = 2
_PEOPLE_IN_A_STEP = 250
_ORDERS_IN_A_STEP = 200
_LONGEST_WAIT_SECONDS = 60.0
_WAIT_SECONDS = 0.1

Told = Callable[[float], None]


@dataclass(frozen=True)
class Step:
    """A piece of work that is done whole or not at all. `weight`: its share of the time."""

    name: str
    number: int
    weight: float
    work: Callable[[], None]


class Filling:
    """One process's part in filling a demo. `told` hears the share (0..1) that is done of the present stage."""

    def __init__(self, wish: Wish, mail_folder: Path, told: Told = lambda _share: None) -> None:
        self.wish = wish
        self.mail_folder = mail_folder
        self.told = told
        self.world = build_world(wish.seed, wish.today, customer_count=wish.customer_count)
        self.arrivals = arrivals_by_day(wish)

    def fill_company(self) -> None:
        """Store the company itself; the other steps build on it."""
        self._run([Step("company", 0, 1.0, lambda: set_up(self.wish, self.mail_folder))])
        at = self.wish.moved_in_at
        self._run([Step("companies", 1, 1.0, lambda: add_companies(self.world, at=at))])

    def fill_first(self) -> None:
        """Store the customers and the newest days."""
        people = self._people()
        days = self._days()[:_FIRST_DAYS]
        self._run(people, more=sum(day.weight for day in days))
        self._run(days, before=sum(step.weight for step in people))
        self._run([Step("owners", 3, 1.0, lambda: play_owners(self.cast, at=self.wish.ends_at))])

    def fill_rest(self) -> None:
        """Store what customers bought and the days before."""
        shifts = Step("shifts", 2, 30.0, lambda: plan_shifts(self.wish))
        self._run([shifts, *self._orders(), *self._days()])
        self._run([Step("remedies", 3, 1.0, lambda: give_remedies(ends_at=self.wish.ends_at))])

    def _people(self) -> list[Step]:
        everybody = (*self.world.customers, *self.world.outsiders)
        return [
            Step(
                f"people-{first}",
                100 + first // _PEOPLE_IN_A_STEP,
                _PEOPLE_IN_A_STEP * 0.25,
                partial(add_customers, self.world, part, at=self.wish.moved_in_at),
            )
            for first, part in _parts(everybody, _PEOPLE_IN_A_STEP)
        ]

    def _orders(self) -> list[Step]:
        return [
            Step(
                f"orders-{first}",
                1000 + first // _ORDERS_IN_A_STEP,
                _ORDERS_IN_A_STEP * 0.12,
                partial(self._add_orders, part),
            )
            for first, part in _parts(with_own_serials(self.world.orders), _ORDERS_IN_A_STEP)
        ]

    def _add_orders(self, orders: Sequence) -> None:
        add_orders(orders, self.cast.customers, at=self.wish.moved_in_at)

    def _days(self) -> list[Step]:
        return [
            Step(f"day-{day.isoformat()}", day.toordinal(), len(arrivals), partial(self._fill_day, day))
            for day, arrivals in self.arrivals.items()
        ]

    def _fill_day(self, day: date) -> None:
        plans = plans_of_day(self.wish, self.world, day, self.arrivals[day])
        with _counting_from_one(day):
            for plan in plans:
                play(plan, self.cast, self.world, ends_at=self.wish.ends_at)
        if day == self.wish.today:
            _go_on_counting(len(plans))

    @property
    def cast(self) -> Cast:
        """The company's rows; read when the customers are all there."""
        if self._cast is None:
            self._cast = read_cast(self.world)
        return self._cast

    _cast: Cast | None = None

    def _run(self, wanted: Sequence[Step], *, before: float = 0.0, more: float = 0.0) -> None:
        """Do every step that is not done; return when all are, whoever did them."""
        total = before + more + sum(step.weight for step in wanted)
        while missing := self._missing(wanted, before, total):
            did = False
            for step in missing:
                if steps.run_step(step.name, step.number, step.work):
                    did = True
                    self._missing(wanted, before, total)
            if not did:
                time.sleep(_WAIT_SECONDS)

    def _missing(self, wanted: Sequence[Step], before: float, total: float) -> list[Step]:
        done = steps.done_steps()
        missing = [step for step in wanted if step.name not in done]
        self.told((before + sum(step.weight for step in wanted if step.name in done)) / total)
        return missing


def finish(wish: Wish) -> None:
    """Let the followers that care for the present begin here, and mark the demo as whole.

    Nothing of the history is acknowledged or mailed again; what somebody answered on the pages meanwhile is.
    """
    quote_history(ends_at=wish.ends_at)
    join_some_cases(ends_at=wish.ends_at)
    _await_final_log()
    for one in known_followers():
        if one.start is Start.NOW:
            catch_up(one)
    answered = Message.objects.filter(
        kind__in=(MessageKind.REPLY, MessageKind.NOTICE), stored_at__gt=wish.ends_at, outgoing_mail=None
    )
    for message in answered.select_related("conversation", "case__customer").order_by("id"):
        queue_mail_for(message, at=message.stored_at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    steps.mark_whole()


def _await_final_log() -> None:
    """Wait until no fact of the history can still be read as new. Raises TimeoutError."""
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while newest_position() > horizon_position():
        if time.monotonic() > deadline:
            raise TimeoutError("a transaction of another process keeps the log open")
        time.sleep(_WAIT_SECONDS)


def _parts(rows: Sequence, size: int) -> Iterable[tuple[int, Sequence]]:
    return ((first, rows[first : first + size]) for first in range(0, len(rows), size))


class _counting_from_one:  # noqa: N801 - read as a statement
    """Within it, cases of the day are numbered from 1, whichever days other processes are filling.

    The house draws numbers from one sequence, for a day there is only the present one. A temporary sequence of the
    same name stands in its place for this connection.
    """

    def __init__(self, day: date) -> None:
        self.day = day

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY SEQUENCE foundation_case_number")
            # The functions of this connection may have the lasting sequence in their plans.
            cursor.execute("DISCARD PLANS")
            cursor.execute("INSERT INTO foundation_case_day (day, base) VALUES (%s, 0)", [self.day])

    def __exit__(self, kind: type[BaseException] | None, *_more: object) -> None:
        if kind is None:
            with connection.cursor() as cursor:
                cursor.execute("DROP SEQUENCE pg_temp.foundation_case_number")


def _go_on_counting(count: int) -> None:
    """Let the next case of today have the number after `count`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('public.foundation_case_number', %s)", [count])
