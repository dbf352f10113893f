"""What is carried and how to reach the server: settings, positions, fetched mails, results of sending.

Plain values without a database; the caller keeps settings and positions in its own rows.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """How the connection is protected; MAILDIR is no connection at all but a local folder."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"
    MAILDIR = "maildir"


@dataclass(frozen=True)
class Pace:
    """How patient a connection is.

    poll_every: pause between looks when the server cannot push.
    idle_for: longest single IDLE; RFC 2177 asks for less than 29 minutes, routers forget a silent line much sooner,
    and some servers offer IDLE but never push, so we also look anew after each.
    retry_first doubles up to retry_longest after each failure in a row.
    """

    connect_within: timedelta = timedelta(seconds=20)
    read_within: timedelta = timedelta(seconds=90)
    poll_every: timedelta = timedelta(seconds=60)
    idle_for: timedelta = timedelta(minutes=5)
    retry_first: timedelta = timedelta(seconds=2)
    retry_longest: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        if not timedelta(0) < self.idle_for < timedelta(minutes=29):
            raise ValueError(f"idle_for must be between 0 and 29 minutes, not {self.idle_for}")


@dataclass(frozen=True)
class MailboxSettings:
    """Where a mailbox lies and how much of it to take at once.

    host is the folder's path when security is MAILDIR. largest_bytes: of a bigger mail only the headers are
    fetched. batch_bytes and batch_count bound what is held in memory and handed over at once (one mail may exceed
    batch_bytes). mark_seen: also set the read flag after the mail was handled; off, so that nothing ever changes.
    ca_file: a private certificate authority to trust besides the system's.
    """

    host: str
    port: int = 993
    security: Security = Security.TLS
    username: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    largest_bytes: int = 50 * 1024 * 1024
    batch_bytes: int = 8 * 1024 * 1024
    batch_count: int = 50
    mark_seen: bool = False
    idle: bool = True
    ca_file: Path | None = None
    pace: Pace = Pace()


@dataclass(frozen=True, order=True)
class Position:
    """How far a mailbox was read: every mail of this `uid_validity` up to and including `last_uid`."""

    uid_validity: int = 0
    last_uid: int = 0


START = Position()


class Trouble(StrEnum):
    """Why a fetched mail is not whole."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Fetched:
    """One mail as the server has it.

    raw: the whole mail; only its headers when trouble is TOO_LARGE; empty when UNREADABLE.
    received_at: when the server got it, aware UTC; None when the server does not say.
    size_bytes: as announced, 0 when unknown; some servers announce an estimate. answer: the server's words on trouble.
    """

    uid: int
    raw: bytes
    received_at: datetime | None
    size_bytes: int
    trouble: Trouble | None = None
    answer: str = ""


@dataclass(frozen=True)
class Tally:
    """What one look at a mailbox found, so that a mail which was never taken raises an alert.

    on_server_count: all mails in the folder. waiting_count: those after the position.
    gone_count: deleted by somebody between our look and our fetch.
    """

    on_server_count: int = 0
    waiting_count: int = 0
    fetched_count: int = 0
    too_large_count: int = 0
    unreadable_count: int = 0
    gone_count: int = 0

    @property
    def missing_count(self) -> int:
        """Mails the server showed but we neither took nor know to be gone; anything but 0 needs a person."""
        return self.waiting_count - self.fetched_count - self.too_large_count - self.unreadable_count - self.gone_count


@dataclass(frozen=True)
class Batch:
    """Some mails in the order of arrival; once they are kept, `position` may be saved.

    rescan: the server renumbered the folder, so mails already known come again (drop them by Message-ID).
    """

    mails: tuple[Fetched, ...]
    position: Position
    rescan: bool = False
    waiting_count: int = 0


@dataclass(frozen=True)
class OutgoingSettings:
    """Where mail is handed in; no sign-in when username is empty. host is the folder's path for MAILDIR."""

    host: str
    port: int = 465
    security: Security = Security.TLS
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    pace: Pace = Pace()
    own_hostname: str = ""


class Outcome(StrEnum):
    """What became of one mail handed in for sending."""

    SENT = "sent"
    PARTLY = "partly"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class RefusedRecipient:
    """An address the server did not take; `temporary` ones are worth another try."""

    address: str
    temporary: bool
    code: int
    answer: str


@dataclass(frozen=True)
class SendingResult:
    """What the server did with one mail.

    SENT: all recipients taken. PARTLY: `accepted` must not be sent to again. LATER: nobody got it, try at `retry_at`.
    REFUSED: nobody will get it. retry_at is set whenever some recipient is worth another try.
    in_doubt: the line broke after the text was handed over, so a retry may arrive twice (same Message-ID).
    problem_code and sentence: stable code and translated sentence when not SENT. answer: the server's own words.
    """

    outcome: Outcome
    accepted: tuple[str, ...] = ()
    refused: tuple[RefusedRecipient, ...] = ()
    retry_at: datetime | None = None
    in_doubt: bool = False
    problem_code: str = ""
    sentence: str = ""
    answer: str = ""
