"""Decisions about cases, by what they are about: values in, value out; refusals beside the rule that makes them."""

from .clocks import Elapsed, Pause, elapsed
from .messages import PREVIEW_LENGTH, SUBJECT_LENGTH, EmptyMessage, NewMessagesArrived, preview_of
from .promises import (
    INTERNAL_KINDS,
    SINGLE_KINDS,
    LivePromise,
    PromiseDraft,
    draft_given,
    draft_promise,
    kept_by_answer,
    opening_promises,
    overdue,
    promise_for_customer_message,
    soonest,
    time_within,
)
from .states import OUTCOMES, REOPEN_WINDOW, CaseIsClosed, CaseIsOpen, OwnerNotInTeam, UnknownOutcome, may_reopen

__all__ = [
    "INTERNAL_KINDS",
    "OUTCOMES",
    "PREVIEW_LENGTH",
    "REOPEN_WINDOW",
    "SINGLE_KINDS",
    "SUBJECT_LENGTH",
    "CaseIsClosed",
    "CaseIsOpen",
    "Elapsed",
    "EmptyMessage",
    "LivePromise",
    "NewMessagesArrived",
    "OwnerNotInTeam",
    "Pause",
    "PromiseDraft",
    "UnknownOutcome",
    "draft_given",
    "draft_promise",
    "elapsed",
    "kept_by_answer",
    "may_reopen",
    "opening_promises",
    "overdue",
    "preview_of",
    "promise_for_customer_message",
    "soonest",
    "time_within",
]
