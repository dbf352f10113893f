"""A mail of ours came back: it joins its case, shows on its message, and a dead address rests for sixty days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from yinuo.access.actors import Actor
from yinuo.access.masking import masked_mail
from yinuo.cases.models import Conversation
from yinuo.foundation.facts import announce
from yinuo.intake.mail.facts import MailNotDelivered
from yinuo.intake.mail.house_addresses import address_lookup
from yinuo.intake.mail.models import BlockedAddress, OutgoingMail
from yinuo.intake.mail.reading import Automatic, Bounce, ThreadMatch, read_message_id

from .letters import mark_letter_not_delivered

_REST = timedelta(days=60)


def take_note_of_bounce(
    automatic: Automatic, match: ThreadMatch, *, keys: Sequence[bytes], at: datetime
) -> ThreadMatch:
    """Return the match of a bounce, found through the id of the mail that bounced; marks that mail and its address."""
    bounce = automatic.bounce
    if bounce is None:
        return match
    own = read_message_id(keys, bounce.original_message_id or automatic.original_message_id or "")
    if bounce.is_permanent and bounce.is_address_bad:
        _rest_addresses(bounce, at)
    if own is None:
        if bounce.is_permanent and bounce.original_message_id:
            mark_letter_not_delivered(bounce.original_message_id.strip("<>"), bounce.diagnostic, bounce.status, at=at)
        return match
    if bounce.is_permanent:
        _mark_not_delivered(own.message_id, bounce, at)
    conversation = Conversation.objects.select_related("case").filter(pk=own.conversation_id).first()
    if conversation is None or match.case_reference:
        return match
    reference = conversation.case.reference
    return replace(match, case_reference=reference, by="bounce", trusted=True, reason="a mail of ours came back")


def _rest_addresses(bounce: Bounce, at: datetime) -> None:
    for address in bounce.recipients:
        BlockedAddress.objects.update_or_create(
            lookup=address_lookup(address),
            defaults={
                "masked": masked_mail(address)[:120],
                "reason": (bounce.status or bounce.diagnostic or "")[:500],
                "since": at,
                "until": at + _REST,
            },
        )


def _mark_not_delivered(message_id: int, bounce: Bounce, at: datetime) -> None:
    outgoing = OutgoingMail.objects.select_for_update().filter(message_id=message_id).first()
    if outgoing is None or outgoing.state == OutgoingMail.State.FAILED:
        return
    outgoing.state, outgoing.problem = OutgoingMail.State.FAILED, bounce.diagnostic[:2000]
    outgoing.save(update_fields=["state", "problem"])
    announce(
        MailNotDelivered(
            case_id=outgoing.case_id,
            outgoing_mail_id=outgoing.pk,
            message_id=message_id,
            code=bounce.status or "bounced",
        ),
        by=Actor.system("mail"),
        at=at,
    )
