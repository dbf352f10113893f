"""Counting promises anew: the case turned out to be something else, or its standard was mended."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CaseReclassified, StandardRenewed
from yinuo.cases.models import Case, Consent, Promise, Reclassification
from yinuo.cases.queries.repairing import Repair, repair_of
from yinuo.cases.rules import LivePromise
from yinuo.customers.models import Tier
from yinuo.foundation.facts import announce
from yinuo.standards.models import CaseClass
from yinuo.standards.queries import offer_of_version, offers
from yinuo.standards.rules import Request, pick_offer

from . import promising
from .giving import open_case_locked
from .replacing import announce_replaced, tell_new_time

_CLASS_FIELDS = ("case_class", "tier", "category", "standard_version", "standard_reason", *promising.STATE_FIELDS)


def change_class(*, case: Case, case_class: str, reason: str, by: Actor, at: datetime) -> Reclassification:
    """Take a case for one of another class. See `reclassify_case`."""
    return reclassify_case(case=case, case_class=case_class, reason=reason, by=by, at=at)


@transaction.atomic
def reclassify_case(
    *,
    case: Case,
    case_class: str | None = None,
    tier: str | None = None,
    category: str | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Reclassification:
    """Give an open case another class, tier or category; its standard is picked anew and counts from the beginning.

    None leaves a thing as it is. What the standard promised is counted from the same start with the same pauses; what
    is late by that is broken at its own instant, and nobody is alarmed. Times that were given by hand stay. The
    customer is told of each time that moves later. Needs `cases.reply`. Refuses with UnknownClass, NothingReclassified,
    ReasonMissing, CaseIsClosed, NoStandardFits. Announces CaseReclassified, PromiseMade, PromiseReplaced,
    PromiseBroken.
    """
    by.require("cases.reply")
    _check_known(case_class, tier)
    if not reason.strip():
        raise rules.ReasonMissing
    case = open_case_locked(case, by)
    was = (case.case_class, case.tier, case.category, case.standard_version_id)
    case.case_class, case.tier = case_class or was[0], tier or was[1]
    case.category = was[2] if category is None else category
    if (case.case_class, case.tier, case.category) == was[:3]:
        raise rules.NothingReclassified
    region = case.customer.region
    request = Request(case.tier, case.channel, case.case_class, case.category, region.code if region else "")
    live = promising.break_overdue(case, at=at, renew=False)
    offer, case.standard_reason = pick_offer(offers(), request)
    case.standard_version_id = offer.version_id
    row = Reclassification.objects.create(
        case=case,
        was_class=was[0],
        case_class=case.case_class,
        was_tier=was[1],
        tier=case.tier,
        was_category=was[2],
        category=case.category,
        was_version_id=was[3],
        standard_version_id=offer.version_id,
        reason=reason[: promising.REASON_LENGTH],
        at=at,
        by=by.key,
    )
    reclassified = CaseReclassified(
        case_id=case.pk,
        customer_id=case.customer_id,
        staff_id=case.owner_id,
        reclassification_id=row.pk,
        was_class=was[0],
        case_class=case.case_class,
        standard_version_id=offer.version_id,
    )
    announce(reclassified, by=by, at=at)
    _recount(case, live, because="reclassified", reason=reason, fields=_CLASS_FIELDS, by=by, at=at)
    return row


@transaction.atomic
def apply_repair(*, case: Case, reason: str, by: Actor, at: datetime) -> Repair | None:
    """Bring an open case to the newest version of its standard and calendar; its promises are counted anew.

    Returns what moved; None when nothing would, and then nothing is written. Closed cases are never touched. Needs
    `standards.edit`. Refuses with ReasonMissing, CaseIsClosed, NotFound. Announces StandardRenewed, PromiseMade,
    PromiseReplaced, PromiseBroken.
    """
    by.require("standards.edit")
    if not reason.strip():
        raise rules.ReasonMissing
    case = open_case_locked(case, by)
    live = promising.break_overdue(case, at=at, renew=False)
    repair = repair_of(case, at=at)
    if not repair.moves:
        return None
    was_version_id, case.standard_version_id = case.standard_version_id, repair.version_id
    moving = {move.promise_id for move in repair.moves}
    renewed = StandardRenewed(
        case_id=case.pk,
        customer_id=case.customer_id,
        was_version_id=was_version_id,
        standard_version_id=repair.version_id,
        calendar_version_id=offer_of_version(repair.version_id).calendar_version_id,
    )
    announce(renewed, by=by, at=at)
    _recount(case, live, because="repaired", reason=reason, fields=_CLASS_FIELDS, only=moving, by=by, at=at)
    return repair


def _recount(
    case: Case,
    live: Sequence[LivePromise],
    *,
    because: str,
    reason: str,
    fields: Sequence[str],
    only: set[int] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Count the promises of the standard anew by the version the locked case has now; settle and save the case."""
    counted = Promise.objects.filter(
        pk__in=[one.id for one in live if one.is_to_customer], within_minutes__isnull=False
    )
    rows = {row.pk: row for row in counted.prefetch_related("pauses") if only is None or row.pk in only}
    changes = []
    for former in live:
        if former.id not in rows:
            continue
        row = rows[former.id]
        pauses = promising.pauses_of(row)
        promising.end_replaced(former, reason=reason, by=by, at=at)
        new = promising.make_promise(
            case,
            former.kind,
            start=row.starts_at,
            subject=row.subject,
            replaces=former,
            pauses=pauses,
            by=by,
            at=at,
        )
        announce_replaced(case, former, new, consent=Consent.NONE, because=because, by=by, at=at)
        changes.append((former, new))
    rest = promising.break_overdue(case, at=at, renew=True, born_late=True)
    promising.settle(case, rest, by=by, at=at)
    case.save(update_fields=fields)
    later = [(former, new) for former, new in changes if new.due_at > former.due_at and new.paused_since is None]
    if later:
        tell_new_time(case, later, reason="", by=by, at=at)


def _check_known(case_class: str | None, tier: str | None) -> None:
    for value, known in ((case_class, CaseClass.values), (tier, Tier.values)):
        if value and value not in known:
            raise rules.UnknownClass(value=value, known=", ".join(known))
