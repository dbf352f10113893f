"""What we want different from allauth's habits: nobody signs up, and administrators keep the addresses.

Whoever controls an account's address controls the account once the company's own sign-in is used. So nobody adds an
address to their own account, and the sign-in looks at `Account.email` alone, which administrators enter.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from .models import Account


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of the mail, at the house's own address: what the asker's browser called us is not to be
        trusted with a key.
        """
        return f"{settings.SITE_URL}{reverse('account_reset_password_from_key', args=key.split('-', 1))}"

    def can_delete_email(self, _email_address: EmailAddress) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The company's sign-in opens existing accounts, found by the mail address it vouches for; it makes none."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, _sociallogin: SocialLogin) -> None:
        """Leave it to `pre_social_login`: allauth's own way takes the account's password away.

        It does so because somebody might have signed up with another's address; here nobody signs up.
        """

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect a person who comes for the first time with the account of the address they were vouched for."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        addresses = [one.email.lower() for one in sociallogin.email_addresses if one.verified and one.email]
        account = Account.objects.filter(email__in=addresses).first()
        if account is not None:
            sociallogin.connect(request, account)
