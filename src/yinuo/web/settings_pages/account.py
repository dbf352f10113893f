"""One's own account: language, presence, ways to sign in, keys for programs."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.access.actions import TOKEN_SCOPES, choose_language, create_token, revoke_token
from yinuo.access.actors import Actor
from yinuo.access.models import Account, ApiToken
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.actions import change_presence
from yinuo.organisation.models import Presence, Staff

from .doors import done, put_refusal, refused, settings_page, show

_LIFETIMES = [
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("", gettext_lazy("until it is revoked")),
]


class TokenForm(forms.Form):
    """A new key for programs."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=120, help_text=gettext_lazy("Such as: order system")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(scope, scope) for scope in sorted(TOKEN_SCOPES)],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.ChoiceField(label=gettext_lazy("Valid for"), choices=_LIFETIMES, required=False, initial="90")


@settings_page(None, "GET")
def own_account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the own account."""
    return _page(request, actor, TokenForm())


@settings_page(None, "POST")
def language(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose the language of the pages, here and wherever this person signs in next."""
    code = request.POST.get("language", "")
    try:
        choose_language(account=_account(actor), language=code, by=actor, at=now())
    except Refusal as refusal:
        return refused(request, refusal, "settings_account")
    with translation.override(code):
        answer = done(request, _("The language is saved."), "settings_account")
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, code)
    return answer


@settings_page("organisation.presence", "POST")
def presence(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Say whether one takes work now."""
    staff = Staff.objects.filter(pk=actor.staff_id).first()
    if staff is None:
        raise NotFound
    try:
        change_presence(staff=staff, presence=request.POST.get("presence", ""), by=actor, at=now())
    except Refusal as refusal:
        return refused(request, refusal, "settings_account")
    return done(request, _("Your colleagues see it at once."), "settings_account")


@settings_page(None, "POST")
def tokens(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a key for programs and show it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    values, at = form.cleaned_data, now()
    expires_at = at + timedelta(days=int(values["days"])) if values["days"] else None
    try:
        row, token = create_token(
            account=_account(actor),
            name=values["name"],
            scopes=values["scopes"],
            expires_at=expires_at,
            by=actor,
            at=at,
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _page(request, actor, form, status=refusal.status)
    return _page(request, actor, TokenForm(), fresh=(row.name, token), status=201)


@settings_page(None, "POST")
def token_revocation(request: HttpRequest, actor: Actor, token_id: int) -> HttpResponse:
    """Make one of the own keys useless."""
    row = ApiToken.objects.filter(pk=token_id, account_id=actor.staff_id).first()
    if row is None:
        raise NotFound
    revoke_token(token=row, by=actor, at=now())
    return done(request, _("The key %(name)s works no more.") % {"name": row.name}, "settings_account")


def _page(
    request: HttpRequest,
    actor: Actor,
    form: TokenForm,
    *,
    fresh: tuple[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    account = _account(actor)
    at = now()
    context: dict[str, Any] = {
        "account": account,
        "languages": settings.LANGUAGES,
        "staff": Staff.objects.filter(pk=account.pk).first() if actor.may("organisation.presence") else None,
        "presences": Presence.choices,
        "roles": sorted({str(grant.role.label) for grant in actor.grants}),
        "form": form,
        "fresh": fresh,
        "tokens": [(row, row.is_valid(at=at)) for row in account.tokens.order_by("-created_at")[:50]],
    }
    return show(request, actor, "account", context, here="account", status=status)


def _account(actor: Actor) -> Account:
    return Account.objects.get(pk=actor.staff_id)
