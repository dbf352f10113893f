"""A customer's own cases: the open ones with what is promised next, then the closed ones."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from yinuo.foundation.clock import now
from yinuo.intake.portal.doors import customer_page
from yinuo.intake.portal.models import CustomerSession
from yinuo.intake.portal.queries import actor_of, own_cases

from .frame import page


@customer_page("GET")
def my(request: HttpRequest, session: CustomerSession) -> HttpResponse:
    """List the cases; `q` finds words, `before` is the last closed case of the page before."""
    search = " ".join(request.GET.get("q", "").split())
    found = own_cases(actor_of(session), search=search, before=request.GET.get("before", ""), at=now())
    older = {"before": found.next_before} | ({"q": search} if search else {})
    context = {
        "found": found,
        "search": search,
        "older_url": f"{reverse('my')}?{urlencode(older)}" if found.next_before else "",
        "is_later_page": bool(request.GET.get("before")),
    }
    return page(request, "my", context, here="my")
