"""What people type on the workbench and in the portal, checked before an action is called."""

from typing import Any

import phonenumbers
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases.models import Channel
from yinuo.cases.rules import GIVEN_KINDS, OUTCOMES
from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Team
from yinuo.standards.models import CaseClass

TEXT_LENGTH = 50_000
FILES_COUNT = 20
FILES_SIZE = 25 * 1024 * 1024
OUTCOME_LABELS = {
    "solved": gettext_lazy("Solved"),
    "explained": gettext_lazy("Explained"),
    "replaced": gettext_lazy("Goods replaced"),
    "refunded": gettext_lazy("Money refunded"),
    "repaired": gettext_lazy("Repaired"),
    "not_reachable": gettext_lazy("Customer not reachable"),
    "withdrawn": gettext_lazy("Taken back by the customer"),
    "duplicate": gettext_lazy("Same as another case"),
    "spam": gettext_lazy("Spam"),
}


class NotFilledIn(Refusal):
    """A form whose fields do not fit; the sentence is what the fields say."""

    code = "cases.not_filled_in"
    status = 422

    def sentence(self) -> str:
        return str(self.details["problems"])


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, limited in number and in their sum."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # noqa: ARG002 - Django's signature
        files = [file for file in data or [] if file]
        if len(files) > FILES_COUNT:
            raise forms.ValidationError(_("At most %(count)s files at a time.") % {"count": FILES_COUNT})
        if sum(file.size or 0 for file in files) > FILES_SIZE:
            limit = filesizeformat(FILES_SIZE)
            raise forms.ValidationError(_("The files are larger than %(limit)s together.") % {"limit": limit})
        return files


class ActForm(forms.Form):
    """A form of one act; `checked` gives its values or refuses with what is wrong."""

    def checked(self) -> dict[str, Any]:
        """Return the cleaned values; refuses with NotFilledIn."""
        if not self.is_valid():
            raise NotFilledIn(problems=" ".join(str(error) for errors in self.errors.values() for error in errors))
        return self.cleaned_data


class LocalTimeField(forms.DateTimeField):
    """A local date and time from the browser's own field."""

    def __init__(self, **more: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **more)


class WordsForm(ActForm):
    """Something said, with files."""

    text = forms.CharField(max_length=TEXT_LENGTH, required=False, strip=False)
    # Django takes declared fields off the class, so its own `files` is untouched.
    files = FilesField(required=False)  # type: ignore[assignment]


class ReplyForm(WordsForm):
    """An answer. close_as: the outcome when the case shall be closed with it; wait: it is the customer's turn then."""

    last_seen_id = forms.IntegerField(min_value=0, required=False)
    wait = forms.BooleanField(required=False)
    close_as = forms.ChoiceField(choices=[(code, code) for code in OUTCOMES], required=False)


class ClosureForm(ActForm):
    outcome = forms.ChoiceField(choices=list(OUTCOME_LABELS.items()))
    summary = forms.CharField(max_length=2000, required=False)
    withdraw_tasks = forms.BooleanField(required=False)


class ReasonForm(ActForm):
    reason = forms.CharField(max_length=300)


class ChosenPromiseForm(ActForm):
    """One promise of the case, by its number."""

    promise = forms.IntegerField(min_value=1, error_messages={"required": gettext_lazy("Choose a promise.")})


class WithdrawnPromiseForm(ChosenPromiseForm):
    reason = forms.CharField(max_length=300, error_messages={"required": gettext_lazy("Say why.")})


class AnotherTimeForm(WithdrawnPromiseForm):
    """A new time for a promise; consent: whether the customer agreed, or is told now."""

    due_at = LocalTimeField(error_messages={"required": gettext_lazy("Say by when.")})
    consent = forms.ChoiceField(
        choices=[("agreed", "agreed"), ("told", "told")],
        error_messages={"required": gettext_lazy("Say whether the customer agreed, or have them told now.")},
    )


class GivenPromiseForm(ActForm):
    """Something somebody promises; without a time, the standard gives it."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in GIVEN_KINDS])
    due_at = LocalTimeField(required=False)
    subject = forms.CharField(max_length=200, required=False)


class ClassForm(ReasonForm):
    case_class = forms.ChoiceField(choices=CaseClass.choices)


class ReceiverForm(ReasonForm):
    """Who shall have the case. to: a key such as `staff-12`; find: a name, for those whose browser runs no scripts."""

    to = forms.CharField(max_length=40, required=False)
    find = forms.CharField(max_length=60, required=False)


class TaskForm(ActForm):
    """What is asked of whom. due: by the house's clock, where the standard's time does not fit."""

    to = forms.CharField(max_length=40, required=False)
    find = forms.CharField(max_length=60, required=False)
    needed = forms.CharField(max_length=4000)
    due = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])
    is_blocking = forms.BooleanField(required=False)


class DecisionForm(ReceiverForm):
    """Who owns a case, as the coordination centre says, and the day to look at that again."""

    review_on = forms.DateField()


class NewCaseForm(forms.Form):
    """A request somebody makes by phone or at the counter, typed in while they speak."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How they reached us"),
        choices=[(Channel.PHONE, Channel.PHONE.label), (Channel.COUNTER, Channel.COUNTER.label)],
        widget=forms.RadioSelect,
        initial=Channel.PHONE,
    )
    phone = forms.CharField(label=gettext_lazy("Phone number"), max_length=40, required=False)
    mail = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For a new customer; somebody we know keeps the name we have."),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What they said"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 6})
    )
    case_class = forms.ChoiceField(
        label=gettext_lazy("Class"), choices=CaseClass.choices, initial=CaseClass.ROUTINE, widget=forms.RadioSelect
    )
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none(), empty_label=None)

    def __init__(self, *args: Any, actor: Actor, is_known: bool = False, **more: Any) -> None:
        """Make the form; is_known: the page says who the customer is, so nobody asks who they are."""
        super().__init__(*args, **more)
        if is_known:
            for name in ("phone", "mail", "name"):
                del self.fields[name]
        teams = Team.objects.filter(memberships__staff_id=actor.staff_id).order_by("code")
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teams or Team.objects.filter(is_fallback=True)
        field.initial = field.queryset.first()

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if not phone:
            return ""
        try:
            number = phonenumbers.parse(phone, "CN")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(
                _("This is not a phone number. Write it with its area code, such as 021 5555 0101.")
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (
            "phone" in self.fields
            and not values.get("phone")
            and not values.get("mail")
            and not {"phone", "mail"} & set(self.errors)
        ):
            self.add_error("phone", _("Write a phone number or a mail address, so that the customer can be reached."))
        return values
