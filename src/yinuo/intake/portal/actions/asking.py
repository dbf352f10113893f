"""A question from the form becomes a case, once, however often the form is sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import AttachmentDraft, add_note, open_case
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case, Channel, Message
from yinuo.customers.actions import find_or_add_by_identity
from yinuo.customers.models import Customer, IdentityKind
from yinuo.foundation.facts import announce
from yinuo.intake.portal.facts import QuestionAsked
from yinuo.organisation.models import Team
from yinuo.routing.models import Category
from yinuo.routing.queries import NobodyToOwn, categories, category_of, owner_for

PORTAL = Actor.system("portal")
# What the form's cases are known by: their first message's own id begins with it.
KEY_PREFIX = "portal.ask:"
_SUBJECT_LENGTH = 80


@dataclass(frozen=True)
class Question:
    """What somebody wrote into the form. `key`: the form's own token, so that sent twice is one case.

    mail and phone: as typed, at least one, unless a signed-in customer asks. category: what they chose, or empty.
    """

    key: str
    text: str
    name: str = ""
    mail: str = ""
    phone: str = ""
    number: str = ""
    category: str = ""
    language: str = "zh-hans"
    files: Sequence[AttachmentDraft] = ()


def ask(*, question: Question, customer: Customer | None = None, at: datetime) -> Case:
    """Make a question from the form a case and return it; the same form with the same words again is the same case.

    customer: who is signed in. Otherwise the case is filed under the one address given, the mail address first, and
    no second one is added to anybody: nobody has proved either, and what hangs on an address opens doors later. When
    we know the address already, a note warns whoever answers.
    Refuses with NotAMailAddress, NotAPhoneNumber, EmptyMessage, NobodyToOwn, NoStandardFits. Announces QuestionAsked.
    """
    source_key = _source_key(question)
    if known := _known(source_key):
        return known
    try:
        with transaction.atomic():
            return _open(question, customer, source_key, at)
    except IntegrityError:
        if known := _known(source_key):
            return known  # sent twice at the same moment
        raise


def _open(question: Question, signed_in: Customer | None, source_key: str, at: datetime) -> Case:
    customer, is_known = (signed_in, False) if signed_in else _customer(question, at)
    among = categories()
    category = question.category or category_of(question.text, among)
    choice = owner_for(_team(category, among))
    opened = open_case(
        customer=customer,
        first=FirstMessage(
            text=_text(question, is_signed_in=signed_in is not None),
            subject=_subject(question.text),
            said_at=at,
            author_name=question.name or (signed_in.name if signed_in else ""),
            source_key=source_key,
            attachments=question.files,
        ),
        channel=Channel.PORTAL if signed_in else Channel.FORM,
        team=choice.team,
        owner=choice.owner,
        owner_reason=choice.reason,
        category=category,
        language=question.language,
        by=Actor.customer(customer.pk, name=customer.name) if signed_in else PORTAL,
        at=at,
    )
    case = Case.objects.select_related("customer", "owner", "team").get(pk=opened.case_id)
    if is_known:
        add_note(case=case, said=Said(_warning(), at), by=PORTAL, at=at)
    announce(
        QuestionAsked(
            case_id=case.pk,
            customer_id=customer.pk,
            category=category,
            was_guessed=bool(category) and not question.category,
            is_proved=signed_in is not None,
        ),
        by=PORTAL,
        at=at,
    )
    return case


def _customer(question: Question, at: datetime) -> tuple[Customer, bool]:
    """Return whose case it becomes, and whether we knew them before."""
    kind, value = (IdentityKind.MAIL, question.mail) if question.mail else (IdentityKind.PHONE, question.phone)
    customer, is_new = find_or_add_by_identity(
        kind=kind, value=value, name=question.name, source="form", language=question.language, by=PORTAL, at=at
    )
    return customer, not is_new


def _team(category: str, among: Sequence[Category]) -> Team:
    chosen = next((one.team for one in among if one.code == category and one.team), None)
    team = chosen or Team.objects.filter(is_fallback=True).first()
    if team is None:
        raise NobodyToOwn(team=_("the form"))
    return team


def _text(question: Question, *, is_signed_in: bool) -> str:
    """Return what was written, with what was given besides and has no other place."""
    more = []
    with translation.override(question.language):
        if question.number:
            more.append(_("Order or serial number: %(number)s") % {"number": question.number})
        if question.phone and (question.mail or is_signed_in):
            more.append(_("Phone number for this question: %(phone)s") % {"phone": question.phone})
    return "\n\n".join(one for one in (question.text.strip(), "\n".join(more)) if one)


def _subject(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first if len(first) <= _SUBJECT_LENGTH else f"{first[: _SUBJECT_LENGTH - 1]}…"


def _warning() -> str:
    return _(
        "Asked in the public form with an address we know, which nobody has proved yet. Say nothing of orders, "
        "addresses or earlier cases before the customer has answered by mail or signed in."
    )


def _source_key(question: Question) -> str:
    """Return the id of the delivery: the form's token with what was written, since a page gone back to may ask anew."""
    parts = (question.key, question.text.strip(), question.mail, question.phone, question.number)
    return KEY_PREFIX + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _known(source_key: str) -> Case | None:
    message = Message.objects.filter(source_key=source_key).select_related("case__customer", "case__owner").first()
    return message.case if message else None
