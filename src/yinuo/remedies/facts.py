"""What can happen to remedies, approvals, limits and budgets. Ids, codes and amounts; no text of people."""

from datetime import date, datetime
from decimal import Decimal

from yinuo.foundation.facts import Fact


class RemedyAsked(Fact):
    """Somebody asks for a remedy above their own authority."""

    case_id: int
    customer_id: int
    staff_id: int | None
    remedy_id: int
    kind: str
    amount: Decimal
    currency: str
    why: str


class RemedyGranted(Fact):
    """A remedy is given to the customer, by the authority of those who authorised it."""

    case_id: int
    customer_id: int
    staff_id: int | None
    team_id: int
    remedy_id: int
    kind: str
    amount: Decimal
    currency: str
    reason: str


class RemedyRefused(Fact):
    """An approver refused a remedy; its reason stands in the row."""

    case_id: int
    customer_id: int
    staff_id: int | None
    remedy_id: int


class RemedySentBack(Fact):
    """An approver sent a remedy back to whoever asked, for a word more or another amount."""

    case_id: int
    customer_id: int
    staff_id: int | None
    remedy_id: int


class RemedyWithdrawn(Fact):
    """A remedy that was asked for or proposed is no longer wanted."""

    case_id: int
    customer_id: int
    staff_id: int | None
    remedy_id: int


class RemedyReversed(Fact):
    """A remedy that was granted is taken back; it stays in the ledger, with a row that brings it back."""

    case_id: int
    customer_id: int
    staff_id: int | None
    team_id: int
    remedy_id: int
    amount: Decimal
    currency: str


class RemedyDelivered(Fact):
    """The customer has what was granted, with evidence of it."""

    case_id: int
    customer_id: int
    staff_id: int | None
    remedy_id: int


class ApprovalAsked(Fact):
    """Somebody is asked to decide on a remedy by a time. staff_id: the approver."""

    case_id: int
    staff_id: int
    remedy_id: int
    approval_id: int
    due_at: datetime


class ApprovalSoonDue(Fact):
    """An approver has little time left. staff_id: the approver."""

    case_id: int
    staff_id: int
    remedy_id: int
    approval_id: int
    due_at: datetime


class ApprovalEscalated(Fact):
    """An approver did not decide in time; the next one is asked. staff_id: who did not decide."""

    case_id: int
    staff_id: int
    remedy_id: int
    approval_id: int


class ApprovalGiven(Fact):
    """An approver said yes; with two needed, the second is asked now. staff_id: the approver."""

    case_id: int
    staff_id: int
    remedy_id: int
    approval_id: int


class AuthorityChanged(Fact):
    """A line of authority allows another sum from a day on."""

    limit_id: int
    version_id: int
    number: int
    effective_on: date


class RemedyPolicyChanged(Fact):
    """The time for approvals or the amount that needs two changed from a day on."""

    policy_id: int
    number: int
    effective_on: date


class BudgetSet(Fact):
    """A department or a team has a budget from a month on."""

    budget_id: int
    from_month: date
    amount: Decimal
    currency: str


class BudgetNearlySpent(Fact):
    """Four fifths of a month's budget are spent; said once a month."""

    team_id: int | None
    budget_id: int
    month: date
    amount: Decimal
    spent: Decimal
    currency: str


class RemedyProposed(Fact):
    """A pledge was broken and names a remedy; its owner confirms it, or somebody approves it. staff_id: the owner."""

    case_id: int
    customer_id: int
    staff_id: int | None
    remedy_id: int
    promise_id: int
    pledge_version_id: int


class CustomerApologisedTo(Fact):
    """The customer was told that a promise was broken, and the new time."""

    case_id: int
    customer_id: int
    promise_id: int


class RecoveryCaseOpened(Fact):
    """A pledge was broken whose terms want somebody else to talk to the customer. staff_id: who owns the new case."""

    case_id: int
    customer_id: int
    staff_id: int
    promise_id: int
    recovery_case_id: int


class ApologyWordsChanged(Fact):
    """What customers read when we broke a promise says something else from now on."""

    words_id: int
    number: int
