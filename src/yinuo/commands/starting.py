"""What commands need before they do their work: a database, Django, the newest tables, the static files."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path


def start_django() -> None:
    """Start or join the database, then Django. Children of this process use the same database."""
    from yinuo.foundation.postgres import database_url

    os.environ["DATABASE_URL"] = database_url()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinuo.web.settings")
    import django

    django.setup()
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("facts", "reactions", "tasks")
    _speak_the_terminals_language()


def _speak_the_terminals_language() -> None:
    """Sentences for whoever sits at the terminal: Chinese where its locale is Chinese, else English."""
    from django.utils import translation

    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    translation.activate("zh-hans" if named.startswith("zh") else "en")


def prepare(*, history_from: date | None = None) -> None:
    """Bring the tables and the static files up to date; several processes may ask at once."""
    with _one_at_a_time():
        _prepare_tables(history_from)
        _collect_static_files()


def prepare_tables(*, history_from: date | None = None) -> None:
    """Bring the tables up to date, for commands that show no page."""
    with _one_at_a_time():
        _prepare_tables(history_from)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(31054)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(31054)")


def _prepare_tables(history_from: date | None) -> None:
    from django.core.management import call_command

    from yinuo.foundation.clock import now
    from yinuo.foundation.database import prepare_database

    call_command("migrate", verbosity=0, interactive=False)
    prepare_database(today=now().date(), history_from=history_from)


def say(words: str) -> None:
    """Print a line for the person at the terminal."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _collect_static_files() -> None:
    """Collect and compress the static files, unless they are those collected last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())
