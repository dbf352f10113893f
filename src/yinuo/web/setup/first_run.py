"""Whether the first run is still to be done, by whom, and what comes next; the code that proves who may begin it.

Whoever finds the port first must not become administrator, so the first screen asks for a code that only the terminal
shows. It is made from the installation's secret: every process knows it, nothing stores it.
"""

import base64

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from yinuo.access.doors import actor_of
from yinuo.access.models import Account
from yinuo.web.models import FirstRun

STEPS = ("company", "administrator", "mailbox", "team", "standards")
_CODE_SESSION = "setup_code_given"
_CODE_LENGTH = 12


def setup_code() -> str:
    """Return the code the terminal shows, in groups of four: letters and digits that are not mistaken for others."""
    digest = salted_hmac("yinuo.setup", "the first administrator", algorithm="sha256").digest()
    letters = base64.b32encode(digest).decode()[:_CODE_LENGTH]
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def is_code(typed: str) -> bool:
    """Return whether this is the code; case, blanks and hyphens do not matter."""
    plain = "".join(character for character in typed.upper() if character.isalnum())
    return constant_time_compare(plain, setup_code().replace("-", ""))


def is_empty() -> bool:
    """Return whether nobody can sign in yet."""
    return not Account.objects.exists()


def is_open() -> bool:
    """Return whether the pages of the first run exist: nobody can sign in yet, or it was begun and not finished."""
    run = FirstRun.objects.first()
    return run.finished_at is None if run else is_empty()


def leads(request: HttpRequest) -> bool:
    """Return whether this request is led to the first run: everybody's when empty; then the administrator's start."""
    if not request.user.is_authenticated:
        return is_empty()
    if request.path != "/" or request.method != "GET" or request.GET:
        return False
    is_unfinished = FirstRun.objects.filter(finished_at=None).exists()
    return is_unfinished and may_go_on(request)


def may_go_on(request: HttpRequest) -> bool:
    """Return whether this person may do the screens: with the code while nobody can sign in, then the administrator."""
    if request.user.is_authenticated:
        return bool(actor_of(request).may("access.administer"))
    return is_empty() and bool(request.session.get(_CODE_SESSION))


def remember_code(request: HttpRequest) -> None:
    """Let this browser begin: it has the code."""
    request.session[_CODE_SESSION] = True


def next_step(done: list[str]) -> str:
    """Return the first screen that is not done, or `ready`."""
    return next((step for step in STEPS if step not in done), "ready")
