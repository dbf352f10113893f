"""The only writers of mail: taking in, sending out, and the settings of mailboxes."""

from .configuring import MailboxDraft, save_mailbox
from .sending import queue_mail_for, send_due_mails
from .taking_in import TakenIn, file_again, take_in

__all__ = ["MailboxDraft", "TakenIn", "file_again", "queue_mail_for", "save_mailbox", "send_due_mails", "take_in"]
