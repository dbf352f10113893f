"""What follows when a promise breaks: an honest word to the customer, the remedy that a pledge names, a recovery case.

Each broken promise is followed up once (`Aftermath`), whatever is killed when. See docs/rules/broken-promise.md.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import notify_customer, open_case
from yinuo.cases.actions.locking import locked_case
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case, Promise, PromiseEnd, PromiseKind
from yinuo.foundation.bilingual import reads_chinese
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.intake.mail.writing import local_time
from yinuo.organisation.models import Staff
from yinuo.organisation.queries import ourselves
from yinuo.remedies.facts import ApologyWordsChanged, CustomerApologisedTo, RecoveryCaseOpened, RemedyProposed
from yinuo.remedies.models import Aftermath, ApologyWords, Remedy, RemedyReason, RemedyState
from yinuo.remedies.queries.authority import day_of, request_of, standing
from yinuo.remedies.rules import ApologyDoesNotFit, Verdict
from yinuo.standards.models import REMEDIES_OF_MONEY, PledgeVersion
from yinuo.standards.queries import pledges_broken_by
from yinuo.standards.rules import Request

from .granting import place

REMEDIES = Actor.system("remedies")
RECOVERY = "recovery"
USUAL_ZH = (
    "{name}，您好：\n\n您的工单 {reference} 没有在承诺的时间得到答复，这是我们的失误，向您道歉。"
    "现在承诺最迟 {due} 给您答复。"
)
USUAL_EN = (
    "Hello {name},\n\nwe promised you an answer on {reference} and did not keep the time. That is our fault, and we "
    "apologise. You hear from us by {due}."
)
_HOLES = ("{name}", "{reference}", "{due}")
log = logging.getLogger("yinuo.remedies")


@transaction.atomic
def follow_up(*, promise_id: int, at: datetime) -> Aftermath | None:
    """Do what follows when a promise is broken; None when it was done before or the promise was not the customer's.

    Announces CustomerApologisedTo, RemedyProposed, RemedyAsked, RecoveryCaseOpened.
    """
    promise = Promise.objects.select_related("case__customer", "case__region", "case__owner").get(pk=promise_id)
    if promise.end != PromiseEnd.BROKEN or promise.kind == PromiseKind.TASK:
        return None
    case = locked_case(promise.case, REMEDIES)
    aftermath, is_new = Aftermath.objects.get_or_create(promise=promise, defaults={"case": case, "at": at})
    if not is_new:
        return None
    pledges = _broken_pledges(case, promise)
    _apologise(case, aftermath, at=at)
    for pledge in pledges:
        if pledge.remedy_kind:
            _propose(case, promise, pledge, at=at)
    if any(pledge.opens_recovery_case for pledge in pledges):
        _recover(case, aftermath, at=at)
    return aftermath


@transaction.atomic
def set_apology(*, text_zh: str, text_en: str, is_sent: bool, by: Actor, at: datetime) -> ApologyWords:
    """Let the apology say something else from now on, in both languages.

    Needs `remedies.configure`. Refuses with ApologyDoesNotFit when one does not name the new time. Announces
    ApologyWordsChanged.
    """
    by.require("remedies.configure")
    texts = (text_zh.strip(), text_en.strip())
    if any("{due}" not in text or len(text) > 1000 or not _fills(text) for text in texts):  # noqa: PLR2004 - the column's
        raise ApologyDoesNotFit
    newest = ApologyWords.objects.select_for_update().order_by("-number").first()
    words = ApologyWords.objects.create(
        number=newest.number + 1 if newest else 1,
        text_zh=texts[0],
        text_en=texts[1],
        is_sent=is_sent,
        created_at=at,
        created_by=by.key,
    )
    announce(ApologyWordsChanged(words_id=words.pk, number=words.number), by=by, at=at)
    return words


def apology_words() -> ApologyWords:
    """Return what the apology says now; the usual words, unsaved, while nobody has written any."""
    found = ApologyWords.objects.order_by("-number").first()
    return found or ApologyWords(number=0, text_zh=USUAL_ZH, text_en=USUAL_EN, is_sent=True)


def _fills(text: str) -> bool:
    rest = text
    for hole in _HOLES:
        rest = rest.replace(hole, "")
    return "{" not in rest and "}" not in rest


def _broken_pledges(case: Case, promise: Promise) -> list[PledgeVersion]:
    request = Request(case.tier, case.channel, case.case_class, case.category, case.region.code if case.region else "")
    return pledges_broken_by(kind=promise.kind, request=request, on=day_of(promise.made_at))


def _apologise(case: Case, aftermath: Aftermath, *, at: datetime) -> None:
    """Tell the customer, once a day and only while nobody has answered since; it names the new time."""
    words, today = apology_words(), day_of(at)
    conversation = case.conversations.order_by("-id").first()
    if not words.is_sent or not case.is_open or case.broken_since is None or conversation is None:
        return
    if Aftermath.objects.filter(case=case, apologised_on=today).exists():
        return
    assert case.next_due_at is not None
    with translation.override(case.language):
        text = words.text_zh if reads_chinese() else words.text_en
        values = (case.customer.name, case.reference, local_time(case.next_due_at))
    for hole, value in zip(_HOLES, values, strict=True):
        text = text.replace(hole, value)
    aftermath.apologised_on = today
    aftermath.save(update_fields=["apologised_on"])
    notify_customer(case=case, said=Said(text=text, at=at), conversation=conversation, by=REMEDIES, at=at)
    fact = CustomerApologisedTo(case_id=case.pk, customer_id=case.customer_id, promise_id=aftermath.promise_id)
    announce(fact, by=REMEDIES, at=at)


def _propose(case: Case, promise: Promise, pledge: PledgeVersion, *, at: datetime) -> None:
    """Put the pledge's remedy before the owner when their authority carries it, else before an approver.

    A remedy that nobody may give stays a proposal: what was pledged is owed, and people have to see it.
    """
    is_money = pledge.remedy_kind in REMEDIES_OF_MONEY
    remedy = Remedy.objects.create(
        case=case,
        customer_id=case.customer_id,
        team_id=case.team_id,
        department_id=case.department_id,
        tier=case.tier,
        kind=pledge.remedy_kind,
        amount=pledge.remedy_amount if is_money else 0,
        currency=pledge.remedy_currency if is_money else "",
        reason=RemedyReason.BROKEN_PROMISE,
        pledge_version=pledge,
        promise=promise,
        asked_at=at,
        state=RemedyState.PROPOSED,
    )
    announce(
        RemedyProposed(
            case_id=case.pk,
            customer_id=case.customer_id,
            staff_id=case.owner_id,
            remedy_id=remedy.pk,
            promise_id=promise.pk,
            pledge_version_id=pledge.pk,
        ),
        by=REMEDIES,
        at=at,
    )
    request = request_of(case, kind=remedy.kind, amount=remedy.amount, currency=remedy.currency)
    owner = Staff.objects.select_related("account").filter(pk=case.owner_id).first()
    carried = standing(request, case=case, asker=owner, at=at, besides=remedy.pk).grantability.verdict
    by_anybody = standing(request, case=case, asker=None, at=at, besides=remedy.pk).grantability.verdict
    if carried is not Verdict.GRANTED and by_anybody is Verdict.NEEDS_APPROVAL:
        place(remedy, case, None, by=REMEDIES, at=at)


def _recover(case: Case, aftermath: Aftermath, *, at: datetime) -> None:
    """Open a case for somebody else to talk to the customer, once for a case; a refusal leaves the rest standing."""
    if Aftermath.objects.filter(case=case, recovery_case__isnull=False).exists() or case.category == RECOVERY:
        return
    owner = _recoverer(case)
    if owner is None:
        log.warning("no leader for a recovery case", extra={"case": case.pk})
        return
    with translation.override(case.language):
        house = ourselves()
        first = FirstMessage(
            text=_(
                "We broke a promise on %(reference)s. We want to hear from you what went wrong, "
                "and tell you how we make it good."
            )
            % {"reference": case.reference},
            subject=_("Making good: %(subject)s") % {"subject": case.subject[:200]},
            said_at=at,
            author_name=house.name if house else "",
        )
    try:
        with transaction.atomic():
            opened = open_case(
                customer=case.customer,
                first=first,
                channel=case.channel,
                team=case.team,
                owner=owner,
                owner_reason="recovers a broken pledge",
                case_class="important",
                category=RECOVERY,
                language=case.language,
                follows=case,
                by=REMEDIES,
                at=at,
            )
    except Refusal as refusal:
        log.warning("recovery case refused", extra={"case": case.pk, "refusal": refusal.code})
        return
    aftermath.recovery_case_id = opened.case_id
    aftermath.save(update_fields=["recovery_case"])
    fact = RecoveryCaseOpened(
        case_id=case.pk,
        customer_id=case.customer_id,
        staff_id=owner.pk,
        promise_id=aftermath.promise_id,
        recovery_case_id=opened.case_id,
    )
    announce(fact, by=REMEDIES, at=at)


def _recoverer(case: Case) -> Staff | None:
    """Return who recovers: a leader of the team, else of the department; never the one whose case it is."""
    leaders = Staff.objects.working().filter(memberships__is_leader=True).exclude(pk=case.owner_id)
    of_team = leaders.filter(memberships__team=case.team_id, memberships__is_leader=True).order_by("pk").first()
    return of_team or leaders.filter(department=case.department_id).order_by("pk").first()
