"""The queue: the cases somebody works through, the one whose promise falls due first on top.

Its views and filters are values from the address; the page after the last row is found by that row's key, so a page
costs the same at the end of a long queue as at its beginning.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from re import escape

from django.db.models import Q, QuerySet

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, CaseState, Promise
from yinuo.customers.models import Customer
from yinuo.organisation.models import TeamMembership

from .ledger import PromiseShown, shown_promise

PAGE_LENGTH = 30
COUNT_LIMIT = 1000
SOON = timedelta(hours=2)
VIEWS = ("mine", "team", "all", "risk", "closed", "found")
_COLUMNS = (
    "reference",
    "subject",
    "preview",
    "channel",
    "state",
    "owner_id",
    "next_promise_id",
    "next_due_at",
    "opened_at",
    "closed_at",
    "last_message_at",
    "customer__name",
    "customer__tier",
)


@dataclass(frozen=True)
class QueueWish:
    """Which cases are wanted. Empty filters let everything pass; words must all occur in subject, name or number.

    view: one of VIEWS; `found` is every case the person may see, open or closed, for searching. after, before: keys
    of rows, from QueuePage.
    """

    view: str = "mine"
    channel: str = ""
    case_class: str = ""
    tier: str = ""
    words: str = ""
    after: str = ""
    before: str = ""

    @property
    def is_open_view(self) -> bool:
        return self.view not in {"closed", "found"}


@dataclass(frozen=True)
class QueueRow:
    """One case of the queue."""

    case: Case
    promise: PromiseShown | None


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue. count: of the whole list, at most COUNT_LIMIT (then `is_more_than_count`)."""

    rows: list[QueueRow]
    count: int
    is_more_than_count: bool
    older_key: str
    newer_key: str


def queue_page(wish: QueueWish, *, actor: Actor, at: datetime) -> QueuePage:
    """Return a page of the cases wished for, among those the actor may see. Three statements, however long the queue.

    Unreadable keys count as none.
    """
    wanted = _wanted(wish, actor, at)
    count = wanted.order_by()[: COUNT_LIMIT + 1].count()
    column, ascending = ("next_due_at", True) if wish.is_open_view else ("opened_at", False)
    backwards = bool(_key(wish.before)) and not _key(wish.after)
    beyond = _beyond(column, _key(wish.before if backwards else wish.after), upwards=ascending != backwards)
    sign = "" if ascending != backwards else "-"
    found = list(
        wanted.filter(beyond)
        .select_related("customer")
        .only(*_COLUMNS)
        .order_by(f"{sign}{column}", f"{sign}id")[: PAGE_LENGTH + 1]
    )
    is_more = len(found) > PAGE_LENGTH
    cases = found[:PAGE_LENGTH]
    if backwards:
        cases.reverse()
    has_older, has_newer = (True, is_more) if backwards else (is_more, bool(_key(wish.after)))
    return QueuePage(
        rows=_rows(cases, at),
        count=min(count, COUNT_LIMIT),
        is_more_than_count=count > COUNT_LIMIT,
        older_key=_key_of(cases[-1], column) if cases and has_older else "",
        newer_key=_key_of(cases[0], column) if cases and has_newer else "",
    )


def _wanted(wish: QueueWish, actor: Actor, at: datetime) -> QuerySet[Case]:
    cases = Case.objects.visible_to(actor)
    if wish.is_open_view:
        cases = cases.open()
    if wish.view == "mine":
        cases = cases.filter(owner_id=actor.staff_id)
    elif wish.view == "team":
        cases = cases.filter(team__in=TeamMembership.objects.filter(staff_id=actor.staff_id).values("team_id"))
    elif wish.view == "risk":
        cases = cases.filter(next_due_at__lte=at + SOON)
    elif wish.view == "closed":
        cases = cases.filter(state=CaseState.CLOSED)
    exact = {"channel": wish.channel, "case_class": wish.case_class, "tier": wish.tier}
    cases = cases.filter(**{name: value for name, value in exact.items() if value})
    for word in wish.words.split():
        # `~*` can use the trigram indexes; LIKE on UPPER(), which icontains makes, cannot.
        pattern = escape(word)
        named = Customer.objects.filter(name__iregex=pattern).values("pk")
        cases = cases.filter(Q(subject__iregex=pattern) | Q(customer__in=named) | Q(reference__startswith=word.upper()))
    return cases


def _rows(cases: list[Case], at: datetime) -> list[QueueRow]:
    promises = Promise.objects.in_bulk([case.next_promise_id for case in cases if case.next_promise_id])
    return [
        QueueRow(case, shown_promise(promises[case.next_promise_id], at=at) if case.next_promise_id else None)
        for case in cases
    ]


def _beyond(column: str, key: tuple[datetime, int] | None, *, upwards: bool) -> Q:
    if key is None:
        return Q()
    comparison = "gt" if upwards else "lt"
    instant, number = key
    return Q(**{f"{column}__{comparison}": instant}) | Q(**{column: instant, f"id__{comparison}": number})


def _key_of(case: Case, column: str) -> str:
    instant: datetime = getattr(case, column)
    return f"{instant.astimezone(UTC).isoformat().replace('+00:00', 'Z')}_{case.pk}"


def _key(text: str) -> tuple[datetime, int] | None:
    instant, _separator, number = text.partition("_")
    try:
        at = datetime.fromisoformat(instant)
        return (at, int(number)) if at.tzinfo else None
    except ValueError:
        return None
