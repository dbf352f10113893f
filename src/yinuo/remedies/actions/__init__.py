"""The only writers of remedies, by what they are about. Each verb is one transaction and leaves its facts."""

from .aftermath import follow_up, set_apology
from .asking import escalate_due_approvals, warn_of_due_approvals
from .configuring import LimitOf, set_budget, set_limit, set_policy
from .deciding import approve_remedy, refuse_remedy, send_back_remedy
from .granting import Wish, ask_again, deliver_remedy, grant_remedy, reverse_remedy, withdraw_remedy

__all__ = [
    "LimitOf",
    "Wish",
    "approve_remedy",
    "ask_again",
    "deliver_remedy",
    "escalate_due_approvals",
    "follow_up",
    "grant_remedy",
    "refuse_remedy",
    "reverse_remedy",
    "send_back_remedy",
    "set_apology",
    "set_budget",
    "set_limit",
    "set_policy",
    "warn_of_due_approvals",
    "withdraw_remedy",
]
