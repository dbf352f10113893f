"""What is asked about a pledge: its words, and the terms the program acts by."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.cases.models import PromiseKind
from yinuo.standards.actions import PledgeTerms, PledgeWords
from yinuo.standards.models import PledgeVersion, RemedyKind
from yinuo.web.components.times import money

from .days import DayInput
from .standard_form import ConditionsForm, conditions_in_words


class PledgeForm(ConditionsForm):
    """What a pledge says from a day on, in both languages, and its terms.

    version_number: the newest one when the page was read.
    """

    version_number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    effective_on = forms.DateField(label=gettext_lazy("Holds from"), widget=DayInput())
    title_zh = forms.CharField(label=gettext_lazy("Title, Chinese"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Title, English"), max_length=120)
    text_zh = forms.CharField(
        label=gettext_lazy("What we pledge, Chinese"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    text_en = forms.CharField(
        label=gettext_lazy("What we pledge, English"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    remedy_zh = forms.CharField(
        label=gettext_lazy("If we fall short, Chinese"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    remedy_en = forms.CharField(
        label=gettext_lazy("If we fall short, English"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    promise_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Stands on these promises"),
        choices=PromiseKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("When one of them is broken, the pledge is. None: it stands on words alone."),
    )
    remedy_kind = forms.ChoiceField(
        label=gettext_lazy("Remedy"),
        choices=[("", gettext_lazy("As the words say")), *RemedyKind.choices],
        required=False,
    )
    remedy_amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Of a refund, a voucher or a deposit that is let off."),
    )
    remedy_currency = forms.RegexField(
        "^[A-Z]{3}$", label=gettext_lazy("Currency"), max_length=3, initial="CNY", required=False
    )
    opens_recovery_case = forms.BooleanField(
        label=gettext_lazy("Open a recovery case: somebody talks to the customer once more"), required=False
    )

    def words(self) -> PledgeWords:
        """Return what the action takes."""
        return PledgeWords(**{name: self.cleaned_data[name] for name in PledgeWords.__dataclass_fields__})

    def terms(self) -> PledgeTerms:
        """Return the terms the action takes."""
        given = {name: self.cleaned_data[name] for name in PledgeTerms.__dataclass_fields__}
        kinds, currency = tuple(given["promise_kinds"]), given["remedy_currency"] or "CNY"
        return PledgeTerms(**given | {"promise_kinds": kinds, "remedy_currency": currency})


class NewPledgeForm(PledgeForm):
    """A new pledge."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Letters, digits and hyphens. It stands in the address of the pledge and stays."),
    )


def pledge_initial(version: PledgeVersion, *, day: date) -> dict[str, Any]:
    """Return what the form shows of a version when the next one shall hold from `day` on."""
    names = [*PledgeWords.__dataclass_fields__, *PledgeTerms.__dataclass_fields__]
    shown = {name: getattr(version, name) for name in names}
    return shown | {"effective_on": day, "version_number": version.number}


def terms_in_words(version: PledgeVersion) -> list[tuple[str, str]]:
    """Return the terms as people read them, each with its name; empty when the pledge stands on words alone."""
    labels = dict(PromiseKind.choices)
    kinds = [str(labels.get(kind, kind)) for kind in version.promise_kinds]
    if not kinds:
        return []
    given = [str(version.get_remedy_kind_display()) if version.remedy_kind else _("As the words say")]
    if version.remedy_amount is not None:
        given.append(money(version.remedy_amount, version.remedy_currency))
    terms = [
        (_("Stands on"), " · ".join(kinds)),
        (_("For"), " · ".join(conditions_in_words(version)) or _("Every request")),
        (_("Remedy"), " ".join(given)),
    ]
    return [*terms, (_("Then"), _("a recovery case"))] if version.opens_recovery_case else terms
