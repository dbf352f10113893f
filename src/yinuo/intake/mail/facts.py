"""What can happen to mail. Addresses and texts are not in it."""

from yinuo.foundation.facts import Fact


class MailStored(Fact):
    """A mail came in and was kept; `state` says what became of it."""

    case_id: int | None
    stored_mail_id: int
    mailbox_id: int | None
    state: str


class MailSent(Fact):
    """A mail of ours was taken by the next server."""

    case_id: int
    outgoing_mail_id: int
    message_id: int


class MailNotDelivered(Fact):
    """A mail of ours did not, and will not, reach its reader."""

    case_id: int
    outgoing_mail_id: int
    message_id: int
    code: str


class LetterSent(Fact):
    """A mail without a case, such as a sign-in code or a digest, was taken by the next server."""

    letter_id: int
    purpose: str


class LetterNotDelivered(Fact):
    """A mail without a case did not, and will not, reach its reader; `code` says why."""

    letter_id: int
    purpose: str
    code: str


class MailboxObstructed(Fact):
    """A mailbox cannot be read; `code` says why."""

    mailbox_id: int
    code: str


class MailboxCleared(Fact):
    """A mailbox that could not be read is read again."""

    mailbox_id: int


class MailboxConfigured(Fact):
    """A mailbox was added or changed."""

    mailbox_id: int
