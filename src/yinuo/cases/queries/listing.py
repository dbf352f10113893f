"""The list of all cases: its columns, filters and orders. Every page of it costs two statements, however long it is."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from re import escape
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, CaseState, Channel, Promise, PromiseEnd
from yinuo.cases.rules import INTERNAL_KINDS
from yinuo.customers.models import Customer, Tier
from yinuo.customers.queries import Person, ids_by_name
from yinuo.foundation.lists import Choices, Column, Days, DeclaredList, Moment, Pill, Sort, Words, YesNo
from yinuo.foundation.references import id_of
from yinuo.organisation.models import Staff, Team
from yinuo.standards.models import CaseClass

from .ledger import shown_promise

PLACE = "cases"
_MOST_OFFERED = 300
_STATE_TONES = {CaseState.OPEN: "info", CaseState.SOLVED: "kept", CaseState.CLOSED: "plain"}
_CLASS_TONES = {CaseClass.EMERGENCY: "broken", CaseClass.IMPORTANT: "soon"}
_COLUMNS_READ = (
    "reference",
    "subject",
    "state",
    "tier",
    "channel",
    "case_class",
    "language",
    "next_promise_id",
    "next_due_at",
    "opened_at",
    "closed_at",
    "last_message_at",
    "message_count",
    "customer__name",
    "customer__tier",
    "owner__name",
    "team__name_zh",
    "team__name_en",
    "team__code",
)


def case_list(actor: Actor, *, moment: Moment) -> DeclaredList:
    """Return the list of cases as this person may filter and see it."""
    return DeclaredList(
        place=PLACE,
        columns=_columns(),
        filters=[
            Words(
                key="q", label=gettext_lazy("Words"), hint=gettext_lazy("Subject, number, customer"), narrow=with_words
            ),
            _closed(("state", gettext_lazy("State"), CaseState.choices)),
            _closed(("case_class", gettext_lazy("Class"), CaseClass.choices)),
            _closed(("channel", gettext_lazy("Channel"), Channel.choices)),
            _closed(("tier", gettext_lazy("Tier"), Tier.choices)),
            _teams(),
            _owners(actor),
            YesNo(key="broken", label=gettext_lazy("Broken promise"), narrow=_broken),
            YesNo(key="overdue", label=gettext_lazy("Overdue now"), narrow=_overdue),
            Days(key="opened", label=gettext_lazy("Opened on"), field="opened_at"),
            Days(key="closed", label=gettext_lazy("Solved on"), field="closed_at"),
            _customers(actor),
        ],
        default_sort="opened",
        moment=moment,
        dress=_dresser(moment.at),
    )


def listed_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases of the list that this actor may know of, with what a row shows."""
    return Case.objects.visible_to(actor).select_related("customer", "owner", "team").only(*_COLUMNS_READ)


