"""The portal's own front page, the language of the visit, and what search engines are told."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET
from django.views.i18n import set_language

from yinuo.foundation.clock import now
from yinuo.intake.portal.actions import change_language
from yinuo.intake.portal.doors import open_page, session_here

from .frame import page


@open_page("GET", is_listed=True)
def home(request: HttpRequest) -> HttpResponse:
    """Show the ways in."""
    return page(request, "home", here="home")


@open_page("POST")
def language(request: HttpRequest) -> HttpResponseBase:
    """Show the pages in another language from now on; a signed-in customer also gets our mails in it."""
    session, wanted = session_here(request), request.POST.get("language", "")
    if session and wanted in dict(settings.LANGUAGES) and wanted != session.customer.language:
        change_language(session=session, language=wanted, at=now())
    return set_language(request)


@require_GET
def robots(_request: HttpRequest) -> HttpResponse:
    """Tell search engines that they may list the front pages and nothing else."""
    allowed = [f"{reverse('portal')}$", f"{reverse('ask')}$", reverse("pledges")]
    lines = ["User-agent: *", *(f"Allow: {path}" for path in allowed), "Disallow: /", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
