"""The site browser tests look at, served with the same hashed static files as in production."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import override_settings

from yinuo.web.tests.gallery_site import FACTS, serving

HASHED = {**django_settings.STORAGES, "staticfiles": {"BACKEND": "yinuo.web.storage.HashedStatic"}}


@pytest.fixture(scope="session")
def collected_static() -> None:
    """Static files gathered, hashed and compressed once for the run, as an installation does."""
    with override_settings(STORAGES=HASHED):
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def site(settings, collected_static: None) -> Iterator[str]:
    """The address of the gallery's own small site; it needs no database."""
    settings.STORAGES = HASHED
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != "yinuo.web.middleware.Ourselves"]
    settings.ROOT_URLCONF = "yinuo.web.tests.gallery_site"
    FACTS.asked.clear()
    FACTS.events.clear()
    with serving() as address:
        yield address
