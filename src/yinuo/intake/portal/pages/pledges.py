"""What we pledge in public: the list as it holds today, and what each pledge said before."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yinuo.cases.queries import FEWEST, keeping
from yinuo.intake.portal.doors import open_page
from yinuo.standards.queries import pledges_on, versions_of_pledge

from .frame import page


@open_page("GET", is_listed=True)
def pledges(request: HttpRequest) -> HttpResponse:
    """List the pledges that hold today, each with how well it was kept."""
    today = timezone.localdate()
    versions = pledges_on(today)
    kept = keeping([version.pledge_id for version in versions], on=today)
    pledges = [(version, kept[version.pledge_id]) for version in versions]
    return page(request, "pledges", {"pledges": pledges, "fewest": FEWEST}, here="pledges")


@open_page("GET", is_listed=True)
def pledge(request: HttpRequest, code: str) -> HttpResponse:
    """Show one pledge with all its versions: what holds today, what is to come, what held before."""
    day = timezone.localdate()
    versions = versions_of_pledge(code, day=day)
    current = next(version for version in versions if version.effective_on <= day)
    context = {
        "current": current,
        "kept": keeping([current.pledge_id], on=day)[current.pledge_id],
        "fewest": FEWEST,
        "coming": [version for version in versions if version.number > current.number],
        "former": [version for version in versions if version.number < current.number],
    }
    return page(request, "pledge", context, here="pledges")
