"""Writes down who signed in and who failed to; the libraries that do it only tell us by their signals."""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpResponse

from yinuo.foundation.clock import now
from yinuo.foundation.facts import announce

from .actors import Actor
from .facts import SignedIn, SignInFailed
from .models import Account

DOOR = Actor.system("sign-in")


@receiver(user_logged_in)
def _record_sign_in(user: Account, response: HttpResponse | None = None, **_more: Any) -> None:
    announce(SignedIn(staff_id=user.pk), by=Actor.staff(user.pk), at=now())
    if response is not None:
        # The pages speak the person's language from the first one on, on whatever device.
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, user.language, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
        )


@receiver(user_login_failed)
def _record_wrong_password(credentials: dict[str, Any], **_more: Any) -> None:
    login = str(credentials.get("username") or credentials.get("email") or "").strip().lower()
    account_id = Account.objects.filter(Q(username=login) | Q(email=login)).values_list("pk", flat=True).first()
    # A name that is nobody's is not written down: people also type passwords there.
    if login and account_id is not None:
        announce(SignInFailed(staff_id=account_id), by=DOOR, at=now())


@receiver(authentication_failed)
def _record_wrong_second_factor(user: Account, **_more: Any) -> None:
    announce(SignInFailed(staff_id=user.pk), by=DOOR, at=now())
