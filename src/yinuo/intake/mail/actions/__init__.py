"""The only writers of mail: taking in, sending out, and the settings of mailboxes."""

from .configuring import MailboxDraft, save_mailbox
from .fetching import file_again, keep_raw, take_in_too_large
from .handing_in import default_mailbox
from .letters import LetterDraft, queue_letter, send_due_letters
from .sending import queue_mail_for, send_due_mails
from .taking_in import TakenIn, take_in

__all__ = [
    "LetterDraft",
    "MailboxDraft",
    "TakenIn",
    "default_mailbox",
    "file_again",
    "keep_raw",
    "queue_letter",
    "queue_mail_for",
    "save_mailbox",
    "send_due_letters",
    "send_due_mails",
    "take_in",
    "take_in_too_large",
]
