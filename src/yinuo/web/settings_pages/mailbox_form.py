"""What is asked about a mailbox, and how it becomes a draft or settings to try."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.intake.mail.actions import MailboxDraft
from yinuo.intake.mail.models import Mailbox, Security
from yinuo.intake.mail.transport.values import MailboxSettings, OutgoingSettings, Pace
from yinuo.intake.mail.transport.values import Security as Transport
from yinuo.organisation.models import Team
from yinuo.standards.models import CaseClass

# Somebody waits for the answer in front of a page.
_HASTE = Pace(connect_within=timedelta(seconds=6), read_within=timedelta(seconds=8))
_LAST_PORT = 65535


class MailboxForm(forms.Form):
    """One mailbox. A password that is left empty stays as it is stored; a stored one is never shown."""

    address = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    sender_name = forms.CharField(
        label=gettext_lazy("Sender name"), max_length=120, help_text=gettext_lazy("What customers read beside it.")
    )
    team = forms.ModelChoiceField(Team.objects.order_by("code"), label=gettext_lazy("Team that owns its cases"))
    case_class = forms.ChoiceField(
        label=gettext_lazy("Class of its cases"), choices=CaseClass.choices, initial=CaseClass.ROUTINE
    )
    acknowledges = forms.BooleanField(
        label=gettext_lazy("Tell the customer at once the number and the promised time"), required=False, initial=True
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    in_security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Security.choices, initial=Security.TLS)
    in_host = forms.CharField(
        label=gettext_lazy("Server"), max_length=255, help_text=gettext_lazy("For a local folder: its path.")
    )
    in_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=_LAST_PORT, initial=993)
    in_username = forms.CharField(label=gettext_lazy("User name"), max_length=254, required=False)
    in_password = forms.CharField(label=gettext_lazy("Password"), required=False, strip=False)
    in_folder = forms.CharField(label=gettext_lazy("Folder"), max_length=120, initial="INBOX")

    out_security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Security.choices, initial=Security.TLS)
    out_host = forms.CharField(
        label=gettext_lazy("Server"), max_length=255, help_text=gettext_lazy("For a local folder: its path.")
    )
    out_port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=_LAST_PORT, initial=465)
    out_username = forms.CharField(label=gettext_lazy("User name"), max_length=254, required=False)
    out_password = forms.CharField(label=gettext_lazy("Password"), required=False, strip=False)

    def __init__(self, *given: Any, mailbox: Mailbox | None = None, **more: Any) -> None:
        self.mailbox = mailbox
        if mailbox is not None:
            names = [name for name in self.base_fields if not name.endswith("_password")]
            more["initial"] = {name: getattr(mailbox, name) for name in names}
        super().__init__(*given, **more)
        for side in ("in", "out"):
            field = self.fields[f"{side}_password"]
            # What was typed comes back when another field is wrong; a stored password is no initial value.
            field.widget = forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"})
            if mailbox is not None and getattr(mailbox, f"{side}_password"):
                field.help_text = _("A password is stored. Leave this empty to keep it.")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for side in ("in", "out"):
            if self._would_send_password_elsewhere(values, side):
                self.add_error(
                    f"{side}_password",
                    _("Server, encryption or user name changed. Type the password again, so that nobody else gets it."),
                )
        return values

    def draft(self) -> MailboxDraft:
        """Return what the action saves; passwords None where they stay."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "team"}
        for side in ("in", "out"):
            values[f"{side}_password"] = values[f"{side}_password"] or None
        return MailboxDraft(**values)

    def incoming(self) -> MailboxSettings:
        """Return how to fetch mail with what is typed and, where it is left empty, the stored password."""
        draft = asdict(self.draft())
        return MailboxSettings(folder=draft["in_folder"], **self._server("in"))

    def outgoing(self) -> OutgoingSettings:
        """Return how to hand mail in with what is typed and, where it is left empty, the stored password."""
        return OutgoingSettings(**self._server("out"))

    def _server(self, side: str) -> dict[str, Any]:
        values = self.cleaned_data
        stored = getattr(self.mailbox, f"{side}_password") if self.mailbox else ""
        return {
            "host": values[f"{side}_host"],
            "port": values[f"{side}_port"],
            "security": Transport(values[f"{side}_security"]),
            "username": values[f"{side}_username"],
            "password": values[f"{side}_password"] or stored or "",
            "pace": _HASTE,
        }

    def _would_send_password_elsewhere(self, values: dict[str, Any], side: str) -> bool:
        if self.mailbox is None or values.get(f"{side}_password") or not getattr(self.mailbox, f"{side}_password"):
            return False
        names = (f"{side}_host", f"{side}_username")
        return any(values.get(name) != getattr(self.mailbox, name) for name in names) or (
            values.get(f"{side}_security") == Security.PLAIN != getattr(self.mailbox, f"{side}_security")
        )
