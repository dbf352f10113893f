"""What we want different from allauth's habits: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The company's sign-in opens existing accounts, found by their verified mail address; it makes none."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: object) -> bool:
        return False
