"""What the screens of the first run ask."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.models import Account
from yinuo.organisation.models import Organisation, Team

from .actions import TeamNames
from .first_run import is_code
from .presets import CALENDARS, PRESETS

_CALENDAR_LABELS = {
    "china": gettext_lazy("Monday to Friday 9–12 and 13–18, with the public holidays and make-up days of China"),
    "weekdays": gettext_lazy("Monday to Friday 9–12 and 13–18, without public holidays"),
    "always": gettext_lazy("Around the clock, every day"),
}
_PRESET_LABELS = {
    "classes": gettext_lazy("By how urgent it is"),
    "levels": gettext_lazy("By how the customer comes to us"),
}


class CodeForm(forms.Form):
    """The code from the terminal."""

    code = forms.CharField(
        label=gettext_lazy("Setup code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        help_text=gettext_lazy("The command yinuo serve shows it in its terminal; yinuo check shows it again."),
    )

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        if not is_code(typed):
            raise ValidationError(_("This is not the code. Look for it in the terminal where Yinuo runs."))
        return typed


class AdministratorForm(forms.Form):
    """The first person who signs in."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    username = forms.SlugField(
        label=gettext_lazy("Sign-in name"),
        max_length=60,
        help_text=gettext_lazy("Letters, digits, hyphens."),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254, required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters that nobody would guess."),
    )
    again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        password = values.get("password")
        if password and values.get("again") not in (None, password):
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        if password:
            somebody = Account(**{name: values.get(name, "") for name in ("name", "username", "email")})
            try:
                validate_password(password, somebody)
            except ValidationError as problem:
                self.add_error("password", problem)
        return values

    def account(self) -> dict[str, str]:
        """Return what the action takes."""
        return {name: self.cleaned_data[name] for name in ("name", "username", "email", "password")}


class TeamForm(forms.Form):
    """The names of the team, its department and its region; one language is enough for each."""

    department_zh = forms.CharField(label=gettext_lazy("Department in Chinese"), max_length=120, required=False)
    department_en = forms.CharField(label=gettext_lazy("Department in English"), max_length=120, required=False)
    team_zh = forms.CharField(label=gettext_lazy("Team in Chinese"), max_length=120, required=False)
    team_en = forms.CharField(label=gettext_lazy("Team in English"), max_length=120, required=False)
    region_zh = forms.CharField(label=gettext_lazy("Region in Chinese"), max_length=120, required=False)
    region_en = forms.CharField(label=gettext_lazy("Region in English"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for kind in ("department", "team"):
            if not (values.get(f"{kind}_zh") or values.get(f"{kind}_en")):
                self.add_error(f"{kind}_zh", _("Fill in a name in at least one language."))
        return values

    def names(self) -> TeamNames:
        """Return what the action takes."""
        return TeamNames(*(self._pair(kind) for kind in ("department", "team", "region")))

    def _pair(self, kind: str) -> tuple[str, str]:
        zh, en = (" ".join(self.cleaned_data[f"{kind}_{language}"].split()) for language in ("zh", "en"))
        return zh or en, en or zh


def team_initial(team: Team) -> dict[str, str]:
    """Return what the team's form shows first."""
    rows = {"department": team.department, "team": team, "region": team.region}
    return {
        f"{kind}_{language}": getattr(row, f"name_{language}")
        for kind, row in rows.items()
        for language in ("zh", "en")
        if row is not None
    }


def mailbox_initial(organisation: Organisation | None, team: Team) -> dict[str, Any]:
    """Return what the mailbox's form proposes: the usual names at the own domain."""
    domain = organisation.domains[0] if organisation and organisation.domains else ""
    proposed: dict[str, Any] = {"team": team, "sender_name": organisation.name if organisation else ""}
    if domain:
        address = f"service@{domain}"
        proposed |= {"address": address, "in_username": address, "out_username": address}
        proposed |= {"in_host": f"imap.{domain}", "out_host": f"smtp.{domain}"}
    return proposed


class PresetForm(forms.Form):
    """Which standards to begin with, on which hours."""

    preset = forms.ChoiceField(
        label=gettext_lazy("How fast we answer"),
        choices=[(name, _PRESET_LABELS[name]) for name in PRESETS],
        widget=forms.RadioSelect,
        initial=PRESETS[0],
    )
    calendar = forms.ChoiceField(
        label=gettext_lazy("When we are open"),
        choices=[(name, _CALENDAR_LABELS[name]) for name in CALENDARS],
        widget=forms.RadioSelect,
        initial=CALENDARS[0],
    )
