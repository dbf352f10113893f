"""A mailbox's row as the settings that the transport takes.

`YINUO_MAIL_CA` names a file with the certificate of a private authority that mail servers of the house may have.
"""

import os
from pathlib import Path

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
        ca_file=_ca_file(),
    )


def outgoing_settings(mailbox: Mailbox) -> OutgoingSettings:
    """Return how to hand in the mailbox's answers."""
    return OutgoingSettings(
        host=mailbox.out_host,
        port=mailbox.out_port,
        security=Security(mailbox.out_security),
        username=mailbox.out_username,
        password=mailbox.out_password or "",
        ca_file=_ca_file(),
    )


def position_of(mailbox: Mailbox) -> Position:
    """Return how far the mailbox was read."""
    return Position(mailbox.uid_validity, mailbox.last_uid)


def _ca_file() -> Path | None:
    name = os.environ.get("YINUO_MAIL_CA")
    return Path(name) if name else None
