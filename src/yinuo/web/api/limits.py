"""How often a token may call, and how much a request may hold."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yinuo.access.models import ApiToken
from yinuo.foundation.refusals import Refusal

from .errors import TooLarge

_MEGABYTE = 1024 * 1024
JSON_MEGABYTES = 2
UPLOAD_MEGABYTES = 26
_A_MINUTE = 60

# One statement counts and tells, so that two processes never both take the last turn.
_TAKE_TURN = """
INSERT INTO web_api_turn AS turn (token_id, minute, count) VALUES (%(token)s, %(minute)s, 1)
ON CONFLICT (token_id) DO UPDATE SET
    count = CASE WHEN turn.minute = excluded.minute THEN turn.count + 1 ELSE 1 END,
    minute = excluded.minute
RETURNING count
"""


class TooManyCalls(Refusal):
    """The token has called as often as it may within this minute."""

    code = "api.too_many_calls"
    status = 429

    def sentence(self) -> str:
        return _(
            "This token has called %(count)s times within a minute, which is the limit. "
            "Wait %(retry_after_seconds)s seconds."
        ) % (self.details)


def take_turn(token: ApiToken, *, at: datetime) -> None:
    """Count a call of a token. Refuses with TooManyCalls above the limit of the running minute."""
    limit = getattr(settings, "API_CALLS_PER_MINUTE", 600)
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURN, {"token": token.pk, "minute": minute})
        count = cursor.fetchone()[0]
    if count > limit:
        raise TooManyCalls(count=limit, retry_after_seconds=_A_MINUTE - at.second)


def refuse_too_large(request: HttpRequest) -> None:
    """Refuse a body that is larger than this kind of request may be, before it is read."""
    megabytes = UPLOAD_MEGABYTES if request.content_type == "multipart/form-data" else JSON_MEGABYTES
    length = request.headers.get("Content-Length") or "0"
    if length.isdecimal() and int(length) > megabytes * _MEGABYTE:
        raise TooLarge(megabytes=megabytes)
