"""One case from its plan: the same actions that people and channels use, each at its simulated instant.

Between two turns the clock does what a worker would have done by then: it warns of promises and breaks those that
fall due. It may be asked over the whole table, because a case is played to the history's end before the next begins:
no other promise can be due within the simulated past.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from yinuo.access.actors import Actor
from yinuo.cases.actions import (
    AttachmentDraft,
    add_customer_message,
    add_note,
    break_due_promises,
    close_case,
    open_case,
    reopen_case,
    reply,
    store_bytes,
    warn_of_due_promises,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case, Conversation
from yinuo.customers.models import Customer
from yinuo.demo.company.pictures import jpeg
from yinuo.demo.company.values import Plan, Turn
from yinuo.demo.company.world import World
from yinuo.demo.filling.cast import Cast
from yinuo.demo.filling.mails import MailKeeper
from yinuo.organisation.models import Staff

MAIL = Actor.system("mail")
# The worker looks twice a second.
_WORKER_PAUSE = timedelta(milliseconds=250)
# So many different pictures are enough; each is written to disk once.
_PICTURE_COUNT = 48
_LANGUAGES = {"zh": "zh-hans", "en": "en"}


def play(plan: Plan, cast: Cast, world: World, *, ends_at: datetime) -> None:
    """Open the case and let everything happen to it until `ends_at` (aware)."""
    customer = cast.customers[plan.customer_number]
    mails = (
        MailKeeper(plan, customer, cast.mailbox_for(plan), world, ends_at=ends_at) if plan.channel == "mail" else None
    )
    running = _open(plan, cast, customer, mails)
    for turn in plan.turns[1:]:
        _run_clock(running.case, until=turn.at)
        _TURNS[turn.kind](running, turn)
    _run_clock(running.case, until=ends_at)


@dataclass
class _Running:
    """A case in play."""

    plan: Plan
    case: Case
    conversation: Conversation
    customer: Customer
    owner: Staff
    owner_actor: Actor
    mails: MailKeeper | None
    is_open: bool = True

    def customer_side(self) -> Actor:
        return _customer_side(self.plan, self.customer, self.owner_actor)


def _open(plan: Plan, cast: Cast, customer: Customer, mails: MailKeeper | None) -> _Running:
    first, owner = plan.turns[0], cast.staff[plan.owner]
    actor, team = cast.actors[plan.owner], cast.team_of(plan.owner)
    arrived = mails.arrive(first) if mails else None
    address = mails.mailbox.address if mails else ""
    opened = open_case(
        customer=customer,
        first=FirstMessage(
            text=first.text,
            subject=plan.subject,
            said_at=first.at,
            author_name=customer.name,
            source_key=arrived.source_key if arrived else None,
            address=address,
            attachments=_pictures(first),
        ),
        channel=plan.channel,
        team=team,
        owner=owner,
        owner_reason=f"{team.code}: first contact",
        case_class=plan.case_class,
        category=plan.scenario,
        language=_LANGUAGES[plan.language],
        by=_customer_side(plan, customer, actor),
        at=first.at,
    )
    if mails and arrived:
        mails.file(arrived, opened.case_id, opened.message_id, first.at)
    conversation = Conversation(
        pk=opened.conversation_id, case_id=opened.case_id, channel=plan.channel, address=address
    )
    return _Running(plan, Case(pk=opened.case_id), conversation, customer, owner, actor, mails)


def _message(running: _Running, turn: Turn) -> None:
    mails = running.mails
    arrived = mails.arrive(turn) if mails else None
    message = add_customer_message(
        case=running.case,
        said=Said(
            text=turn.text,
            at=turn.at,
            author_name=running.customer.name,
            source_key=arrived.source_key if arrived else None,
            attachments=_pictures(turn),
        ),
        channel=turn.channel,
        address=running.conversation.address,
        by=running.customer_side(),
        at=turn.at,
    )
    running.is_open = message.case.is_open
    if mails and arrived:
        mails.file(arrived, running.case.pk, message.pk, turn.at)


def _reply(running: _Running, turn: Turn) -> None:
    said = Said(text=turn.text, at=turn.at, author_name=running.owner.name)
    message = reply(case=running.case, said=said, conversation=running.conversation, by=running.owner_actor, at=turn.at)
    if running.mails:
        running.mails.sent(turn, message)


def _note(running: _Running, turn: Turn) -> None:
    said = Said(text=turn.text, at=turn.at, author_name=running.owner.name)
    add_note(case=running.case, said=said, by=running.owner_actor, at=turn.at)


def _close(running: _Running, turn: Turn) -> None:
    close_case(case=running.case, outcome=turn.outcome, summary=turn.text, by=running.owner_actor, at=turn.at)
    running.is_open = False


def _reopen(running: _Running, turn: Turn) -> None:
    """A customer's message has reopened the case already, unless nobody wrote."""
    if not running.is_open:
        reopen_case(case=running.case, reason=turn.text, by=running.owner_actor, at=turn.at)
        running.is_open = True


_TURNS: dict[str, Callable[[_Running, Turn], None]] = {
    "message": _message,
    "reply": _reply,
    "note": _note,
    "close": _close,
    "reopen": _reopen,
}


_NEXT_TIMES = """
SELECT min(due_at), min(warn_at) FILTER (WHERE warned_at IS NULL)
FROM cases_promise WHERE case_id = %s AND is_live AND paused_since IS NULL
"""


def _run_clock(case: Case, *, until: datetime) -> None:
    """Warn of and break the case's promises one after the other, each when its time comes."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT_TIMES, [case.pk])
            due_at, warn_at = cursor.fetchone()
        times = [(warn_at, warn_of_due_promises), (due_at, break_due_promises)]
        first, act = min((one for one in times if one[0]), key=lambda one: one[0], default=(until, None))
        if act is None or first + _WORKER_PAUSE >= until:
            return
        act(at=first + _WORKER_PAUSE)


def _customer_side(plan: Plan, customer: Customer, owner: Actor) -> Actor:
    """Return who brings in the customer's words: the mail door, the customer, or the clerk who typed them."""
    if plan.channel == "mail":
        return MAIL
    return Actor.customer(customer.pk, name=customer.name) if plan.channel == "form" else owner


def _pictures(turn: Turn) -> tuple[AttachmentDraft, ...]:
    return tuple(
        store_bytes(jpeg(photo.seed % _PICTURE_COUNT), name=photo.name, content_type=photo.media_type)
        for photo in turn.photos
    )
