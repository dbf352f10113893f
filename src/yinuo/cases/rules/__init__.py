"""Decisions about cases, by what they are about: values in, value out; refusals beside the rule that makes them."""

from .messages import PREVIEW_LENGTH, SUBJECT_LENGTH, EmptyMessage, NewMessagesArrived, preview_of
from .promises import (
    LivePromise,
    PromiseDraft,
    draft_promise,
    kept_by_answer,
    opening_promises,
    overdue,
    promise_for_customer_message,
)
from .states import OUTCOMES, REOPEN_WINDOW, CaseIsClosed, CaseIsOpen, OwnerNotInTeam, UnknownOutcome, may_reopen

__all__ = [
    "OUTCOMES",
    "PREVIEW_LENGTH",
    "REOPEN_WINDOW",
    "SUBJECT_LENGTH",
    "CaseIsClosed",
    "CaseIsOpen",
    "EmptyMessage",
    "LivePromise",
    "NewMessagesArrived",
    "OwnerNotInTeam",
    "PromiseDraft",
    "UnknownOutcome",
    "draft_promise",
    "kept_by_answer",
    "may_reopen",
    "opening_promises",
    "overdue",
    "preview_of",
    "promise_for_customer_message",
]
