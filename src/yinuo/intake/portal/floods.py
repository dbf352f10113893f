"""Stops floods: counts what is tried from a network or about an address within a window, and refuses beyond."""

import ipaddress
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yinuo.access.encryption import blind_index
from yinuo.foundation.refusals import Refusal

from .models import Attempts

_KEPT_FOR = timedelta(days=2)
_IPV6_NETWORK = 64
# One statement, so that a hundred requests at once count as a hundred.
_COUNT = """
INSERT INTO portal_attempts (place, window_at, count) VALUES (%s, %s, 1)
ON CONFLICT (place, window_at) DO UPDATE SET count = portal_attempts.count + 1
RETURNING count
"""


class TooManyAttempts(Refusal):
    """More than anybody needs came from one place."""

    code = "portal.too_many_attempts"
    status = 429

    def sentence(self) -> str:
        wait = ngettext("%(count)s minute", "%(count)s minutes", self.minutes) % {"count": self.minutes}
        return _("A lot was sent from here within a short time. Please wait %(wait)s, then send again.") % {
            "wait": wait
        }


def count_attempt(what: str, where: str, *, most: int, within: timedelta, at: datetime) -> None:
    """Count one attempt of `what` from `where` (a network, an address, a link) in the window `at` falls into.

    The count stays whatever becomes of the attempt: call it before the attempt's own transaction.
    Refuses with TooManyAttempts from the `most` + 1st attempt in one window on.
    """
    seconds = int(within.total_seconds())
    began = int(at.timestamp()) // seconds * seconds
    place = blind_index(f"portal.{what}", where)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [place, datetime.fromtimestamp(began, tz=UTC)])
        count = cursor.fetchone()[0]
    if count > most:
        raise TooManyAttempts(minutes=-(-int(began + seconds - at.timestamp()) // 60) or 1)


def forget_old_attempts(*, at: datetime) -> int:
    """Remove windows that no longer count anything; return how many."""
    return Attempts.objects.filter(window_at__lt=at - _KEPT_FOR).delete()[0]


def network_of(request: HttpRequest) -> str:
    """Return the network a request came from: an IPv4 address, or the /64 an IPv6 address lies in.

    Behind a proxy that is ours, the last address it wrote down; what a client claims itself is not believed.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:  # noqa: PLR2004
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
