"""The only writers of cases, by what they are about. Each verb is one transaction and leaves its facts."""

from . import following_along  # noqa: F401 - declares what goes along with a merge
from .attaching import AttachmentDraft, StorageFull, store_bytes
from .closing import close_case, confirm_solved, reopen_case, settle_due_cases
from .escalating import reach_due_rungs, tell_of_escalations
from .following import belongs_to_new_case, take_customer_message
from .giving import give_promise, keep_promise, withdraw_promise
from .handing import (
    accept_handoff,
    decide_owner,
    offer_handoff,
    refuse_handoff,
    remind_of_decisions,
    set_handoff_limits,
    time_out_handoffs,
    withdraw_handoff,
)
from .incidents import add_to_incident, decide_incident, end_incident, propose_incident, take_from_incident
from .joining import merge_cases, undo_merge
from .linking import link_cases, unlink_cases
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
from .quoting import learn_answers, settle_quotes
from .recounting import apply_repair, change_class, reclassify_case
from .reminding import end_follow_up, move_follow_up, plan_follow_up, tell_due_follow_ups
from .repairing import Repaired, repair_cases
from .replacing import replace_promise
from .ruling import save_closing_rule
from .splitting import split_case
from .tasks import answer_task, ask_task, refuse_task, take_task, withdraw_task
from .thanking import overrule_thanks
from .watching import unwatch_case, watch_case

__all__ = [
    "AttachmentDraft",
    "Opened",
    "Repaired",
    "StorageFull",
    "accept_handoff",
    "add_automatic_message",
    "add_customer_message",
    "add_note",
    "add_to_incident",
    "answer_task",
    "apply_repair",
    "ask_task",
    "belongs_to_new_case",
    "break_due_promises",
    "change_class",
    "change_owner",
    "check_reply",
    "close_case",
    "confirm_solved",
    "decide_incident",
    "decide_owner",
    "end_follow_up",
    "end_incident",
    "give_promise",
    "keep_promise",
    "learn_answers",
    "link_cases",
    "merge_cases",
    "move_follow_up",
    "notify_customer",
    "offer_handoff",
    "open_case",
    "overrule_thanks",
    "plan_follow_up",
    "propose_incident",
    "reach_due_rungs",
    "reclassify_case",
    "refuse_handoff",
    "refuse_task",
    "remind_of_decisions",
    "reopen_case",
    "repair_cases",
    "replace_promise",
    "reply",
    "save_closing_rule",
    "set_handoff_limits",
    "settle_due_cases",
    "settle_quotes",
    "split_case",
    "store_bytes",
    "take_customer_message",
    "take_from_incident",
    "take_task",
    "tell_due_follow_ups",
    "tell_of_escalations",
    "time_out_handoffs",
    "undo_merge",
    "unlink_cases",
    "unwatch_case",
    "warn_of_due_promises",
    "watch_case",
    "withdraw_handoff",
    "withdraw_promise",
    "withdraw_task",
]
