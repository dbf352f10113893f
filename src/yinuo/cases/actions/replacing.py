"""Another time in place of a promised one, with the customer's knowledge."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import PromiseReplaced
from yinuo.cases.models import Case, Consent, Promise, PromiseKind
from yinuo.cases.rules import LivePromise
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound
from yinuo.standards.queries import offer_of_version

from . import promising
from .giving import live_one, open_case_locked
from .messages import Said, answering_conversation, notify_customer


@transaction.atomic
def replace_promise(
    *, promise: Promise, due_at: datetime, reason: str, consent: str, by: Actor, at: datetime
) -> Promise:
    """Put another time in the place of a promised one, because the customer agreed or is told now.

    reason: the customer reads it. Consent `told` sends them a notice. A time that has passed is never moved, and after
    as many moves as the standard allows only a leader may. Needs `cases.reply`. Refuses with PromiseAlreadyBroken,
    PromiseEnded, TimeInThePast, ReasonMissing, ConsentMissing, ReplacedTooOften, CaseIsClosed, NotFound for a task.
    Announces PromiseMade, PromiseReplaced, perhaps CustomerNotified.
    """
    by.require("cases.reply")
    case = open_case_locked(promise.case, by)
    former, _live = live_one(case, promise)
    if not former.is_to_customer:
        raise NotFound
    rules.check_replaced(
        was_due_at=former.due_at,
        is_paused=former.paused_since is not None,
        due_at=due_at,
        reason=reason,
        consent=consent,
        moved_count=moved_count(promise),
        limit=offer_of_version(case.standard_version_id).replacement_limit,
        is_leader=by.may("cases.assign"),
        at=at,
    )
    live = promising.break_overdue(case, at=at, renew=True)
    promising.end_replaced(former, reason=reason, by=by, at=at)
    new = promising.make_promise(
        case,
        former.kind,
        start=at,
        due_at=due_at,
        subject=promise.subject,
        replaces=former,
        consent=consent,
        by=by,
        at=at,
    )
    announce_replaced(case, former, new, consent=consent, because="agreement", by=by, at=at)
    promising.settle(case, [*(one for one in live if one.id != former.id), new], by=by, at=at)
    case.save(update_fields=promising.STATE_FIELDS)
    if consent == Consent.TOLD:
        tell_new_time(case, [(former, new)], reason=reason, by=by, at=at)
    return Promise.objects.get(pk=new.id)


def moved_count(promise: Promise) -> int:
    """Return how often a promise was moved by hand before, along the line of those whose place it took."""
    count, one = 0, promise
    while one.replaces is not None:
        count, one = count + (one.consent != Consent.NONE), one.replaces
    return count


def announce_replaced(
    case: Case, former: LivePromise, new: LivePromise, *, consent: str, because: str, by: Actor, at: datetime
) -> None:
    """Announce that one promise took the place of another."""
    replaced = PromiseReplaced(
        case_id=case.pk,
        customer_id=case.customer_id,
        staff_id=case.owner_id,
        promise_id=former.id,
        kind=former.kind,
        new_promise_id=new.id,
        was_due_at=former.due_at,
        due_at=new.due_at,
        consent=consent,
        because=because,
    )
    announce(replaced, by=by, at=at)


def tell_new_time(
    case: Case, changes: list[tuple[LivePromise, LivePromise]], *, reason: str, by: Actor, at: datetime
) -> None:
    """Tell the customer in their language which times have moved, and why. Call it when the case is saved."""
    with translation.override(case.language):
        lines = [
            _("%(kind)s: promised by %(was)s, now by %(due)s.")
            % {"kind": PromiseKind(new.kind).label, "was": _in_words(former.due_at), "due": _in_words(new.due_at)}
            for former, new in changes
        ]
        head = _("We have given you a new time for your request %(reference)s.") % {"reference": case.reference}
    text = "\n\n".join([head, "\n".join(lines), *([reason.strip()] if reason.strip() else [])])
    said = Said(text=text, at=at, author_name=by.name)
    notify_customer(case=case, said=said, conversation=answering_conversation(case), by=by, at=at)


def _in_words(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "DATETIME_FORMAT")
