"""Who takes part in a mail: whose words they are, who else is in it, and what its control headers may say."""

from collections.abc import Collection
from enum import StrEnum

from yinuo.intake.mail.reading.addresses import Address
from yinuo.intake.mail.reading.automatic import Automatic
from yinuo.intake.mail.reading.forwards import forwarded_customer, is_forward
from yinuo.intake.mail.reading.mails import ParsedMail

MOST_PARTICIPANTS = 40
CONTROL_PREFIX = "x-yinuo-"


class ReplyToMode(StrEnum):
    """What a mailbox makes of Reply-To (field rule 12)."""

    IGNORE = "ignore"
    USE = "use"
    USE_ADDRESS_KEEP_NAME = "use_address_keep_name"


def sender_of(mail: ParsedMail, mode: ReplyToMode, automatic: Automatic) -> Address | None:
    """Return whose mail it is under the mailbox's mode; Reply-To of machines is never believed."""
    author = mail.author
    reply_to = next((person for person in mail.reply_to if person.is_complete), None)
    if mode is ReplyToMode.IGNORE or automatic.is_automatic or reply_to is None:
        return author
    if mode is ReplyToMode.USE:
        return reply_to
    return Address(author.name if author and author.name else reply_to.name, reply_to.address)


def participants(
    mail: ParsedMail, own_addresses: Collection[str], most: int = MOST_PARTICIPANTS
) -> tuple[Address, ...]:
    """Return the other people in To and Cc: each once, never our own mailboxes (rule 23), never the author, at most
    `most` (rule 24).
    """
    author = mail.author
    left_out = {address.lower() for address in own_addresses} | ({author.address} if author else set())
    found: dict[str, Address] = {}
    for person in (*mail.to, *mail.cc):
        if person.is_complete and person.address not in left_out:
            found.setdefault(person.address, person)
    return tuple(found.values())[:most]


def customer_of(
    mail: ParsedMail, sender: Address | None, own_addresses: Collection[str], staff_addresses: Collection[str]
) -> Address | None:
    """Return whose need the mail is about.

    A mail from staff is about the customer inside the forwarded mail, or else about the person it was written to
    (rule 26).
    """
    if sender is None or sender.address not in staff_addresses:
        return sender
    if is_forward(mail) and (inside := forwarded_customer(mail)) and inside.address not in own_addresses:
        return inside
    others = [person for person in participants(mail, own_addresses) if person.address not in staff_addresses]
    return others[0] if others else sender


def control_headers(mail: ParsedMail, *, is_trusted_channel: bool) -> dict[str, str]:
    """Return the `X-Yinuo-...` headers, which may steer us only when the channel is trusted (rule 11); otherwise
    nothing.
    """
    if not is_trusted_channel:
        return {}
    return {
        field.name.removeprefix(CONTROL_PREFIX): field.text
        for field in mail.headers
        if field.name.startswith(CONTROL_PREFIX)
    }
