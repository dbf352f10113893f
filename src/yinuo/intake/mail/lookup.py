"""Finds the cases that a mail names, in one query for each kind of name."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from yinuo.cases.models import Case, Conversation, Message, MessageKind, Participant
from yinuo.customers.models import Identity, IdentityKind

from .house_addresses import address_lookup
from .models import StoredMail
from .reading import Candidate, Found, OwnId, ParsedMail, Wanted


def look_up(wanted: Wanted, *, sender: str) -> Found:
    """Return what the ids and references of a mail lead to; `sender` is a lower-case address or empty."""
    own = _by_own_ids(wanted.own, sender)
    messages = _by_foreign_ids(wanted.message_ids, sender)
    cases = _cases(reference__in=wanted.references)
    return Found(own=own, messages=messages, cases={case.reference: _over_any_mailbox(case, sender) for case in cases})


def case_named(reference: str) -> Case:
    """Return the case to which that number leads: the living one, when it was merged."""
    case = Case.objects.select_related("customer", "owner", "team", "merged_into__customer").get(reference=reference)
    return case.merged_into or case


def takes_part(case: Case, sender: str) -> bool:
    """Return whether a lower-case address is the customer's or a participant's, also of what was merged into it."""
    index = address_lookup(sender)
    joined = Case.objects.filter(Q(pk=case.pk) | Q(merged_into=case.merged_into_id or case.pk))
    return (
        Identity.objects.filter(
            kind=IdentityKind.MAIL, lookup=index, customer_id__in=joined.values("customer_id")
        ).exists()
        or Participant.objects.filter(case__in=[case.pk, case.merged_into_id or case.pk], lookup=index).exists()
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


def _over_any_mailbox(case: Case, sender: str) -> Candidate:
    """A number in a subject names a case, not a thread: what counts is the mailbox of its latest conversation.

    Of a merged case, it is the latest of those it gave away.
    """
    of_case = Q(came_from=case) if case.merged_into_id else Q(case=case)
    conversation = Conversation.objects.filter(of_case).order_by("-id").first()
    return _candidate(case, conversation.address if conversation else "", sender)


def subject_of(mail: ParsedMail) -> str:
    """Return the subject a new case gets: without Re: and Fwd:."""
    return mail.subject_base or mail.subject
