"""The only writers of the desk, by what they are about. Each verb is one transaction."""

from .bulk import cancel_run, carry_on, carry_on_due_runs, start_broadcast, start_run
from .canned import CannedDraft, count_uses, delete_canned_answer, save_canned_answer
from .drafts import drop_draft, kept_with_draft, save_draft
from .outgoing import Written, hand_in_reply, send_due_replies, take_back_reply
from .walls import hang_up_wall, mark_wall_seen, take_down_wall
from .watching import forget_watching, say_gone, say_here

__all__ = [
    "CannedDraft",
    "Written",
    "cancel_run",
    "carry_on",
    "carry_on_due_runs",
    "count_uses",
    "delete_canned_answer",
    "drop_draft",
    "forget_watching",
    "hand_in_reply",
    "hang_up_wall",
    "kept_with_draft",
    "mark_wall_seen",
    "save_canned_answer",
    "save_draft",
    "say_gone",
    "say_here",
    "send_due_replies",
    "start_broadcast",
    "start_run",
    "take_back_reply",
    "take_down_wall",
]
