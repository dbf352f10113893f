"""The only writers of cases, by what they are about. Each verb is one transaction and leaves its facts."""

from .attaching import AttachmentDraft, StorageFull, store_bytes
from .closing import close_case, reopen_case
from .messages import (
    add_automatic_message,
    add_customer_message,
    add_note,
    check_reply,
    notify_customer,
    reply,
)
from .opening import Opened, open_case
from .owning import change_owner
from .promising import break_due_promises, warn_of_due_promises

__all__ = [
    "AttachmentDraft",
    "Opened",
    "StorageFull",
    "add_automatic_message",
    "add_customer_message",
    "add_note",
    "break_due_promises",
    "change_owner",
    "check_reply",
    "close_case",
    "notify_customer",
    "open_case",
    "reopen_case",
    "reply",
    "store_bytes",
    "warn_of_due_promises",
]
