"""The only writers of the desk, by what they are about. Each verb is one transaction."""

from .drafts import drop_draft, kept_with_draft, save_draft
from .outgoing import Written, hand_in_reply, send_due_replies, take_back_reply

__all__ = [
    "Written",
    "drop_draft",
    "hand_in_reply",
    "kept_with_draft",
    "save_draft",
    "send_due_replies",
    "take_back_reply",
]
