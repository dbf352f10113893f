"""What the front line may give: lines of authority, the policy of approvals, budgets. Each change is a version."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.customers.models import Tier
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Department, Post, Team
from yinuo.remedies.actions import LimitOf, set_apology, set_budget, set_limit, set_policy
from yinuo.remedies.actions.aftermath import apology_words
from yinuo.remedies.models import RUNG_CHOICES, AuthorityLimit, Budget
from yinuo.remedies.queries.authority import budget_stands, day_of, policy_on
from yinuo.remedies.rules import RUNGS, Figures
from yinuo.standards.models import REMEDIES_OF_MONEY, RemedyKind

from .days import DayInput
from .doors import done, put_refusal, settings_page, show

_FULL = 100


def _day() -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=DayInput(),
        initial=timezone.localdate,
    )


def _sum(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=12, decimal_places=2, required=required)


class LimitForm(forms.Form):
    """A line of authority and how much it allows from a day on; the same line again gets its next version."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=RUNG_CHOICES)
    level = forms.IntegerField(label=gettext_lazy("Level, at least"), min_value=1, max_value=99, initial=1)
    post = forms.ModelChoiceField(label=gettext_lazy("Post"), queryset=Post.objects.order_by("code"), required=False)
    tier = forms.ChoiceField(
        label=gettext_lazy("Customers"), choices=[("", gettext_lazy("All")), *Tier.choices], required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("Remedy"), choices=RemedyKind.choices)
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        initial="CNY",
        help_text=gettext_lazy("For refund, voucher and deposit; the others are counted."),
    )
    per_case = _sum(gettext_lazy("On one case"))
    per_day = _sum(gettext_lazy("In a day"))
    per_month = _sum(gettext_lazy("In a month"))
    effective_on = _day()

    def of(self) -> LimitOf:
        """Return whose line it is."""
        values = self.cleaned_data
        is_money = values["kind"] in REMEDIES_OF_MONEY
        return LimitOf(
            role=values["role"],
            kind=values["kind"],
            currency=values["currency"].upper() if is_money else "",
            level=values["level"],
            post=values["post"],
            tier=values["tier"],
        )

    def figures(self) -> Figures:
        """Return how much it allows."""
        return Figures(*(self.cleaned_data[name] for name in ("per_case", "per_day", "per_month")))


class PolicyForm(forms.Form):
    """How long an approval may take, and from which amount on two decide."""

    approval_minutes = forms.IntegerField(
        label=gettext_lazy("An approval is decided within, open minutes"), min_value=1, max_value=10_000
    )
    two_from = forms.DecimalField(
        label=gettext_lazy("From this amount on two people decide"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )
    two_from_currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, initial="CNY")
    effective_on = _day()


class BudgetForm(forms.Form):
    """What a department or a team may give in a month, from a month on."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"), queryset=Department.objects.order_by("code"), required=False
    )
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.order_by("code"), required=False)
    from_month = forms.DateField(
        label=gettext_lazy("From the month of"),
        widget=DayInput(),
        initial=timezone.localdate,
    )
    amount = _sum(gettext_lazy("A month"))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, initial="CNY")
    over = forms.ChoiceField(
        label=gettext_lazy("What would exceed it"), choices=Budget._meta.get_field("over").choices or []
    )


class ApologyForm(forms.Form):
    """What a customer reads when we broke a promise."""

    text_zh = forms.CharField(
        label=gettext_lazy("Apology, Chinese"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    text_en = forms.CharField(
        label=gettext_lazy("Apology, English"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_sent = forms.BooleanField(label=gettext_lazy("Send it, once a day for a case"), required=False)


@settings_page("remedies.configure", "GET")
def authority(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show who may give what, the policy, and how the budgets stand this month."""
    return _page(request, actor)


@settings_page("remedies.configure", "POST")
def limits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Let a line of authority allow so much from a day on."""
    form = LimitForm(request.POST)

    def save() -> None:
        on = form.cleaned_data["effective_on"]
        set_limit(of=form.of(), figures=form.figures(), effective_on=on, by=actor, at=now())

    said = _("The limit is saved. What was given before keeps the version it was given under.")
    return _saved(request, actor, "limit_form", form, save, said)


@settings_page("remedies.configure", "POST")
def policy(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say how long approvals may take and from which amount on two decide."""
    form = PolicyForm(request.POST)

    def save() -> None:
        values = form.cleaned_data
        set_policy(
            approval_minutes=values["approval_minutes"],
            two_from=values["two_from"],
            currency=values["two_from_currency"].upper(),
            effective_on=values["effective_on"],
            by=actor,
            at=now(),
        )

    return _saved(request, actor, "policy_form", form, save, _("The policy is saved."))


@settings_page("remedies.configure", "POST")
def budgets(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give a department or a team so much a month."""
    form = BudgetForm(request.POST)

    def save() -> None:
        values = form.cleaned_data
        set_budget(**{**values, "currency": values["currency"].upper()}, by=actor, at=now())

    return _saved(request, actor, "budget_form", form, save, _("The budget is saved."))


@settings_page("remedies.configure", "POST")
def apology(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Let the apology say something else."""
    form = ApologyForm(request.POST)

    def save() -> None:
        set_apology(**form.cleaned_data, by=actor, at=now())

    return _saved(request, actor, "apology_form", form, save, _("The apology is saved."))


_HERE = "settings_authority"


def _saved(
    request: HttpRequest, actor: Actor, name: str, form: forms.Form, save: Callable[[], None], said: str
) -> HttpResponse:
    """Save what one of the page's forms says; what is wrong with it stands in the form, with the page around it."""
    if not form.is_valid():
        return _page(request, actor, wrong={name: form}, status=422)
    try:
        save()
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _page(request, actor, wrong={name: form}, status=refusal.status)
    return done(request, said, _HERE)


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    wrong: Mapping[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page; `wrong`: the form that could not be saved, in the place of the empty one of its name."""
    today = day_of(now())
    holding = policy_on(today)
    words = apology_words()
    stands = budget_stands(Budget.objects.all(), today)
    context = {
        "lines": _lines(),
        "policy": holding,
        "budgets": [(budget, stand, _share(stand.spent, stand.amount)) for budget, stand in stands],
        "limit_form": LimitForm(),
        "policy_form": PolicyForm(initial={"approval_minutes": holding.approval_minutes, "two_from": holding.two_from}),
        "budget_form": BudgetForm(),
        "apology_form": ApologyForm(
            initial={"text_zh": words.text_zh, "text_en": words.text_en, "is_sent": words.is_sent}
        ),
        "today": today,
        **(wrong or {}),
    }
    return show(request, actor, "authority", context, here="authority", status=status)


def _lines() -> list[tuple[AuthorityLimit, list[Any]]]:
    """Return every line with its versions, the newest first."""
    rows = AuthorityLimit.objects.select_related("post").prefetch_related("versions")
    lines = [(row, sorted(row.versions.all(), key=lambda version: -version.number)) for row in rows]
    return sorted(lines, key=lambda line: (line[0].kind, RUNGS.index(line[0].role), line[0].level, line[0].pk))


def _share(spent: Any, amount: Any) -> int:
    return round(spent * _FULL / amount)
