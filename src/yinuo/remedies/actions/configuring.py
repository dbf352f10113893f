"""Limits of authority, the policy and budgets: what somebody may give at all. Each change is a version of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Department, Post, Team
from yinuo.remedies.facts import AuthorityChanged, BudgetSet, RemedyPolicyChanged
from yinuo.remedies.models import AuthorityLimit, AuthorityLimitVersion, Budget, RemedyPolicy
from yinuo.remedies.rules import RUNGS, Figures, OverBudget, first_of_month
from yinuo.standards.models import REMEDIES_OF_MONEY, RemedyKind


class LimitDoesNotFit(Refusal):
    """A limit's figures or conditions contradict each other."""

    code = "remedies.limit_does_not_fit"
    status = 422

    def sentence(self) -> str:
        return _(
            "A month must allow at least a day, and a day at least a case. Kinds worth money need a currency of three "
            "letters; the others are counted in whole numbers."
        )


class DateTooEarly(Refusal):
    """A version would begin before the one it follows."""

    code = "remedies.date_too_early"
    status = 422

    def sentence(self) -> str:
        return _("The newest version holds from %(on)s on, so the next one cannot begin before that day.") % {
            "on": self.on
        }


class BudgetDoesNotFit(Refusal):
    """A budget is of a department or a team, above zero, in a currency."""

    code = "remedies.budget_does_not_fit"
    status = 422

    def sentence(self) -> str:
        return _("A budget belongs to one department or one team and is an amount above zero in a currency.")


@dataclass(frozen=True)
class LimitOf:
    """Whose authority, for what and whom. level: of the person, at least. Empty post and tier: all."""

    role: str
    kind: str
    currency: str = ""
    level: int = 1
    post: Post | None = None
    tier: str = ""


@transaction.atomic
def set_limit(*, of: LimitOf, figures: Figures, effective_on: date, by: Actor, at: datetime) -> AuthorityLimitVersion:
    """Let a line of authority allow so much from a day on; the line is made when there is none.

    Needs `remedies.configure`. Refuses with LimitDoesNotFit, DateTooEarly. Announces AuthorityChanged.
    """
    by.require("remedies.configure")
    _check_limit(of, figures)
    limit, _is_new = AuthorityLimit.objects.get_or_create(
        role=of.role, level=of.level, post=of.post, tier=of.tier, kind=of.kind, currency=of.currency
    )
    limit = AuthorityLimit.objects.select_for_update(of=("self",)).get(pk=limit.pk)
    newest = limit.versions.order_by("-number").first()
    if newest and effective_on < newest.effective_on:
        raise DateTooEarly(on=newest.effective_on)
    version = limit.versions.create(
        number=newest.number + 1 if newest else 1,
        effective_on=effective_on,
        per_case=figures.per_case,
        per_day=figures.per_day,
        per_month=figures.per_month,
        created_at=at,
        created_by=by.key,
    )
    changed = AuthorityChanged(
        limit_id=limit.pk, version_id=version.pk, number=version.number, effective_on=effective_on
    )
    announce(changed, by=by, at=at)
    return version


@transaction.atomic
def set_policy(
    *,
    approval_minutes: int,
    two_from: Decimal | None,
    currency: str = "CNY",
    effective_on: date,
    by: Actor,
    at: datetime,
) -> RemedyPolicy:
    """Say how long an approval may take and from which amount on two approve, from a day on.

    Needs `remedies.configure`. Refuses with LimitDoesNotFit, DateTooEarly. Announces RemedyPolicyChanged.
    """
    by.require("remedies.configure")
    if approval_minutes < 1 or (two_from is not None and two_from <= 0) or not _is_currency(currency):
        raise LimitDoesNotFit
    newest = RemedyPolicy.objects.select_for_update().order_by("-number").first()
    if newest and effective_on < newest.effective_on:
        raise DateTooEarly(on=newest.effective_on)
    policy = RemedyPolicy.objects.create(
        number=newest.number + 1 if newest else 1,
        effective_on=effective_on,
        approval_minutes=approval_minutes,
        two_from=two_from,
        two_from_currency=currency,
        created_at=at,
        created_by=by.key,
    )
    announce(RemedyPolicyChanged(policy_id=policy.pk, number=policy.number, effective_on=effective_on), by=by, at=at)
    return policy


@transaction.atomic
def set_budget(
    *,
    department: Department | None = None,
    team: Team | None = None,
    from_month: date,
    amount: Decimal,
    currency: str = "CNY",
    over: str = OverBudget.WARN,
    by: Actor,
    at: datetime,
) -> Budget:
    """Give a department or a team so much a month, from a month on; the same month again replaces its figure.

    Needs `remedies.configure`. Refuses with BudgetDoesNotFit. Announces BudgetSet.
    """
    by.require("remedies.configure")
    if (department is None) == (team is None) or amount <= 0 or not _is_currency(currency):
        raise BudgetDoesNotFit
    budget, _is_new = Budget.objects.update_or_create(
        department=department,
        team=team,
        currency=currency,
        from_month=first_of_month(from_month),
        defaults={"amount": amount, "over": OverBudget(over), "created_at": at, "created_by": by.key},
    )
    fact = BudgetSet(budget_id=budget.pk, from_month=budget.from_month, amount=amount, currency=currency)
    announce(fact, by=by, at=at)
    return budget


def _check_limit(of: LimitOf, figures: Figures) -> None:
    is_money = of.kind in REMEDIES_OF_MONEY
    grows = 0 <= figures.per_case <= figures.per_day <= figures.per_month
    is_whole = all(one == one.to_integral_value() for one in (figures.per_case, figures.per_day, figures.per_month))
    if (
        of.role not in RUNGS
        or of.kind not in RemedyKind.values
        or not grows
        or (is_money and not _is_currency(of.currency))
        or (not is_money and (of.currency or not is_whole))
    ):
        raise LimitDoesNotFit


def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()  # noqa: PLR2004 - ISO 4217
