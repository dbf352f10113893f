"""What somebody may give by themselves, who decides what is above it, and the refusals. Pure.

The guarantee, the steps and the worked example stand in docs/rules/authority.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

ZERO = Decimal(0)
# The roles that may decide, from the front line upwards; a rung is the lowest that has the authority.
RUNGS = ("agent", "team_leader", "administrator")


@dataclass(frozen=True)
class Figures:
    """Money or a count: on one case, on a day, in a month. Of a limit: how much at most. Of use: how much already."""

    per_case: Decimal
    per_day: Decimal
    per_month: Decimal


NOTHING = Figures(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class Limit:
    """One line of authority in the version that holds. Empty tier and post fit all; level: at least.

    figures: amounts in `currency` for kinds worth money, counts for the others, whose currency is empty.
    """

    version_id: int
    role: str
    level: int
    post_id: int | None
    tier: str
    kind: str
    currency: str
    figures: Figures


@dataclass(frozen=True)
class Holder:
    """Whose authority is asked: roles as codes, the level and post of the person."""

    roles: frozenset[str]
    level: int
    post_id: int | None


@dataclass(frozen=True)
class Request:
    """What is to be given. quantity: the amount, or 1 for a kind that is counted; `currency` is empty for that."""

    kind: str
    quantity: Decimal
    currency: str
    tier: str


class Verdict(StrEnum):
    GRANTED = "granted"
    NEEDS_APPROVAL = "needs_approval"
    REFUSED = "refused"


class Why(StrEnum):
    """Why a request is decided as it is; `sentence_of` says it."""

    WITHIN = "within"
    NO_LIMIT = "no_limit"
    ABOVE_CASE = "above_case"
    ABOVE_DAY = "above_day"
    ABOVE_MONTH = "above_month"
    TWO_NEEDED = "two_needed"
    BUDGET_SPENT = "budget_spent"
    BUDGET_ENDS_IT = "budget_ends_it"
    NOBODY = "nobody"


class OverBudget(StrEnum):
    """What a budget asks of a remedy that would exceed it."""

    WARN = "warn"
    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True)
class BudgetStand:
    """How a month's budget stands before the request; amounts in the budget's own currency."""

    amount: Decimal
    spent: Decimal
    over: str

    @property
    def left(self) -> Decimal:
        return self.amount - self.spent


@dataclass(frozen=True)
class Approver:
    """Somebody who may decide, with the line of authority that counts for them and what they used of it."""

    staff_id: int
    limit: Limit | None
    used: Figures
    may_exceed_budget: bool = False


@dataclass(frozen=True)
class Grantability:
    """What becomes of a request: who must decide (`rung`, a role) and how many of them, and why."""

    verdict: Verdict
    why: Why
    limit: Limit | None = None
    rung: str = ""
    approver_count: int = 0
    over_budget: bool = False

    @property
    def sentence(self) -> str:
        """Return why, in one sentence."""
        return sentence_of(self.why)


def limit_for(holder: Holder, request: Request, limits: Iterable[Limit]) -> Limit | None:
    """Return the line that counts for somebody and a request, or None: no authority.

    The highest rung counts, then a line for the post, then one for the tier, then the highest level.
    """
    fitting = [
        one
        for one in limits
        if one.role in holder.roles
        and one.level <= holder.level
        and one.post_id in (None, holder.post_id)
        and one.tier in ("", request.tier)
        and (one.kind, one.currency) == (request.kind, request.currency)
    ]
    return max(fitting, key=_precedence, default=None)


def room(limit: Limit | None, used: Figures) -> Decimal:
    """Return how much may be given at once: the least that is left on the case, of the day, of the month; never < 0."""
    if limit is None:
        return ZERO
    most = limit.figures
    left = (most.per_case - used.per_case, most.per_day - used.per_day, most.per_month - used.per_month)
    return max(ZERO, min(left))


def shortfall(request: Request, limit: Limit | None, used: Figures) -> Why:
    """Return WITHIN when the authority carries the request, else the first limit that does not."""
    if limit is None:
        return Why.NO_LIMIT
    most, asked = limit.figures, request.quantity
    if used.per_case + asked > most.per_case:
        return Why.ABOVE_CASE
    if used.per_day + asked > most.per_day:
        return Why.ABOVE_DAY
    if used.per_month + asked > most.per_month:
        return Why.ABOVE_MONTH
    return Why.WITHIN


def decide_grant(
    request: Request,
    own: Limit | None,
    used: Figures,
    *,
    approvers: Sequence[Approver],
    two_from: Decimal | None = None,
    budgets: Sequence[BudgetStand] = (),
) -> Grantability:
    """Return whether a request is granted at once, needs approval and by which rung, or is refused, and why.

    own: the asker's line; used: what everybody gave on the case, and what the asker used today and this month.
    approvers: those who may decide, without the asker. two_from: from this amount on two must approve. budgets: those
    of the case's team and department. Order: a budget that refuses, the own limit, two pairs of eyes, a budget that
    wants approval; then whether enough people carry it.
    """
    beyond = [stand for stand in budgets if request.currency and request.quantity > stand.left]
    if any(stand.over == OverBudget.REFUSE for stand in beyond):
        return Grantability(Verdict.REFUSED, Why.BUDGET_ENDS_IT, own)
    over_budget = any(stand.over == OverBudget.APPROVE for stand in beyond)
    needs_two = two_from is not None and bool(request.currency) and request.quantity >= two_from
    why = shortfall(request, own, used)
    if why is Why.WITHIN and needs_two:
        why = Why.TWO_NEEDED
    elif why is Why.WITHIN and over_budget:
        why = Why.BUDGET_SPENT
    if why is Why.WITHIN:
        return Grantability(Verdict.GRANTED, why, own)
    count = 2 if needs_two else 1
    able = [one for one in approvers if carries(one, request, over_budget=over_budget)]
    if len(able) < count:
        return Grantability(Verdict.REFUSED, Why.NOBODY, own)
    return Grantability(Verdict.NEEDS_APPROVAL, why, own, min(map(rung_of, able))[2], count, over_budget)


def carries(approver: Approver, request: Request, *, over_budget: bool = False) -> bool:
    """Return whether an approver's own authority carries a request, and a budget's end if it comes to that."""
    if over_budget and not approver.may_exceed_budget:
        return False
    return shortfall(request, approver.limit, approver.used) is Why.WITHIN


def rung_of(approver: Approver) -> tuple[int, int, str]:
    """Return how high somebody decides, for sorting, and the role that says it."""
    if approver.limit is None:
        return len(RUNGS), 0, ""
    return RUNGS.index(approver.limit.role), approver.limit.level, approver.limit.role


def sentence_of(why: Why) -> str:
    """Return why a request is decided so, in one sentence for the person who asks."""
    return {
        Why.WITHIN: _("This is within your authority."),
        Why.NO_LIMIT: _("You have no authority of your own for this kind of remedy."),
        Why.ABOVE_CASE: _("This is above what you may give on one case."),
        Why.ABOVE_DAY: _("This is above what you have left today."),
        Why.ABOVE_MONTH: _("This is above what you have left this month."),
        Why.TWO_NEEDED: _("An amount as high as this is decided by two people, neither of whom asked for it."),
        Why.BUDGET_SPENT: _("The month's budget does not hold it, so somebody decides who may exceed the budget."),
        Why.BUDGET_ENDS_IT: _("The month's budget does not hold it, and no exception is allowed."),
        Why.NOBODY: _("Nobody in the house has the authority to give this much on one case."),
    }[why]


def first_of_month(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


class RemedyRefused(Refusal):
    """Nobody may give this, or the budget ends it."""

    code = "remedies.refused"

    def sentence(self) -> str:
        return _("%(why)s Offer less, or ask an administrator to look at the limits.") % {
            "why": sentence_of(Why(self.why))
        }


class AmountMissing(Refusal):
    """A remedy worth money says how much; another one must not."""

    code = "remedies.amount_missing"
    status = 422

    def sentence(self) -> str:
        return _("Write an amount above zero for a remedy that is worth money, and none for another.")


class NotOpenForThis(Refusal):
    """The remedy has gone on meanwhile: it was decided, reversed or delivered by somebody else."""

    code = "remedies.not_open_for_this"

    def sentence(self) -> str:
        return _("This remedy has gone on meanwhile. Look at how it stands now, then decide.")


class NoSelfApproval(Refusal):
    """Whoever asks for a remedy, or decided on it once already, does not decide on it."""

    code = "remedies.no_self_approval"
    status = 403

    def sentence(self) -> str:
        return _("Another person must decide this: you asked for it or have approved it already.")


class AuthorityTooSmall(Refusal):
    """The approver's own authority does not carry the remedy."""

    code = "remedies.authority_too_small"
    status = 403

    def sentence(self) -> str:
        return _("Your own authority does not carry this remedy. Somebody above you has to decide.")


class ReasonMissing(Refusal):
    """Refusing, sending back and reversing say why."""

    code = "remedies.reason_missing"
    status = 422

    def sentence(self) -> str:
        return _("Write a reason in one sentence: the person who asked will read it.")


class ApologyDoesNotFit(Refusal):
    """The words of the apology lack the new time, or have a hole that nothing fills."""

    code = "remedies.apology_does_not_fit"
    status = 422

    def sentence(self) -> str:
        return _(
            "Write the apology in both languages, with {due} where the new time stands; besides, only {name} and "
            "{reference} are filled in."
        )


def _precedence(limit: Limit) -> tuple[int, bool, bool, int, int]:
    return (
        RUNGS.index(limit.role),
        limit.post_id is not None,
        limit.tier != "",
        limit.level,
        limit.version_id,
    )
