"""Opening a case: the hottest path, so its rows are written by one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import AnswerQuoted, CaseOpened, CustomerWrote, PromiseMade
from yinuo.cases.models import Attachment, Case, MessageKind
from yinuo.customers.models import Customer
from yinuo.foundation.facts import Fact, fact_values
from yinuo.foundation.references import case_reference, new_token
from yinuo.organisation.models import Staff, Team
from yinuo.standards.queries import offers
from yinuo.standards.rules import Offer, Request, pick_offer

from . import quoting
from .attaching import AttachmentDraft, attachment_rows


@dataclass(frozen=True)
class Opened:
    """What came of an opening. answer_by: when the first answer will probably come, at the latest as promised."""

    case_id: int
    reference: str
    conversation_id: int
    message_id: int
    due_at: datetime
    answer_by: datetime


@dataclass(frozen=True)
class FirstMessage:
    """What the customer said first. `said_at` aware; `source_key` is the channel's own id of the delivery."""

    text: str
    subject: str
    said_at: datetime
    author_name: str = ""
    html: str = ""
    quoted: str = ""
    source_key: str | None = None
    address: str = ""
    attachments: Sequence[AttachmentDraft] = ()


_NUMBERS = f"""
SELECT nextval('cases_case_id_seq'), nextval('cases_conversation_id_seq'), nextval('cases_message_id_seq'),
       nextval('cases_promise_id_seq'), nextval('cases_promise_id_seq'), foundation_next_case_count(%(day)s),
       coalesce((SELECT number FROM standards_revision), 0),
       {quoting.READ}
"""  # noqa: S608 - a literal of the neighbouring module

_ROWS = f"""
WITH the_case AS (
    INSERT INTO cases_case (id, reference, subject, customer_id, owner_id, team_id, department_id, region_id, tier,
        channel, case_class, category, language, state, standard_version_id, standard_reason, next_promise_id,
        next_due_at, has_live_promise, opened_at, unanswered_since, last_message_at, message_count, preview,
        track_token, follows_id)
    VALUES (%(case)s, %(reference)s, %(subject)s, %(customer)s, %(owner)s, %(team)s, %(department)s, %(region)s,
        %(tier)s, %(channel)s, %(case_class)s, %(category)s, %(language)s, 'open', %(version)s, %(standard_reason)s,
        %(next_promise)s, %(next_due)s, true, %(at)s, %(said_at)s, %(said_at)s, 1, %(preview)s, %(token)s, %(follows)s)
), the_owner AS (
    INSERT INTO cases_ownership (case_id, owner_id, since, reason, by)
    VALUES (%(case)s, %(owner)s, %(at)s, %(owner_reason)s, %(by)s)
), the_conversation AS (
    INSERT INTO cases_conversation (id, case_id, channel, address, started_at)
    VALUES (%(conversation)s, %(case)s, %(channel)s, %(address)s, %(at)s)
), the_message AS (
    INSERT INTO cases_message (id, case_id, conversation_id, kind, author, author_name, text, quoted, html, at,
        stored_at, source_key)
    VALUES (%(message)s, %(case)s, %(conversation)s, %(kind)s, %(author)s, %(author_name)s, %(text)s, %(quoted)s,
        %(html)s, %(said_at)s, %(at)s, %(source_key)s)
), the_promises AS (
    INSERT INTO cases_promise (id, case_id, kind, made_at, made_by, starts_at, within_minutes, due_at, warn_at, is_live,
        "end", standard_version_id, calendar_version_id, reason)
    VALUES (%(promise0)s, %(case)s, %(kind0)s, %(at)s, %(by)s, %(at)s, %(within0)s, %(due0)s, %(warn0)s, true, '',
        %(version)s, %(hours)s, %(reason0)s),
           (%(promise1)s, %(case)s, %(kind1)s, %(at)s, %(by)s, %(at)s, %(within1)s, %(due1)s, %(warn1)s, true, '',
        %(version)s, %(hours)s, %(reason1)s)
), {quoting.WRITE}
INSERT INTO foundation_fact (type, version, at, actor, case_id, customer_id, staff_id, team_id, payload) VALUES
"""  # noqa: S608 - a literal of the neighbouring module


