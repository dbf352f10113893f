"""The search of the whole desk: suggestions while somebody types, and the page of everything found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page
from yinuo.cases.models import Case
from yinuo.desk.search import searched
from yinuo.foundation.references import is_reference

_SUGGESTED = 5
_SHOWN = 20
_LONGEST = 200


@desk_page("GET")
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what every source found; a whole case number leads straight to its case."""
    words = _words(request)
    reference = words.upper()
    if is_reference(words) and Case.objects.visible_to(actor).filter(reference=reference).exists():
        return redirect("case", reference=reference)
    context = {"words": words, "search_words": words, "groups": searched(actor, words, limit=_SHOWN)}
    return render(request, "desk/search.html", context)


@desk_page("GET")
def suggestions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the list below the search field, or the whole page to whoever opens the address itself."""
    words = _words(request)
    if request.headers.get("HX-Request") != "true":
        return redirect(f"{reverse('search')}?{request.GET.urlencode()}")
    context = {"words": words, "groups": searched(actor, words, limit=_SUGGESTED)}
    return render(request, "desk/_suggestions.html", context)


def _words(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").split())[:_LONGEST]
