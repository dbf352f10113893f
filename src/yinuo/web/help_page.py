"""The help of the desk: what each page is for, every key, and where to read on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page

from .components.lists import Place
from .known_pages import known_pages

# In the folder `docs` that comes with the program; those with a Chinese twin are named in the reader's language.
_DOCUMENTS = ("rules/promises", "rules/standards", "rules/business-calendar", "rules/threading", "operations/running")


@desk_page("GET")
def help_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the help."""
    known = [(one, reverse(one.address)) for one in known_pages(actor)]
    ending = ".zh.md" if (get_language() or "").startswith("zh") else ".md"
    context = {
        "work": [pair for pair in known if not pair[0].is_setting],
        "settings": [pair for pair in known if pair[0].is_setting],
        "documents": [f"docs/{name}{ending}" for name in _DOCUMENTS],
        "may_program": actor.may("access.administer") or actor.may("facts.view"),
        "trail": [Place(_("Workbench"), reverse("workbench"))],
    }
    return render(request, "web/help.html", context)
