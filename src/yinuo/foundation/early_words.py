"""Translates sentences that may be needed before Django is set up: by the terminal's locale then."""

import gettext
import os
from functools import cache
from pathlib import Path

_LOCALE = Path(__file__).with_name("locale")


def early_gettext(message: str) -> str:
    """Return the sentence in the language in force; before Django, Chinese where the terminal's locale is Chinese."""
    from django.conf import settings
    from django.utils.translation import gettext as django_gettext

    return django_gettext(message) if settings.configured else _before_django().gettext(message)


@cache
def _before_django() -> gettext.NullTranslations:
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    languages = ["zh_Hans"] if spoken.startswith("zh") else []
    return gettext.translation("django", localedir=_LOCALE, languages=languages, fallback=True)
