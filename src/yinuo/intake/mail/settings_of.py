"""A mailbox's row as the settings that the transport takes."""

from .models import Mailbox
from .transport.values import MailboxSettings, OutgoingSettings, Position, Security


def incoming_settings(mailbox: Mailbox) -> MailboxSettings:
    """Return how to fetch the mailbox's mail."""
    return MailboxSettings(
        host=mailbox.in_host,
        port=mailbox.in_port,
        security=Security(mailbox.in_security),
        username=mailbox.in_username,
        password=mailbox.in_password or "",
        folder=mailbox.in_folder,
    )


def outgoing_settings(mailbox: Mailbox) -> OutgoingSettings:
    """Return how to hand in the mailbox's answers."""
    return OutgoingSettings(
        host=mailbox.out_host,
        port=mailbox.out_port,
        security=Security(mailbox.out_security),
        username=mailbox.out_username,
        password=mailbox.out_password or "",
    )


def position_of(mailbox: Mailbox) -> Position:
    """Return how far the mailbox was read."""
    return Position(mailbox.uid_validity, mailbox.last_uid)
