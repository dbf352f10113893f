"""The site browser tests look at, served with the same hashed static files as in production."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from yinuo.web.tests.gallery_site import FACTS, serving


@pytest.fixture(scope="session")
def collected_static() -> None:
    """Static files gathered, hashed and compressed once for the run, as an installation does."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def site(settings, collected_static: None) -> Iterator[str]:
    """The address of the gallery's own small site; it needs no database."""
    settings.ROOT_URLCONF = "yinuo.web.tests.gallery_site"
    FACTS.asked.clear()
    FACTS.events.clear()
    with serving() as address:
        yield address
