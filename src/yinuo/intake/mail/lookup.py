"""Finds the cases that a mail names, in one query for each kind of name."""

from collections.abc import Iterable, Mapping

from yinuo.cases.models import Case, Conversation, Message, MessageKind, Participant
from yinuo.customers.models import Identity, IdentityKind

from .house_addresses import address_lookup
from .models import StoredMail
from .reading import Candidate, Found, OwnId, ParsedMail, Wanted


def look_up(wanted: Wanted, *, sender: str) -> Found:
    """Return what the ids and references of a mail lead to; `sender` is a lower-case address or empty."""
    own = _by_own_ids(wanted.own, sender)
    messages = _by_foreign_ids(wanted.message_ids, sender)
    cases = {case.reference: _candidate(case, "", sender) for case in _cases(reference__in=wanted.references)}
    return Found(own=own, messages=messages, cases={name: _over_any_mailbox(one) for name, one in cases.items()})


def case_named(reference: str) -> Case:
    """Return the case with that number."""
    return Case.objects.select_related("customer", "owner", "team").get(reference=reference)


def takes_part(case: Case, sender: str) -> bool:
    """Return whether a lower-case address is the customer's or a participant's."""
    index = address_lookup(sender)
    return (
        Identity.objects.filter(kind=IdentityKind.MAIL, lookup=index, customer_id=case.customer_id).exists()
        or Participant.objects.filter(case=case, lookup=index).exists()
    )


def _by_own_ids(ids: Iterable[OwnId], sender: str) -> Mapping[OwnId, Candidate]:
    by_conversation = {one.conversation_id: one for one in ids}
    if not by_conversation:
        return {}
    rows = Conversation.objects.filter(pk__in=by_conversation).select_related("case")
    internal = set(
        Message.objects.filter(
            pk__in=[one.message_id for one in by_conversation.values()], kind=MessageKind.NOTE
        ).values_list("conversation_id", flat=True)
    )
    return {
        by_conversation[row.pk]: _candidate(row.case, row.address, sender, is_internal=row.pk in internal)
        for row in rows
    }


def _by_foreign_ids(ids: tuple[str, ...], sender: str) -> Mapping[str, Candidate]:
    if not ids:
        return {}
    mails = StoredMail.objects.filter(message_id_header__in=ids, case__isnull=False).exclude(message_id_header="")
    return {
        mail.message_id_header: _candidate(mail.case, mail.mailbox.address if mail.mailbox else "", sender)
        for mail in mails.select_related("case", "mailbox")
        if mail.case
    }


def _cases(**conditions: object) -> list[Case]:
    return list(Case.objects.filter(**conditions)) if any(conditions.values()) else []


def _candidate(case: Case, mailbox: str, sender: str, *, is_internal: bool = False) -> Candidate:
    people = frozenset({sender}) if sender and takes_part(case, sender) else frozenset()
    return Candidate(case.reference, mailbox, case.subject, people, is_internal)


def _over_any_mailbox(candidate: Candidate) -> Candidate:
    """A number in a subject names a case, not a thread: what counts is the mailbox of its latest conversation."""
    conversation = Conversation.objects.filter(case__reference=candidate.case_reference).order_by("-id").first()
    address = conversation.address if conversation else ""
    return Candidate(candidate.case_reference, address, candidate.subject, candidate.participants)


def subject_of(mail: ParsedMail) -> str:
    """Return the subject a new case gets: without Re: and Fwd:."""
    return mail.subject_base or mail.subject
