"""Everything between a customer and us on one time line, the newest first: what was said, promised, ended, bought."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Closure, Message, Promise, PromiseEnd, PromiseKind, Reopening
from yinuo.customers.models import Customer
from yinuo.entitlements.models import Order

PAGE_LENGTH = 30
_TEXT_LENGTH = 240
_BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class StoryEntry:
    """One thing that happened. what: message, opened, closed, reopened, broken or ordered. who: who said or did it.

    text: the beginning of what was said, or the kind of promise. side: of a message: customer, reply, note, notice or
    automatic. case: to which it belongs; None for an order.
    """

    what: str
    at: datetime
    id: int
    text: str = ""
    who: str = ""
    side: str = ""
    case: Case | None = None
    order: Order | None = None


@dataclass(frozen=True)
class StoryPage:
    """A page of the time line. older_key: what to pass as `before` for what was earlier; empty at the beginning."""

    entries: list[StoryEntry]
    older_key: str


@dataclass(frozen=True)
class _Source:
    rows: QuerySet[Any]
    field: str
    shown: Callable[[Any], StoryEntry]


def story(customer: Customer, *, actor: Actor, before: str = "", length: int = PAGE_LENGTH) -> StoryPage:
    """Return a page of the customer's time line: six statements, whatever there was.

    Only cases this actor may know of; the customer was found by `visible_to` before. An unreadable key counts as none.
    """
    key = _read_key(before)
    found: list[tuple[tuple[datetime, int, int], StoryEntry]] = []
    for rank, source in enumerate(_sources(customer, actor)):
        rows = source.rows.filter(_before(source.field, key, rank)) if key else source.rows
        for row in rows.order_by(f"-{source.field}", "-pk")[: length + 1]:
            entry = source.shown(row)
            found.append(((entry.at, rank, entry.id), entry))
    found.sort(key=lambda one: one[0], reverse=True)
    page = found[:length]
    return StoryPage([entry for _place, entry in page], _written_key(page[-1][0]) if len(found) > length else "")


def _sources(customer: Customer, actor: Actor) -> list[_Source]:
    """Return where the time line comes from; of what happened at one instant, the later source stands above."""
    cases = Case.objects.visible_to(actor).filter(customer=customer)
    of_case = ("case__reference", "case__subject")

    def hanging(model: Any) -> QuerySet[Any]:
        return model.objects.filter(case__in=cases.values("pk")).select_related("case")

    messages = hanging(Message).only("kind", "author_name", "at", *of_case).annotate(begins=Left("text", _TEXT_LENGTH))
    broken = hanging(Promise).filter(end=PromiseEnd.BROKEN).only("kind", "ended_at", *of_case)
    return [
        _Source(Order.objects.filter(customer=customer), "ordered_at", _ordered),
        _Source(cases.only("reference", "subject", "channel", "opened_at"), "opened_at", _opened),
        _Source(messages, "at", _said),
        _Source(broken, "ended_at", _broken),
        _Source(hanging(Reopening).only("reason", "at", *of_case), "at", _reopened),
        _Source(hanging(Closure).only("summary", "outcome", "at", *of_case), "at", _closed),
    ]


def _ordered(order: Order) -> StoryEntry:
    return StoryEntry("ordered", order.ordered_at, order.pk, order=order)


def _opened(case: Case) -> StoryEntry:
    return StoryEntry("opened", case.opened_at, case.pk, text=str(case.get_channel_display()), case=case)


def _said(message: Any) -> StoryEntry:
    text = " ".join(message.begins.split())
    return StoryEntry("message", message.at, message.pk, text, message.author_name, message.kind, message.case)


def _broken(promise: Promise) -> StoryEntry:
    at = promise.ended_at or promise.due_at
    return StoryEntry("broken", at, promise.pk, text=str(PromiseKind(promise.kind).label), case=promise.case)


def _reopened(reopening: Reopening) -> StoryEntry:
    return StoryEntry("reopened", reopening.at, reopening.pk, text=reopening.reason, case=reopening.case)


def _closed(closure: Closure) -> StoryEntry:
    return StoryEntry("closed", closure.at, closure.pk, text=closure.summary[:_TEXT_LENGTH], case=closure.case)


def _before(field: str, key: tuple[datetime, int, int], rank: int) -> Q:
    at, rank_there, number = key
    if rank < rank_there:
        return Q(**{f"{field}__lte": at})
    earlier = Q(**{f"{field}__lt": at})
    return earlier | Q(**{field: at, "pk__lt": number}) if rank == rank_there else earlier


def _written_key(place: tuple[datetime, int, int]) -> str:
    at, rank, number = place
    return f"{at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}_{rank}_{number}"


def _read_key(text: str) -> tuple[datetime, int, int] | None:
    instant, _first, rest = text.partition("_")
    rank, _second, number = rest.partition("_")
    try:
        at, key = datetime.fromisoformat(instant), (int(rank), int(number))
    except ValueError:
        return None
    return (at, *key) if at.tzinfo and abs(key[1]) <= _BIGGEST else None
