"""Forms of allauth's pages that behave differently here; named in the settings."""

from typing import NoReturn

from allauth.account.forms import AddEmailForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class NoOwnAddress(AddEmailForm):
    """Adds no address: it would open the account to whoever the company's sign-in knows by it."""

    def clean_email(self) -> NoReturn:
        raise ValidationError(
            _("Mail addresses are kept by administrators, because they open accounts. Ask one of them.")
        )
