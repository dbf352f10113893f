"""What somebody may give, what was given, to whom and under which authority, and what it cost.

Never deleted: what is taken back is a row of its own in the ledger.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.models import Case, Promise
from yinuo.customers.models import Customer, Tier
from yinuo.organisation.models import Department, Post, Staff, Team
from yinuo.standards.models import REMEDIES_OF_MONEY, PledgeVersion, RemedyKind

from .rules import OverBudget

RUNG_CHOICES = [("agent", _("Agent")), ("team_leader", _("Team leader")), ("administrator", _("Administrator"))]


class RemedyReason(models.TextChoices):
    """Why a customer is given something; a code, so that reasons can be counted."""

    BROKEN_PROMISE = "broken_promise", _("We broke a promise")
    DEFECT = "defect", _("Defective product")
    DAMAGE = "damage", _("Damage caused by us")
    WRONG_WORD = "wrong_word", _("Wrong information")
    TROUBLE = "trouble", _("Trouble for the customer")
    GOODWILL = "goodwill", _("Goodwill")


class RemedyState(models.TextChoices):
    """How a remedy stands: the summary of its rows."""

    PROPOSED = "proposed", _("Proposed")
    ASKED = "asked", _("Waiting for approval")
    SENT_BACK = "sent_back", _("Sent back")
    GRANTED = "granted", _("Granted")
    DELIVERED = "delivered", _("Delivered")
    REFUSED = "refused", pgettext_lazy("a remedy", "Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REVERSED = "reversed", _("Reversed")


# States in which the remedy counts: against limits, in the ledger, before the customer.
GIVEN_STATES = (RemedyState.GRANTED, RemedyState.DELIVERED)


class AuthorityLimit(models.Model):
    """A line of authority: who may give what kind to whom. How much stands in its versions."""

    role = models.CharField(max_length=30, choices=RUNG_CHOICES)
    level = models.PositiveSmallIntegerField(default=1, help_text="Of the person, at least.")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="authority_limits")
    tier = models.CharField(max_length=20, blank=True, choices=Tier.choices)
    kind = models.CharField(max_length=20, choices=RemedyKind.choices)
    currency = models.CharField(max_length=3, blank=True, help_text="Empty for kinds that are counted.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "level", "post", "tier", "kind", "currency"],
                nulls_distinct=False,
                name="one_limit_for_whom_and_what",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=REMEDIES_OF_MONEY) & ~Q(currency="")
                | ~Q(kind__in=REMEDIES_OF_MONEY) & Q(currency=""),
                name="a_limit_of_money_has_a_currency",
            ),
        ]
        ordering = ["kind", "role", "level", "id"]

    @property
    def is_counted(self) -> bool:
        return self.currency == ""


class AuthorityLimitVersion(models.Model):
    """How much a line allows from a day on; never changed, only followed. Zeros: nothing any more."""

    limit = models.ForeignKey(AuthorityLimit, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_on = models.DateField(help_text="The first day on which it holds.")
    per_case = models.DecimalField(max_digits=12, decimal_places=2)
    per_day = models.DecimalField(max_digits=12, decimal_places=2)
    per_month = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["limit", "number"], name="one_limit_version_per_number"),
            models.CheckConstraint(
                condition=Q(per_case__gte=0, per_day__gte=models.F("per_case"), per_month__gte=models.F("per_day")),
                name="a_month_allows_a_day_and_a_day_a_case",
            ),
        ]
        ordering = ["limit", "number"]


class RemedyPolicy(models.Model):
    """What holds for all remedies from a day on; never changed, only followed."""

    number = models.PositiveIntegerField(unique=True)
    effective_on = models.DateField(help_text="The first day on which it holds.")
    approval_minutes = models.PositiveIntegerField(help_text="Open time within which an approval is decided.")
    two_from = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, help_text="From this amount on two people approve."
    )
    two_from_currency = models.CharField(max_length=3, default="CNY")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approval_minutes__gt=0) & (Q(two_from=None) | Q(two_from__gt=0)),
                name="a_remedy_policy_has_times_and_amounts_above_zero",
            )
        ]


class Budget(models.Model):
    """What a department or a team may give in a month, from `from_month` on until the next row."""

    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="budgets")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="budgets")
    from_month = models.DateField(help_text="The first day of the first month.")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    over = models.CharField(
        max_length=10,
        choices=[
            (OverBudget.WARN.value, _("Only warn")),
            (OverBudget.APPROVE.value, _("Ask for approval")),
            (OverBudget.REFUSE.value, _("Refuse")),
        ],
        help_text="What happens to a remedy that would exceed it.",
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "team", "currency", "from_month"],
                nulls_distinct=False,
                name="one_budget_for_whom_and_month",
            ),
            models.CheckConstraint(
                condition=Q(department__isnull=True, team__isnull=False)
                | Q(department__isnull=False, team__isnull=True),
                name="a_budget_is_of_a_department_or_a_team",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_budget_is_above_zero"),
        ]


class BudgetWarning(models.Model):
    """A month of a budget of which it was said that it nears its end; once."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="warnings")
    month = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "month"], name="a_month_of_a_budget_is_warned_of_once")
        ]