def with_words(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Return the cases in whose subject, number or customer's name every word occurs; one statement for each word."""
    for word in words.split():
        named = ids_by_name(word)
        cases = cases.filter(_subject_with(word) | Q(customer__in=named) | Q(reference__startswith=word.upper()))
    return cases


def _subject_with(word: str) -> Q:
    """Return the filter on subjects, in a way the trigram index answers, which LIKE on UPPER() (icontains) is not.

    A word without capitals needs no regular expression: LIKE looks through many subjects ten times as fast.
    """
    return Q(subject__contains=word) if word.lower() == word.upper() else Q(subject__iregex=escape(word))


def broken_promises(at: datetime) -> Q:
    """Return the filter on promises to customers that were not kept: ended so, or still running past their time."""
    return Q(end=PromiseEnd.BROKEN) & ~Q(kind__in=INTERNAL_KINDS) | Q(
        is_live=True, paused_since=None, runs_for_customer=True, due_at__lt=at
    )


def _columns() -> list[Column]:
    return [
        Column(key="reference", label=gettext_lazy("Number"), value=lambda case: case.reference, is_main=True),
        Column(key="subject", label=gettext_lazy("Subject"), value=lambda case: case.subject),
        Column(key="customer", label=gettext_lazy("Customer"), kind="person", value=_customer),
        Column(key="tier", label=gettext_lazy("Tier"), value=lambda case: Tier(case.tier).label, is_default=False),
        Column(key="case_class", label=gettext_lazy("Class"), kind="pill", value=_class),
        Column(key="channel", label=gettext_lazy("Channel"), value=lambda case: case.get_channel_display()),
        Column(key="owner", label=gettext_lazy("Owner"), value=lambda case: case.owner.name if case.owner else None),
        Column(key="team", label=gettext_lazy("Team"), value=lambda case: case.team.name, is_default=False),
        Column(key="state", label=gettext_lazy("State"), kind="pill", value=_state),
        Column(
            key="opened",
            label=gettext_lazy("Opened"),
            kind="instant",
            value=lambda case: case.opened_at,
            sort=Sort("opened_at", is_falling=True),
        ),
        Column(
            key="promise",
            label=gettext_lazy("Next promise"),
            kind="promise",
            value=lambda case: case.shown_promise,
            sort=Sort("next_due_at", is_nullable=True),
        ),
        Column(
            key="closed",
            label=gettext_lazy("Solved on"),
            kind="instant",
            value=lambda case: case.closed_at,
            sort=Sort("closed_at", is_falling=True, is_nullable=True),
            is_default=False,
        ),
        Column(key="kept", label=gettext_lazy("Promises"), kind="pill", value=_kept),
        Column(
            key="last",
            label=gettext_lazy("Last message"),
            kind="instant",
            value=lambda case: case.last_message_at,
            sort=Sort("last_message_at", is_falling=True),
            is_default=False,
        ),
        Column(
            key="messages",
            label=gettext_lazy("Messages"),
            kind="number",
            value=lambda case: case.message_count,
            is_default=False,
        ),
        Column(key="language", label=gettext_lazy("Language"), value=lambda case: case.language, is_default=False),
    ]


def _closed(filter_of: tuple[str, Any, list[tuple[str, Any]]]) -> Choices:
    key, label, choices = filter_of
    return Choices(key=key, label=label, field=key, offer=lambda: choices)


def _teams() -> Choices:
    def offer() -> Iterable[tuple[str, str]]:
        return [(str(team.pk), team.name) for team in Team.objects.order_by("code")]

    return Choices(key="team", label=gettext_lazy("Team"), field="team_id", offer=offer)


def _owners(actor: Actor) -> Choices:
    """Offer oneself first, then the others who work here; those who left are known when an address names them."""
    staff = Staff.objects.visible_to(actor)

    def offer() -> Iterable[tuple[str, str]]:
        rows = staff.working().order_by("name").values_list("pk", "name")[:_MOST_OFFERED]
        return sorted(((str(pk), name) for pk, name in rows), key=lambda row: row[0] != str(actor.staff_id))

    def find(values: list[str]) -> dict[str, str]:
        rows = staff.filter(pk__in=_ids(values)).values_list("pk", "name")
        return {str(pk): name for pk, name in rows}

    return Choices(key="owner", label=gettext_lazy("Owner"), field="owner_id", offer=offer, find=find)


def _customers(actor: Actor) -> Choices:
    """A customer is never chosen from a list; the profile and other pages lead here with one."""

    def find(values: list[str]) -> dict[str, str]:
        rows = Customer.objects.visible_to(actor).filter(pk__in=_ids(values)).values_list("pk", "name")
        return {str(pk): name for pk, name in rows}

    return Choices(
        key="customer", label=gettext_lazy("Customer"), field="customer_id", offer=tuple, find=find, is_offered=False
    )


def _ids(values: list[str]) -> list[int]:
    return [pk for value in values if (pk := id_of(value)) is not None]


def _broken(cases: QuerySet[Case], is_broken: bool, moment: Moment) -> QuerySet[Case]:
    some = Exists(Promise.objects.filter(broken_promises(moment.at), case=OuterRef("pk")))
    return cases.filter(some if is_broken else ~some)


def _overdue(cases: QuerySet[Case], is_overdue: bool, moment: Moment) -> QuerySet[Case]:
    if is_overdue:
        return cases.filter(next_due_at__lt=moment.at)
    return cases.filter(Q(next_due_at__gte=moment.at) | Q(next_due_at=None))


def _dresser(at: datetime) -> Callable[[list[Any]], list[Any]]:
    def dress(cases: list[Any]) -> list[Any]:
        given = Promise.objects.filter(case__in=[case.pk for case in cases])
        promises = list(given.exclude(kind__in=INTERNAL_KINDS))
        by_id = {promise.pk: promise for promise in promises}
        broken = Counter(
            p.case_id for p in promises if p.end == PromiseEnd.BROKEN or (p.runs_for_customer and p.due_at < at)
        )
        kept = Counter(promise.case_id for promise in promises if promise.end == PromiseEnd.KEPT)
        for case in cases:
            following = by_id.get(case.next_promise_id)
            case.shown_promise = shown_promise(following, at=at) if following else None
            case.broken_count, case.kept_count = broken[case.pk], kept[case.pk]
        return cases

    return dress


def _customer(case: Case) -> Person:
    return Person(case.customer.name, is_vip=case.customer.is_vip)


def _class(case: Case) -> Pill:
    return Pill(CaseClass(case.case_class).label, _CLASS_TONES.get(CaseClass(case.case_class), "plain"))


def _state(case: Case) -> Pill:
    return Pill(CaseState(case.state).label, _STATE_TONES[CaseState(case.state)])


def _kept(case: Any) -> Pill | None:
    if case.broken_count:
        count = case.broken_count
        text = ngettext("%(count)s broken", "%(count)s broken", count) % {"count": count}
        return Pill(text, "broken", "alert-circle")
    return Pill(_("Kept"), "kept", "circle-check") if case.kept_count else None
