"""Every shared component with its states on one page, for those who build pages; staff only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page

from .components.gallery import gallery_context


@desk_page("GET")
def gallery(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Show the gallery."""
    return render(request, "web/gallery.html", gallery_context())
