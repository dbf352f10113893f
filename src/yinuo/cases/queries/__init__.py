"""What pages and the API read of cases. Every read of people's data starts at `visible_to`."""

from .attention import EscalationShown, attention
from .beside import Customership, customership_of, latest_orders, other_cases, owned_by
from .colleagues import named_colleagues, suggested_colleagues, who_may_see
from .conversation import Conversing, Event, Talk, conversation
from .customer_listing import customer_list, listed_customers
from .explaining import Explanation, explanation
from .finding import attachment_for, case_by_reference, message_for, open_cases_of_customer, tracked_case
from .incidents import (
    incident_behind,
    incident_of,
    incident_shown,
    part_cases,
    parts_page,
    past_incidents,
    running_incidents,
    suggested_parts,
    surge_around,
    surges,
)
from .joining import (
    LinkShown,
    MergePreview,
    links_of,
    merge_candidates,
    merge_preview,
    merges_into,
    splittable_messages,
)
from .keeping import FEWEST, Keeping, breaches, keeping
from .ledger import PromiseShown, ledger, next_promise, promises_kept_by_answer, shown_promise
from .listing import case_list, listed_cases
from .queue import PAGE_LENGTH, VIEW_COUNT_LIMIT, QueuePage, queue_page
from .quoting import QuoteShown, quotes_held, shown_quote
from .searching import cases_found
from .story import StoryEntry, story
from .tracking import Tracked, given_name, tracked
from .wish import QueueWish, wished_cases

__all__ = [
    "FEWEST",
    "PAGE_LENGTH",
    "VIEW_COUNT_LIMIT",
    "Conversing",
    "Customership",
    "EscalationShown",
    "Event",
    "Explanation",
    "Keeping",
    "LinkShown",
    "MergePreview",
    "PromiseShown",
    "QueuePage",
    "QueueWish",
    "QuoteShown",
    "StoryEntry",
    "Talk",
    "Tracked",
    "attachment_for",
    "attention",
    "breaches",
    "case_by_reference",
    "case_list",
    "cases_found",
    "conversation",
    "customer_list",
    "customership_of",
    "explanation",
    "given_name",
    "incident_behind",
    "incident_of",
    "incident_shown",
    "keeping",
    "latest_orders",
    "ledger",
    "links_of",
    "listed_cases",
    "listed_customers",
    "merge_candidates",
    "merge_preview",
    "merges_into",
    "message_for",
    "named_colleagues",
    "next_promise",
    "open_cases_of_customer",
    "other_cases",
    "owned_by",
    "part_cases",
    "parts_page",
    "past_incidents",
    "promises_kept_by_answer",
    "queue_page",
    "quotes_held",
    "running_incidents",
    "shown_promise",
    "shown_quote",
    "splittable_messages",
    "story",
    "suggested_colleagues",
    "suggested_parts",
    "surge_around",
    "surges",
    "tracked",
    "tracked_case",
    "who_may_see",
    "wished_cases",
]
