"""Which authority somebody has, what they used of it, who may approve, and how the budgets stand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from yinuo.access.actors import Actor
from yinuo.access.models import Account
from yinuo.access.roles import PERMISSIONS, Role
from yinuo.cases.models import Case
from yinuo.foundation.calendars import BusinessCalendar, always_open
from yinuo.foundation.models import CalendarVersion
from yinuo.organisation.models import Presence, Staff
from yinuo.organisation.queries import our_zone
from yinuo.remedies.models import (
    GIVEN_STATES,
    Authorisation,
    AuthorityLimitVersion,
    Budget,
    LedgerEntry,
    Remedy,
    RemedyPolicy,
    RemedyState,
)
from yinuo.remedies.rules import (
    Approver,
    BudgetStand,
    Figures,
    Grantability,
    Holder,
    Limit,
    Request,
    decide_grant,
    first_of_month,
    limit_for,
    rung_of,
)
from yinuo.standards.models import REMEDIES_OF_MONEY

# While nobody has said otherwise: an approval is decided within two open hours, one person is enough.
USUAL_APPROVAL_MINUTES = 120
_COUNTS_AS_USED = (*GIVEN_STATES, RemedyState.ASKED)


@dataclass(frozen=True)
class Standing:
    """How a request stands: what becomes of it, the asker's use, who could approve (the first to ask first)."""

    grantability: Grantability
    used: Figures
    approvers: list[Approver]


def day_of(at: datetime) -> date:
    """Return the day of the house on which an instant lies."""
    return at.astimezone(our_zone()).date()


def limits_on(day: date) -> list[Limit]:
    """Return every line of authority in the version that holds on a day."""
    holding = AuthorityLimitVersion.objects.filter(effective_on__lte=day)
    newest = holding.order_by("limit_id", "-effective_on", "-number").distinct("limit_id")
    return [
        Limit(
            version_id=version.pk,
            role=version.limit.role,
            level=version.limit.level,
            post_id=version.limit.post_id,
            tier=version.limit.tier,
            kind=version.limit.kind,
            currency=version.limit.currency,
            figures=Figures(version.per_case, version.per_day, version.per_month),
        )
        for version in newest.select_related("limit")
    ]


def policy_on(day: date) -> RemedyPolicy:
    """Return the policy that holds on a day; the usual one, unsaved, while there is none."""
    found = RemedyPolicy.objects.filter(effective_on__lte=day).order_by("-effective_on", "-number").first()
    return found or RemedyPolicy(number=0, effective_on=day, approval_minutes=USUAL_APPROVAL_MINUTES)


def request_of(case: Case, *, kind: str, amount: Decimal, currency: str) -> Request:
    """Return what the rules need to know of something to be given on a case."""
    if kind in REMEDIES_OF_MONEY:
        return Request(kind, amount, currency, case.tier)
    return Request(kind, Decimal(1), "", case.tier)


def standing(
    request: Request, *, case: Case, asker: Staff | None, at: datetime, besides: int | None = None
) -> Standing:
    """Return what becomes of a request on a case, as things stand now.

    asker: None when the system asks, which has no authority of its own. besides: id of a remedy that is this very
    request, which does not count against itself.
    """
    day = day_of(at)
    limits, policy = limits_on(day), policy_on(day)
    approvers = able_approvers(
        request, case=case, limits=limits, day=day, without={asker.pk} if asker else set(), besides=besides
    )
    own = limit_for(holder_of(asker), request, limits) if asker else None
    used = used_by([asker.pk] if asker else [], request, case=case, day=day, besides=besides)
    figures = used[asker.pk] if asker else Figures(*[Decimal(0)] * 3)
    two_from = policy.two_from if policy.two_from_currency == request.currency else None
    decided = decide_grant(
        request,
        own,
        figures,
        approvers=approvers,
        two_from=two_from,
        budgets=[s for _b, s in budgets_of(case, request, day)],
    )
    return Standing(decided, figures, approvers)


def able_approvers(
    request: Request,
    *,
    case: Case,
    limits: Iterable[Limit],
    day: date,
    without: Collection[int] = (),
    besides: int | None = None,
) -> list[Approver]:
    """Return who may decide on remedies and sees the case, whom to ask first first.

    The lowest rung with a line for this comes first, of it the leaders of the case's team, of them those who are here.
    """
    roles = [role for role in Role if "remedies.approve" in PERMISSIONS[role]]
    people = (
        Staff.objects.working()
        .filter(account__in=Account.objects.filter(grants__role__in=roles))
        .exclude(pk__in=without)
        .select_related("account")
        .prefetch_related("account__grants", "memberships")
    )
    seen = [one for one in people if sees(one.account.as_actor(), case)]
    used = used_by([one.pk for one in seen], request, case=case, day=day, besides=besides)
    lines = list(limits)
    found = []
    for one in seen:
        actor = one.account.as_actor()
        limit = limit_for(holder_of(one), request, lines)
        approver = Approver(one.pk, limit, used[one.pk], actor.may("remedies.exceed_budget"))
        leads = any(member.team_id == case.team_id and member.is_leader for member in one.memberships.all())
        is_away = one.presence in (Presence.AWAY, Presence.OFFLINE)
        found.append(((rung_of(approver)[:2], not leads, is_away, one.pk), approver))
    return [approver for _key, approver in sorted(found, key=lambda pair: pair[0])]


