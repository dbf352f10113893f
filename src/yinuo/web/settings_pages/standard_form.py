"""What is asked about a standard, and the made-up request that tries the list."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yinuo.cases.models import Channel, PromiseKind
from yinuo.customers.models import Tier
from yinuo.foundation.models import Calendar
from yinuo.organisation.models import Region
from yinuo.standards.actions import Conditions, StandardTimes
from yinuo.standards.models import CaseClass, Standard, StandardVersion
from yinuo.standards.rules import PAUSABLE_KINDS, Request

_ANY = ("", gettext_lazy("Any"))
_LONGEST_MINUTES = 366 * 24 * 60


def _choices(kind: Any) -> list[tuple[str, Any]]:
    return [_ANY, *kind.choices]


def _regions() -> list[tuple[str, Any]]:
    return [_ANY, *((region.code, region.name) for region in Region.objects.order_by("code"))]


class RequestForm(forms.Form):
    """A made-up request: what is known of it when its standard is chosen."""

    tier = forms.ChoiceField(label=gettext_lazy("Tier"), choices=Tier.choices)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    case_class = forms.ChoiceField(
        label=gettext_lazy("Case class"), choices=CaseClass.choices, initial=CaseClass.ROUTINE
    )
    region_code = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    category = forms.CharField(label=gettext_lazy("Category"), required=False, max_length=60)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["region_code"].choices = _regions()  # type: ignore[attr-defined]

    def request(self) -> Request:
        """Return the request the rules decide about."""
        return Request(**self.cleaned_data)


class TimesForm(forms.Form):
    """The times of a standard in minutes of open time, and the calendar they are counted on."""

    calendar = forms.ModelChoiceField(Calendar.objects.order_by("code"), label=gettext_lazy("Calendar"))
    first_response_minutes = forms.IntegerField(
        label=gettext_lazy("First response, minutes"), min_value=1, max_value=_LONGEST_MINUTES, initial=120
    )
    next_answer_minutes = forms.IntegerField(
        label=gettext_lazy("Next answer, minutes"), min_value=1, max_value=_LONGEST_MINUTES, initial=240
    )
    next_update_minutes = forms.IntegerField(
        label=gettext_lazy("Next update, minutes"),
        min_value=1,
        max_value=_LONGEST_MINUTES,
        initial=480,
        help_text=gettext_lazy("After a broken promise: by when the customer hears again."),
    )
    resolution_minutes = forms.IntegerField(
        label=gettext_lazy("Resolution, minutes"), min_value=1, max_value=_LONGEST_MINUTES, initial=1440
    )
    call_back_minutes = forms.IntegerField(
        label=gettext_lazy("Call back, minutes"), min_value=1, max_value=_LONGEST_MINUTES, initial=120
    )
    visit_minutes = forms.IntegerField(
        label=gettext_lazy("Visit, minutes"), min_value=1, max_value=_LONGEST_MINUTES, initial=1440
    )
    parts_minutes = forms.IntegerField(
        label=gettext_lazy("Spare parts, minutes"), min_value=1, max_value=_LONGEST_MINUTES, initial=2880
    )
    task_minutes = forms.IntegerField(
        label=gettext_lazy("Task of another team, minutes"),
        min_value=1,
        max_value=_LONGEST_MINUTES,
        initial=480,
        help_text=gettext_lazy("By when another team answers the owner; the customer does not see it."),
    )
    pausing_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Pauses while a case waits for its customer"),
        choices=[(kind, PromiseKind(kind).label) for kind in PAUSABLE_KINDS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=["resolution"],
        help_text=gettext_lazy("The time goes on when the customer writes, later by the open time of the pause."),
    )
    replacement_limit = forms.IntegerField(
        label=gettext_lazy("How often a time may be moved"),
        min_value=0,
        max_value=99,
        initial=2,
        help_text=gettext_lazy("From then on only a team leader agrees another time with the customer."),
    )
    warning_share = forms.DecimalField(
        label=gettext_lazy("Warn after this share of the time"),
        min_value=Decimal("0.01"),
        max_value=Decimal("0.99"),
        decimal_places=2,
        initial=Decimal("0.80"),
        help_text=gettext_lazy("0.80: the owner is warned when four fifths of the time have passed."),
    )
    version_number = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def times(self) -> StandardTimes:
        """Return the times the action saves."""
        names = StandardTimes.__dataclass_fields__
        return StandardTimes(**{name: self.cleaned_data[name] for name in names})


class ConditionsForm(forms.Form):
    """For which requests something is; an empty condition fits everything."""

    tier = forms.ChoiceField(label=gettext_lazy("Tier"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    case_class = forms.ChoiceField(label=gettext_lazy("Case class"), required=False)
    region_code = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    category = forms.CharField(
        label=gettext_lazy("Category"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Takes those below it too: repair takes repair-leak."),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for name, kind in (("tier", Tier), ("channel", Channel), ("case_class", CaseClass)):
            self.fields[name].choices = _choices(kind)  # type: ignore[attr-defined]
        self.fields["region_code"].choices = _regions()  # type: ignore[attr-defined]

    def conditions(self) -> Conditions:
        """Return the conditions the action saves."""
        return Conditions(**{name: self.cleaned_data[name] for name in Conditions.__dataclass_fields__})


class NewStandardForm(ConditionsForm, TimesForm):
    """A new standard: its name and conditions besides its times."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For machines: letters, digits, hyphens.")
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)


def times_initial(version: StandardVersion) -> dict[str, Any]:
    """Return what the form shows of a version."""
    names = [*StandardTimes.__dataclass_fields__, "calendar"]
    return {name: getattr(version, name) for name in names} | {"version_number": version.number}


def conditions_in_words(standard: Standard | Any) -> list[str]:
    """Return each condition of a standard as people read it; empty when it fits everything."""
    words = []
    for name, kind in (("tier", Tier), ("channel", Channel), ("case_class", CaseClass)):
        value = getattr(standard, name)
        if value:
            words.append(str(kind(value).label) if value in kind.values else value)
    return words + [value for value in (standard.region_code, standard.category) if value]
