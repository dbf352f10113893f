"""Messages that only thank: told apart, written down, and overruled when one needs an answer after all."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import ThanksOverruled, ThanksTaken
from yinuo.cases.models import Case, Message, MessageKind, Thanks
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound

from . import promising
from .closing import may_reopen, note_confirmed, start_again
from .locking import locked_case
from .waiting import end_waiting

if TYPE_CHECKING:
    from .messages import Said


def taken_as_thanks(case: Case, said: "Said") -> rules.OnlyThanks | None:
    """Return how a message about to be stored thanks, when it does nothing else on this locked case.

    On an open case that waits for the customer, or whose last answer asks something, "good" may be their yes: there
    only a word that it is solved counts.
    """
    if said.attachments:
        return None
    thanks = rules.only_thanks(said.text, author_name=said.author_name)
    if thanks is None or thanks.says_solved or not case.is_open:
        return thanks
    return rules.only_thanks(said.text, author_name=said.author_name, was_asked=_was_asked(case))


def write_down_thanks(case: Case, message: Message, thanks: rules.OnlyThanks, *, by: Actor, at: datetime) -> None:
    """Write down that a message was taken as thanks; what it says of an ended case stands with its closure."""
    Thanks.objects.create(message=message, says_solved=thanks.says_solved)
    taken = ThanksTaken(
        case_id=case.pk, customer_id=case.customer_id, message_id=message.pk, says_solved=thanks.says_solved
    )
    announce(taken, by=by, at=at)
    if thanks.says_solved and not case.is_open:
        note_confirmed(case, by=by, at=at)


@transaction.atomic
def overrule_thanks(*, case: Case, message_id: int, by: Actor, at: datetime) -> None:
    """Say that a message taken as thanks needs an answer: its clock counts from the instant the message came.

    A solved case starts again by it. Saying it twice is one. Refuses with NotFound, NotAllowed, CaseIsSettled.
    Announces ThanksOverruled, perhaps CaseReopened, PromiseMade, WaitingForCustomerEnded.
    """
    by.require("cases.reply")
    case = locked_case(case, by)
    thanks = Thanks.objects.select_related("message").filter(message__case=case, pk=message_id).first()
    if thanks is None:
        raise NotFound
    if thanks.overruled_at is not None:
        return
    thanks.overruled_at, thanks.overruled_by = at, by.key
    thanks.save(update_fields=["overruled_at", "overruled_by"])
    came_at = thanks.message.stored_at
    if case.is_open:
        _start_clock(case, since=came_at, by=by, at=at)
    elif may_reopen(case, by=by, at=at):
        start_again(case, reason="thanks that need an answer", since=came_at, by=by, at=at)
    else:
        raise rules.CaseIsSettled(reference=case.reference)
    case.unanswered_since = min(case.unanswered_since or came_at, came_at)
    case.save(update_fields=["unanswered_since", "waiting_since"])
    announce(ThanksOverruled(case_id=case.pk, staff_id=by.staff_id, message_id=message_id), by=by, at=at)


def _start_clock(case: Case, *, since: datetime, by: Actor, at: datetime) -> None:
    end_waiting(case, by=by, at=at)
    live = promising.live_promises(case)
    kind = rules.promise_for_customer_message(
        [promise.kind for promise in live], unanswered_since=case.unanswered_since, answered_at=case.answered_at
    )
    if kind:
        live.append(promising.make_promise(case, kind, start=since, by=by, at=at))
    promising.settle(case, live, by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)


def _was_asked(case: Case) -> bool:
    if case.waiting_since is not None:
        return True
    answers = Message.objects.filter(case=case, kind=MessageKind.REPLY).order_by("-at", "-id")
    last = answers.values_list("text", flat=True).first() or ""
    return "?" in last or "？" in last
