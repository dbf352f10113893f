"""One way to open any mailbox and any way out; `security` chooses between servers and a local folder."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.message import EmailMessage
from threading import Event
from typing import Protocol, Self

from yinuo.intake.mail.transport.imap import ImapMailbox
from yinuo.intake.mail.transport.maildir import MaildirMailbox, MaildirSender
from yinuo.intake.mail.transport.smtp import SmtpSender
from yinuo.intake.mail.transport.values import (
    Batch,
    Fetched,
    MailboxSettings,
    OutgoingSettings,
    Position,
    Security,
    SendingResult,
    Tally,
)


class Mailbox(Protocol):
    """An open mailbox; see ImapMailbox for what each promises."""

    uid_validity: int
    tally: Tally

    @property
    def on_server_count(self) -> int: ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *raised: object) -> None: ...
    def close(self) -> None: ...
    def latest(self) -> Position: ...
    def fetch_new(self, since: Position, strikes: Mapping[int, int] | None = None) -> Iterator[Batch]: ...
    def refetch(self, uid: int) -> Fetched | None: ...
    def wait(self, stop: Event) -> bool: ...
    def mark_seen(self, uids: Iterable[int]) -> None: ...


class Sender(Protocol):
    """An open way out; see SmtpSender for what each promises."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *raised: object) -> None: ...
    def close(self) -> None: ...
    def check(self) -> None: ...
    def send(
        self, message: EmailMessage, *, sender: str, recipients: Iterable[str], at: datetime, tries_count: int = 0
    ) -> SendingResult: ...


def open_mailbox(settings: MailboxSettings) -> Mailbox:
    """Return the mailbox, connected, signed in and with its folder open. Raises a MailServerRefusal."""
    return MaildirMailbox(settings) if settings.security is Security.MAILDIR else ImapMailbox(settings)


def open_sender(settings: OutgoingSettings) -> Sender:
    """Return a way out. It connects at the first mail and keeps the connection for the next ones."""
    return MaildirSender(settings) if settings.security is Security.MAILDIR else SmtpSender(settings)
