"""A customer signs in: the address, then the code or the link of the letter. Every address gets the same answer."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.intake.portal import actions
from yinuo.intake.portal.doors import customer_page, open_page, put_cookie, session_here
from yinuo.intake.portal.floods import count_attempt, network_of
from yinuo.intake.portal.forms import AddressForm, CodeForm
from yinuo.intake.portal.models import CustomerSession
from yinuo.intake.portal.rules import SESSION_GOOD_FOR

from .frame import page

_HOUR = timedelta(hours=1)
_FROM_A_NETWORK = 20
_FOR_AN_ADDRESS = 5
_CODES_FROM_A_NETWORK = 60
_NEXT = "portal_next"


@open_page("GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the mail address; POST writes down the wish and leads to the page for the code."""
    if request.method == "GET":
        if session_here(request):
            return redirect("my")
        return page(request, "sign_in", {"form": AddressForm(), "next": _next(request.GET.get("next", ""))}, here="my")
    form = AddressForm(request.POST)
    wanted = _next(request.POST.get("next", ""))
    if not form.is_valid():
        return page(request, "sign_in", {"form": form, "next": wanted}, here="my", status=422)
    at, address = now(), form.cleaned_data["mail"]
    try:
        count_attempt("sign-in.network", network_of(request), most=_FROM_A_NETWORK, within=_HOUR, at=at)
        count_attempt("sign-in.address", address.lower(), most=_FOR_AN_ADDRESS, within=_HOUR, at=at)
    except Refusal as refusal:
        context = {"form": form, "next": wanted, "refusal": refusal}
        return page(request, "sign_in", context, here="my", status=refusal.status)
    token = actions.ask_to_sign_in(address=address, language=get_language() or "zh-hans", at=at)
    response = redirect("my_code", page_token=token)
    if wanted:
        response.set_cookie(_NEXT, wanted, max_age=3600, httponly=True, samesite="Lax")
    return response


@open_page("GET", "POST")
def code(request: HttpRequest, page_token: str) -> HttpResponse:
    """Ask for the code; POST signs in."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return page(request, "code", {"form": form}, here="my", status=422 if form.is_bound else 200)
    at = now()
    try:
        count_attempt("code.network", network_of(request), most=_CODES_FROM_A_NETWORK, within=_HOUR, at=at)
        token, session = actions.sign_in_by_code(
            page_token=page_token, code=form.cleaned_data["code"], before=session_here(request), at=at
        )
    except Refusal as refusal:
        return page(request, "code", {"form": form, "refusal": refusal}, here="my", status=refusal.status)
    return _welcome(request, token, session)


@open_page("GET", "POST")
def link(request: HttpRequest, link: str) -> HttpResponse:
    """Ask whether to sign in here; only POST does it, because mail scanners open every link."""
    if request.method == "GET":
        return page(request, "link", here="my")
    at = now()
    try:
        count_attempt("code.network", network_of(request), most=_CODES_FROM_A_NETWORK, within=_HOUR, at=at)
        token, session = actions.sign_in_by_link(link=link, before=session_here(request), at=at)
    except Refusal as refusal:
        return page(request, "link", {"refusal": refusal}, here="my", status=refusal.status)
    return _welcome(request, token, session)


@customer_page("POST")
def sign_out(request: HttpRequest, session: CustomerSession) -> HttpResponse:
    """End the session of this device."""
    actions.sign_out(session=session, at=now())
    messages.success(request, _("You are signed out."))
    response = redirect("portal")
    put_cookie(response, "", seconds=0)
    return response


def _welcome(request: HttpRequest, token: str, _session: CustomerSession) -> HttpResponse:
    response = redirect(_next(request.COOKIES.get(_NEXT, "")) or "my")
    put_cookie(response, token, seconds=int(SESSION_GOOD_FOR.total_seconds()))
    response.delete_cookie(_NEXT, samesite="Lax")
    return response


def _next(wanted: str) -> str:
    """Return where to go after signing in, when it is a page of the portal; anything else could lead astray."""
    is_ours = wanted.startswith("/my") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else ""
