"""Places and acts for the search: the pages of the desk and the settings, found by their names in both languages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from yinuo.access.actors import Actor
from yinuo.desk.search import Hit, search_source

from .known_pages import Known, known_pages

_LANGUAGES = ("zh-hans", "en")


@search_source("places", label=gettext_lazy("Pages and acts"), place=90)
def _places(actor: Actor, words: str, limit: int) -> list[Hit]:
    wanted = words.casefold().split()
    found = [known for known in known_pages(actor) if all(word in _called(known) for word in wanted)]
    return [Hit(title=str(known.label), url=reverse(known.address), icon=known.icon) for known in found[:limit]]


def _called(known: Known) -> str:
    names = [known.words]
    for language in _LANGUAGES:
        with override(language):
            names.append(str(known.label))
    return " ".join(names).casefold()