def sees(actor: Actor, case: Case) -> bool:
    """Return whether somebody may know of a case and decide on remedies in it."""
    return actor.may("remedies.approve") and Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def holder_of(staff: Staff) -> Holder:
    """Return whose authority a member of staff has."""
    return Holder(frozenset(str(role) for role in staff.account.as_actor().roles), staff.level, staff.post_id)


def used_by(
    staff_ids: Collection[int], request: Request, *, case: Case, day: date, besides: int | None = None
) -> dict[int, Figures]:
    """Return of each person what they authorised of this kind on a day and in its month, and of all on the case.

    What was asked for and one of two has approved counts as used; what was refused or reversed does not.
    """
    remedies = Remedy.objects.filter(kind=request.kind, currency=request.currency).exclude(pk=besides or 0)
    measure = Sum("amount") if request.currency else Count("pk")
    on_case = remedies.filter(case=case, state__in=GIVEN_STATES).aggregate(total=measure)["total"] or Decimal(0)
    rows = Authorisation.objects.filter(
        staff_id__in=staff_ids,
        remedy__in=remedies.filter(state__in=_COUNTS_AS_USED),
        used_on__gte=first_of_month(day),
        used_on__lt=first_of_month(first_of_month(day) + timedelta(days=32)),
    )
    sums = Sum("remedy__amount", filter=Q(used_on=day)) if request.currency else Count("pk", filter=Q(used_on=day))
    month = Sum("remedy__amount") if request.currency else Count("pk")
    found = {row["staff_id"]: row for row in rows.values("staff_id").annotate(today=sums, month=month)}
    return {
        pk: Figures(
            Decimal(on_case),
            Decimal(found[pk]["today"] or 0) if pk in found else Decimal(0),
            Decimal(found[pk]["month"] or 0) if pk in found else Decimal(0),
        )
        for pk in staff_ids
    }


def budgets_of(case: Case, request: Request, day: date) -> list[tuple[Budget, BudgetStand]]:
    """Return the budgets that a remedy on a case counts against, each as it stands in the day's month."""
    if not request.currency:
        return []
    mine = Q(team_id=case.team_id) | Q(department_id=case.department_id)
    return budget_stands(Budget.objects.filter(mine, currency=request.currency), day)


def budget_stands(budgets: "QuerySet[Budget]", day: date) -> list[tuple[Budget, BudgetStand]]:
    """Return of each team or department the budget that holds in a day's month, with what was spent of it."""
    month = first_of_month(day)
    holding = budgets.filter(from_month__lte=month)
    newest = holding.order_by("team_id", "department_id", "currency", "-from_month").distinct(
        "team_id", "department_id", "currency"
    )
    rows = list(newest.select_related("team", "department"))
    booked = LedgerEntry.objects.filter(booked_on__gte=month, booked_on__lt=first_of_month(month + timedelta(days=32)))
    by_team = _sums(booked.filter(team__in=[row.team_id for row in rows if row.team_id]), "team_id")
    by_department = _sums(
        booked.filter(department__in=[row.department_id for row in rows if row.department_id]), "department_id"
    )
    stands = []
    for row in rows:
        sums = by_team if row.team_id else by_department
        spent = sums.get((row.team_id or row.department_id, row.currency), Decimal(0))
        stands.append((row, BudgetStand(row.amount, spent, row.over)))
    return stands


def _sums(entries: "QuerySet[LedgerEntry]", column: str) -> dict[tuple[int | None, str], Decimal]:
    rows = entries.values(column, "currency").annotate(total=Sum("amount"))
    return {(row[column], row["currency"]): row["total"] for row in rows}


def hours_of(staff: Staff) -> BusinessCalendar:
    """Return the newest hours in which somebody works: those of their first team, else the house's own, else always."""
    calendars = staff.teams.exclude(calendar=None).order_by("pk").values_list("calendar_id", flat=True)
    own = calendars.first()
    wanted = Q(calendar_id=own) if own else Q(calendar__is_default=True)
    newest = CalendarVersion.objects.filter(wanted).order_by("-number").first()
    return BusinessCalendar.from_json(newest.definition) if newest else always_open()
