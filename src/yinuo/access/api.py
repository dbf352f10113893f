"""Who calls the API: the bearer of a token acts as its account, with what both the roles and the scopes allow."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

from .actions import mark_token_used
from .actors import Actor
from .models import ApiToken

SCHEME = "bearer "


class ApiRequest(HttpRequest):
    """A request that passed the door of the API."""

    actor: Actor
    token: ApiToken


class NotSignedIn(Refusal):
    """There is no token, or it is not known, was revoked, or its time is over; which of them stays unsaid."""

    code = "api.not_signed_in"
    status = 401

    def sentence(self) -> str:
        return _(
            "This needs a valid token: send the header `Authorization: Bearer yn_…`. "
            "Make a token with `yinuo token create`, or ask an administrator for one."
        )


def token_in(authorization: str, *, at: datetime) -> ApiToken | None:
    """Return the valid token that an Authorization header carries, with its account; None when there is none.

    The first use on a day is written down.
    """
    if not authorization.lower().startswith(SCHEME):
        return None
    digest = ApiToken.digest_of(authorization[len(SCHEME) :].strip())
    token = ApiToken.objects.select_related("account").filter(digest=digest, account__is_active=True).first()
    if token is None or not token.is_valid(at=at):
        return None
    today = timezone.localdate(at)
    if token.last_used_on != today:
        mark_token_used(token=token, on=today)
    return token


def actor_with(token: ApiToken) -> Actor:
    """Return who acts with a token: the account's roles as they are now, narrowed by the token's scopes."""
    return token.account.as_actor(token_scopes=frozenset(token.scopes))


def never_keep(answer: HttpResponse) -> None:
    """Mark an answer that is not kept for an Idempotency-Key: it shows what each look must ask for anew."""
    answer.is_shown_once = True  # type: ignore[attr-defined]


def is_kept(answer: HttpResponse) -> bool:
    """Return whether an answer may be kept for an Idempotency-Key."""
    return not getattr(answer, "is_shown_once", False)
