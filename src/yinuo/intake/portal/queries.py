"""Reads of the portal: who is signed in, their cases, and what the pages' frame says of the house."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from yinuo.access.actors import Actor
from yinuo.cases.models import ENDED, Case, CaseQuerySet, CaseState, Message, Promise
from yinuo.cases.queries import given_name
from yinuo.cases.queries.finding import PUBLIC_KINDS
from yinuo.cases.queries.ledger import PromiseShown, shown_promise
from yinuo.intake.mail.actions import default_mailbox
from yinuo.organisation.queries import ourselves

from .models import CustomerSession

_CLOSED_ON_A_PAGE = 20
_SEARCH_LENGTH = 100


@dataclass(frozen=True)
class OwnCase:
    """A case as its customer sees it in a list."""

    case: Case
    owner_name: str
    promise: PromiseShown | None


@dataclass(frozen=True)
class OwnCases:
    """A customer's cases: the open ones, the one due first first, then a page of the closed ones, the newest first."""

    open: list[OwnCase]
    closed: list[OwnCase]
    next_before: str


def digest_of(token: str) -> bytes:
    """Return what is stored of a token that cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def session_of(token: str, *, at: datetime) -> CustomerSession | None:
    """Return the running session of a cookie's token, with its customer; None when there is none."""
    if not token:
        return None
    running = CustomerSession.objects.filter(digest=digest_of(token), ended_at=None, expires_at__gt=at)
    return running.select_related("customer", "identity").defer("customer__address", "identity__value").first()


def actor_of(session: CustomerSession) -> Actor:
    """Return who acts when this customer acts."""
    return Actor.customer(session.customer_id, name=session.customer.name)


def house_name() -> str:
    """Return our name in the language of who looks; before somebody has said it, that of our mails, or empty."""
    if organisation := ourselves():
        return organisation.name
    mailbox = default_mailbox()
    return mailbox.sender_name if mailbox else ""


def own_cases(actor: Actor, *, search: str = "", before: str = "", at: datetime) -> OwnCases:
    """Return the cases of the customer who acts, and of nobody else.

    search: words that all stand in the number, the subject or what was said publicly. before: the number of the last
    closed case of the page before.
    """
    everything = Case.objects.visible_to(actor).select_related("owner", "merged_into__owner")
    # A case that went into another one of theirs is that one; one that went into somebody else's stands as that does.
    cases = _found(everything.exclude(merged_into__customer=F("customer_id")), search)
    running = Q(state=CaseState.OPEN) | Q(merged_into__state=CaseState.OPEN)
    by_due = (Coalesce("next_due_at", "merged_into__next_due_at"), "id")
    open_cases = [] if before else list(cases.filter(running).order_by(*by_due))
    closed = cases.filter(state__in=ENDED).exclude(merged_into__state=CaseState.OPEN)
    if before and (last := closed.filter(reference=before).first()):
        closed = closed.filter(Q(closed_at__lt=last.closed_at) | Q(closed_at=last.closed_at, pk__lt=last.pk))
    page = list(closed.order_by("-closed_at", "-id")[: _CLOSED_ON_A_PAGE + 1])
    living = [(case, case.merged_into or case) for case in open_cases]
    promises = Promise.objects.in_bulk([one.next_promise_id for _case, one in living if one.next_promise_id])
    return OwnCases(
        open=[_own(case, promises.get(one.next_promise_id or 0), at) for case, one in living],
        closed=[_own(case, None, at) for case in page[:_CLOSED_ON_A_PAGE]],
        next_before=page[_CLOSED_ON_A_PAGE - 1].reference if len(page) > _CLOSED_ON_A_PAGE else "",
    )


def _own(case: Case, promise: Promise | None, at: datetime) -> OwnCase:
    owner = (case.merged_into or case).owner
    owner_name = given_name(owner.name) if owner else ""
    return OwnCase(case, owner_name, shown_promise(promise, at=at) if promise else None)


def _found(cases: CaseQuerySet, search: str) -> CaseQuerySet:
    for word in search[:_SEARCH_LENGTH].split():
        said = Message.objects.filter(case=OuterRef("pk"), kind__in=PUBLIC_KINDS, text__icontains=word)
        number = Case.objects.filter(merged_into=OuterRef("pk"), reference__icontains=word)
        named = Q(subject__icontains=word) | Q(reference__icontains=word)
        cases = cases.filter(named | Exists(said) | Exists(number))
    return cases
