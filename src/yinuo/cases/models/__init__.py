"""The case with all that hangs on it, by what the tables are about."""

from .case import ENDED, UNANSWERED_SINCE, URGENCY, Case, CaseQuerySet, CaseState, Channel
from .classing import Reclassification
from .closing import ClosingRule, Closure, Reopening, ReopenOwner, ReopenRule, Thanks
from .conversation import Attachment, Conversation, Mention, Message, MessageKind, Participant
from .escalation import Escalation, EscalationTelling
from .following import FollowUp, FollowUpEnd, Watch
from .handoff import DecisionCause, Handoff, HandoffEnd, HandoffLimits, OwnerDecision
from .incident import Incident, IncidentPart, IncidentState
from .joining import CaseLink, LinkKind, Merge
from .ownership import Ownership
from .pledge import PledgeBreach, PledgeTally
from .promise import Consent, Promise, PromiseEnd, PromiseKind, PromisePause, PromiseTally
from .quoting import AnswerPace, Quote, QuoteReason, QuoteTally
from .task import Task, TaskEnd

__all__ = [
    "ENDED",
    "UNANSWERED_SINCE",
    "URGENCY",
    "AnswerPace",
    "Attachment",
    "Case",
    "CaseLink",
    "CaseQuerySet",
    "CaseState",
    "Channel",
    "ClosingRule",
    "Closure",
    "Consent",
    "Conversation",
    "DecisionCause",
    "Escalation",
    "EscalationTelling",
    "FollowUp",
    "FollowUpEnd",
    "Handoff",
    "HandoffEnd",
    "HandoffLimits",
    "Incident",
    "IncidentPart",
    "IncidentState",
    "LinkKind",
    "Mention",
    "Merge",
    "Message",
    "MessageKind",
    "OwnerDecision",
    "Ownership",
    "Participant",
    "PledgeBreach",
    "PledgeTally",
    "Promise",
    "PromiseEnd",
    "PromiseKind",
    "PromisePause",
    "PromiseTally",
    "Quote",
    "QuoteReason",
    "QuoteTally",
    "Reclassification",
    "ReopenOwner",
    "ReopenRule",
    "Reopening",
    "Task",
    "TaskEnd",
    "Thanks",
    "Watch",
]