# Without a savepoint of its own: a caller that goes on after a refusal wraps it, as mail intake does.
@transaction.atomic(savepoint=False)
def open_case(
    *,
    customer: Customer,
    first: FirstMessage,
    channel: str,
    team: Team,
    owner: Staff,
    owner_reason: str,
    case_class: str = "routine",
    category: str = "",
    language: str = "",
    follows: Case | None = None,
    by: Actor,
    at: datetime,
) -> Opened:
    """Make a request a case: with its first message, its accountable owner, its first promises, and their facts.

    Refuses with EmptyMessage, OwnerNotInTeam, NoStandardFits. Announces CaseOpened, CustomerWrote, PromiseMade,
    and AnswerQuoted when the first answer will probably come sooner than promised.
    """
    if not by.customer_id:
        by.require("cases.open")
    if not first.text.strip() and not first.attachments:
        raise rules.EmptyMessage
    if owner.left_at is not None:
        raise rules.OwnerNotInTeam(name=owner.name)
    region = customer.region
    request = Request(customer.tier, channel, case_class, category, region.code if region else "")
    about = {"team_id": team.pk, "case_class": case_class, "channel": channel}
    numbers = _draw_numbers(at, team, quoting.all_groups(**about))
    offer, standard_reason = pick_offer(offers(revision=numbers[6]), request)
    promises = rules.opening_promises(offer, at=at)
    reference = case_reference(_local_day(at), numbers[5])
    answer = next(one for one in promises if one.kind == "first_response")
    quote, quote_values = quoting.quote_for(numbers[7:], **about, offer=offer, promised_by=answer.due_at, at=at)
    soonest = min(range(2), key=lambda place: promises[place].due_at)
    values = {
        **_case_values(customer, first, channel, team, owner, case_class, category, offer),
        **quote_values,
        "language": language or customer.language or get_language() or settings.LANGUAGE_CODE,
        "case": numbers[0],
        "conversation": numbers[1],
        "message": numbers[2],
        "reference": reference,
        "standard_reason": standard_reason,
        "next_promise": numbers[3 + soonest],
        "next_due": promises[soonest].due_at,
        "at": at,
        "by": by.key,
        "owner_reason": owner_reason,
        "author": f"customer:{customer.pk}",
        "follows": follows.pk if follows else None,
    }
    for place, promise in enumerate(promises):
        values |= {
            f"promise{place}": numbers[3 + place],
            f"kind{place}": promise.kind,
            f"within{place}": promise.within_minutes,
            f"due{place}": promise.due_at,
            f"warn{place}": promise.warn_at,
            f"reason{place}": promise.reason,
        }
    _insert(values, _facts(values, offer, promises, quote), by=by, at=at)
    if first.attachments:
        Attachment.objects.bulk_create(attachment_rows(numbers[2], first.attachments))
    return Opened(numbers[0], reference, numbers[1], numbers[2], values["next_due"], quote.answer_by)


def _draw_numbers(at: datetime, team: Team, groups: list[str]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"day": _local_day(at), "team": team.pk, "groups": groups})
        return tuple(cursor.fetchone())


def _local_day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _case_values(
    customer: Customer,
    first: FirstMessage,
    channel: str,
    team: Team,
    owner: Staff,
    case_class: str,
    category: str,
    offer: Offer,
) -> dict[str, Any]:
    return {
        "customer": customer.pk,
        "owner": owner.pk,
        "team": team.pk,
        "department": team.department_id,
        "region": customer.region_id or team.region_id,
        "tier": customer.tier,
        "channel": channel,
        "case_class": case_class,
        "category": category,
        "version": offer.version_id,
        "hours": offer.calendar_version_id,
        "subject": (first.subject.strip() or rules.preview_of(first.text))[: rules.SUBJECT_LENGTH],
        "preview": rules.preview_of(first.text),
        "kind": MessageKind.CUSTOMER,
        "author_name": (first.author_name or customer.name)[:120],
        "text": first.text,
        "quoted": first.quoted,
        "html": first.html,
        "said_at": first.said_at,
        "source_key": first.source_key,
        "address": first.address[:254],
        "token": new_token(),
    }


def _facts(
    values: dict[str, Any], offer: Offer, promises: list[rules.PromiseDraft], quote: rules.QuoteDraft
) -> list[Fact]:
    case_id, customer_id, staff_id = values["case"], values["customer"], values["owner"]
    opened = CaseOpened(
        case_id=case_id,
        customer_id=customer_id,
        staff_id=staff_id,
        team_id=values["team"],
        channel=values["channel"],
        case_class=values["case_class"],
        category=values["category"],
        standard_version_id=offer.version_id,
    )
    wrote = CustomerWrote(
        case_id=case_id,
        customer_id=customer_id,
        staff_id=staff_id,
        message_id=values["message"],
        channel=values["channel"],
    )
    made = [
        PromiseMade(
            case_id=case_id,
            customer_id=customer_id,
            promise_id=values[f"promise{place}"],
            kind=promise.kind,
            starts_at=promise.starts_at,
            within_minutes=promise.within_minutes,
            due_at=promise.due_at,
            standard_version_id=offer.version_id,
            calendar_version_id=offer.calendar_version_id,
        )
        for place, promise in enumerate(promises)
    ]
    if quote.falls_back:
        return [opened, wrote, *made]
    quoted = AnswerQuoted(case_id=case_id, customer_id=customer_id, answer_by=quote.answer_by)
    return [opened, wrote, *made, quoted]


def _insert(values: dict[str, Any], facts: list[Fact], *, by: Actor, at: datetime) -> None:
    places = []
    for number, fact in enumerate(facts):
        row = fact_values(fact, by=by, at=at)
        names = [f"fact{number}_{column}" for column in range(len(row))]
        values |= dict(zip(names, row, strict=True))
        places.append("(" + ", ".join(f"%({name})s" for name in names) + "::jsonb)")
    with connection.cursor() as cursor:
        cursor.execute(_ROWS + ", ".join(places), values)
