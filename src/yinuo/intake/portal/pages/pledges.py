"""What we pledge in public: the list as it holds today, and what each pledge said before."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yinuo.intake.portal.doors import open_page
from yinuo.standards.queries import pledges_on, versions_of_pledge

from .frame import page


@open_page("GET", is_listed=True)
def pledges(request: HttpRequest) -> HttpResponse:
    """List the pledges that hold today."""
    return page(request, "pledges", {"pledges": pledges_on(timezone.localdate())}, here="pledges")


@open_page("GET", is_listed=True)
def pledge(request: HttpRequest, code: str) -> HttpResponse:
    """Show one pledge with all its versions: what holds today, what is to come, what held before."""
    day = timezone.localdate()
    versions = versions_of_pledge(code, day=day)
    current = next(version for version in versions if version.effective_on <= day)
    context = {
        "current": current,
        "coming": [version for version in versions if version.number > current.number],
        "former": [version for version in versions if version.number < current.number],
    }
    return page(request, "pledge", context, here="pledges")