class RemedyQuerySet(models.QuerySet["Remedy"]):
    def visible_to(self, actor: Actor) -> "RemedyQuerySet":
        """Return the remedies on cases this actor may know of, if they may see remedies at all; customers none."""
        if actor.is_system:
            return self
        if not actor.may("remedies.view"):
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(actor).values("pk"))


class Remedy(models.Model):
    """Something given to a customer because we fell short, or asked for.

    amount: in money, above zero, for kinds worth money; zero for the others. asked_by: None when the system proposed
    it. Team, department and tier are those of the case when it was asked for. note: what the asker writes to the
    approver; words: what is added to the customer's notice.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="remedies")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="remedies")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="remedies")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="remedies")
    tier = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=RemedyKind.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, blank=True)
    reason = models.CharField(max_length=20, choices=RemedyReason.choices)
    note = models.CharField(max_length=500, blank=True)
    words = models.CharField(max_length=2000, blank=True)
    pledge_version = models.ForeignKey(PledgeVersion, null=True, on_delete=models.PROTECT, related_name="remedies")
    promise = models.ForeignKey(
        Promise, null=True, on_delete=models.PROTECT, related_name="remedies", help_text="Whose breaking proposed it."
    )
    asked_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="remedies_asked")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RemedyState.choices)
    approver_count = models.PositiveSmallIntegerField(default=0, help_text="How many must approve.")
    over_budget = models.BooleanField(default=False, help_text="An approver must be allowed to exceed a budget.")
    why = models.CharField(max_length=20, help_text="Why it was decided at once or not: a code of `rules.Why`.")
    granted_at = models.DateTimeField(null=True)
    granted_on = models.DateField(null=True, help_text="The day of the house on which it was granted.")
    ended_at = models.DateTimeField(null=True, help_text="When it was refused, withdrawn or reversed.")
    end_reason = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.CharField(max_length=40, blank=True)
    evidence = models.CharField(max_length=500, blank=True, help_text="How one can see that the customer has it.")

    objects = RemedyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pledge_version", "promise"], name="a_broken_promise_proposes_a_pledge_s_remedy_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=REMEDIES_OF_MONEY, amount__gt=0) & ~Q(currency="")
                | ~Q(kind__in=REMEDIES_OF_MONEY) & Q(amount=0, currency=""),
                name="a_remedy_of_money_says_how_much",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "asked", "sent_back", "refused", "withdrawn"], granted_at=None)
                | Q(state__in=["granted", "delivered", "reversed"], granted_at__isnull=False)
                & Q(granted_on__isnull=False),
                name="a_given_remedy_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["refused", "withdrawn", "reversed"], ended_at__isnull=False)
                | ~Q(state__in=["refused", "withdrawn", "reversed"]) & Q(ended_at=None),
                name="an_ended_remedy_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False) & ~Q(evidence=""),
                name="a_delivered_remedy_has_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="remedies_of_a_case"),
            models.Index(fields=["-asked_at", "-id"], name="remedies_newest_first"),
            models.Index(fields=["amount", "id"], name="remedies_by_amount"),
            models.Index(fields=["granted_on", "team"], name="remedies_granted_of_team"),
        ]


class Authorisation(models.Model):
    """Somebody let a remedy be given by their own authority: the asker at once, or an approver.

    Authority is used by these rows: what somebody gave on a day or in a month is their sum.
    """

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="authorisations")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="remedies_authorised")
    limit_version = models.ForeignKey(AuthorityLimitVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    used_on = models.DateField(help_text="The day of the house.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remedy", "staff"], name="somebody_authorises_a_remedy_once"),
        ]
        indexes = [models.Index(fields=["staff", "used_on"], name="authority_used_by_day")]


class ApprovalEnd(models.TextChoices):
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("a remedy", "Refused")
    SENT_BACK = "sent_back", _("Sent back")
    ESCALATED = "escalated", _("Given to the next approver")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Approval(models.Model):
    """One person is asked to decide on a remedy by a time; never changed after it ended."""

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="approvals")
    approver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="approvals")
    made_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    is_live = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=ApprovalEnd.choices, blank=True)
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remedy"], condition=Q(is_live=True), name="one_live_approval_of_a_remedy"),
            models.CheckConstraint(
                condition=Q(is_live=True, ended_at=None, end="")
                | Q(is_live=False, ended_at__isnull=False) & ~Q(end=""),
                name="approval_is_live_or_ended_in_one_way",
            ),
        ]
        indexes = [
            models.Index(fields=["approver", "due_at", "id"], condition=Q(is_live=True), name="approvals_to_decide"),
            models.Index(fields=["due_at", "id"], condition=Q(is_live=True), name="approvals_due"),
            models.Index(
                fields=["warn_at", "id"], condition=Q(is_live=True, warned_at=None), name="approvals_to_warn_of"
            ),
        ]


class LedgerWay(models.TextChoices):
    GRANTED = "granted", _("Granted")
    REVERSED = "reversed", _("Reversed")


class LedgerEntry(models.Model):
    """Money one way: out when a remedy is granted, back when it is reversed. The sum is what remedies cost us."""

    remedy = models.ForeignKey(Remedy, on_delete=models.PROTECT, related_name="entries")
    way = models.CharField(max_length=10, choices=LedgerWay.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="Below zero when it comes back.")
    currency = models.CharField(max_length=3, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    booked_on = models.DateField(help_text="The day of the house.")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remedy", "way"], name="a_remedy_is_booked_once_each_way"),
            models.CheckConstraint(
                condition=Q(way="granted", amount__gte=0) | Q(way="reversed", amount__lte=0),
                name="what_is_reversed_comes_back",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "booked_on"], name="ledger_of_a_team"),
            models.Index(fields=["department", "booked_on"], name="ledger_of_a_department"),
        ]


class ApologyWords(models.Model):
    """What a customer reads when we broke a promise, from one edit to the next; never changed, only followed.

    `{name}`, `{reference}` and `{due}` stand for the customer, the case, and the new time.
    """

    number = models.PositiveIntegerField(unique=True)
    text_zh = models.TextField(max_length=1000)
    text_en = models.TextField(max_length=1000)
    is_sent = models.BooleanField(default=True, help_text="Whether apologies go out at all.")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)


class Aftermath(models.Model):
    """What was done about a broken promise; one row for each, whatever is killed when.

    apologised_on: the day of the house on which the customer was told, or null when they were told of another one that
    day, had their answer already, or the case was over.
    """

    promise = models.OneToOneField(Promise, on_delete=models.PROTECT, related_name="aftermath")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="aftermaths")
    at = models.DateTimeField()
    apologised_on = models.DateField(null=True)
    recovery_case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="recovers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "apologised_on"], name="one_apology_for_a_case_and_day"),
        ]
