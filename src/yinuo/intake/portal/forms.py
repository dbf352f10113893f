"""What customers type, checked before an action is called."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.cases.forms import TEXT_LENGTH, ActForm, FilesField
from yinuo.customers.models import IdentityKind
from yinuo.customers.rules import NAME_LENGTH, normal_identity
from yinuo.foundation.references import new_token
from yinuo.foundation.refusals import Refusal
from yinuo.routing.models import Category

_KEY_LENGTH = 40


class AskForm(forms.Form):
    """A question. signed_in: the customer is known, so only the question itself is asked.

    key: the form's own token, by which sent twice is one case. website: no person sees it; machines fill it in.
    """

    text = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=TEXT_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What happened, since when, and what you wish for."),
    )
    category = forms.CharField(required=False, max_length=60, widget=forms.RadioSelect)
    number = forms.CharField(
        label=gettext_lazy("Order or serial number"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("It stands on the receipt and on the back of the appliance."),
    )
    # Django takes declared fields off the class, so its own `files` is untouched.
    files = FilesField(label=gettext_lazy("Photos or files"), required=False)  # type: ignore[assignment]
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    mail = forms.CharField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("The answer comes here, and you can sign in with it to see all your cases."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    consent = forms.BooleanField()
    key = forms.CharField(max_length=_KEY_LENGTH, widget=forms.HiddenInput)
    guessed = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, categories: list[Category], is_signed_in: bool, house: str, **more: Any) -> None:
        more.setdefault("initial", {"key": new_token()})
        super().__init__(*args, **more)
        if is_signed_in:
            for name in ("name", "mail", "consent"):
                del self.fields[name]
        else:
            self.fields["consent"].label = _("%(house)s may use what I write here to answer my question.") % {
                "house": house or _("We")
            }
            self.fields["consent"].error_messages["required"] = _("Without this we may not read your question.")
        choices = [(one.code, one.name) for one in categories]
        self.choices = [*choices, ("", _("I am not sure"))] if choices else []
        self.fields["category"].widget.choices = self.choices  # type: ignore[attr-defined]  # a RadioSelect has them
        self.is_signed_in = is_signed_in

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("Please write what it is about."))
        return text

    def clean_mail(self) -> str:
        return _identity(IdentityKind.MAIL, self.cleaned_data["mail"])

    def clean_phone(self) -> str:
        return _identity(IdentityKind.PHONE, self.cleaned_data["phone"])

    def clean_category(self) -> str:
        # One that was switched off meanwhile is no choice any more, and no reason to send somebody back.
        code: str = self.cleaned_data["category"]
        return code if code in dict(self.choices) else ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("website"):
            raise forms.ValidationError(_("This form seems to have been filled in by a program. Please write it anew."))
        if self.is_signed_in or values.get("phone") or values.get("mail") or {"phone", "mail"} & set(self.errors):
            return values
        self.add_error("mail", _("Write a mail address or a phone number, so that our answer reaches you."))
        return values


class AddressForm(forms.Form):
    """The mail address somebody wants to sign in with."""

    mail = forms.CharField(
        label=gettext_lazy("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_mail(self) -> str:
        return _identity(IdentityKind.MAIL, self.cleaned_data["mail"])


class CodeForm(forms.Form):
    """The code from the letter."""

    code = forms.CharField(
        label=gettext_lazy("The six digits from our mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ClosingForm(ActForm):
    """It is solved, with a word if they like."""

    text = forms.CharField(max_length=500, required=False)


class ReopeningForm(ActForm):
    """It is not solved: what is missing, with files, if they like."""

    text = forms.CharField(max_length=TEXT_LENGTH, strip=False, required=False)
    files = FilesField(required=False)  # type: ignore[assignment]


def _identity(kind: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return normal_identity(kind, text).value
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence()) from refusal
