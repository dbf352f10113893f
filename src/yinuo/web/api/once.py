"""One request, one transaction; and with an Idempotency-Key, one effect however often it is sent.

The answer is kept in the same transaction as what was done: a process that dies in between leaves neither, one that
dies after the commit leaves both, so sending again never does it twice. Only answers of what was done are kept: a
refusal changed nothing, and the same key may then be used for the mended request.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from yinuo.access.api import is_kept
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import Refusal
from yinuo.web.models import KeptAnswer

KEPT_FOR = timedelta(hours=24)
REPLAY_HEADER = "Idempotent-Replay"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_REFUSED = 400
_FORGOTTEN_AT_ONCE = 20

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
_FORGET = """
DELETE FROM web_keptanswer WHERE id IN (
    SELECT id FROM web_keptanswer WHERE stored_at < %s ORDER BY stored_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


class BadKey(Refusal):
    code = "api.bad_idempotency_key"
    status = 422

    def sentence(self) -> str:
        return _("An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.")


class KeyUsedOtherwise(Refusal):
    code = "api.key_used_otherwise"
    status = 422

    def sentence(self) -> str:
        return _("This Idempotency-Key was already used for another request. Take a new key for a new request.")


class StillRunning(Refusal):
    code = "api.still_running"

    def sentence(self) -> str:
        return _("The first request with this Idempotency-Key is still running. Send it again in a second.")


def in_one_transaction(request: HttpRequest, work: Callable[[], HttpResponse], *, account_id: int) -> HttpResponse:
    """Return the answer of `work`, done in one transaction that a refusal or fault undoes.

    With an Idempotency-Key on a POST: done once for that account and key; the same request again gets the kept answer.
    Refuses with BadKey, KeyUsedOtherwise, StillRunning.
    """
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    with transaction.atomic():
        answer = _once(request, work, account_id, key) if key is not None else work()
        if answer.status_code >= _REFUSED:
            transaction.set_rollback(True)
    return answer


def _once(request: HttpRequest, work: Callable[[], HttpResponse], account_id: int, key: str) -> HttpResponse:
    if not _KEY.fullmatch(key):
        raise BadKey
    _lock(f"yinuo api {account_id} {key}")
    at, digest = now(), _digest(request)
    kept = KeptAnswer.objects.filter(account_id=account_id, key=key, stored_at__gt=at - KEPT_FOR).first()
    if kept:
        return _replayed(kept, digest)
    answer = work()
    if answer.status_code < _REFUSED and is_kept(answer):
        _keep(answer, account_id=account_id, key=key, digest=digest, at=at)
    return answer


def _lock(name: str) -> None:
    """Take the key until the transaction ends, whichever way it ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [name])
        if not cursor.fetchone()[0]:
            raise StillRunning(retry_after_seconds=1)


def _replayed(kept: KeptAnswer, digest: bytes) -> HttpResponse:
    if bytes(kept.digest) != digest:
        raise KeyUsedOtherwise
    answer = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
    answer[REPLAY_HEADER] = "true"
    return answer


def _keep(answer: HttpResponse, *, account_id: int, key: str, digest: bytes, at: datetime) -> None:
    KeptAnswer.objects.update_or_create(
        account_id=account_id,
        key=key,
        defaults={
            "digest": digest,
            "status": answer.status_code,
            "content_type": answer.get("Content-Type", ""),
            "body": answer.content.decode(),
            "stored_at": at,
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [at - KEPT_FOR, _FORGOTTEN_AT_ONCE])


def _digest(request: HttpRequest) -> bytes:
    """Return what makes a request the same: method, address and content; a form's content, not its boundary."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.digest()
    for name, values in sorted(request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.content_type)).encode())
            for part in file.chunks():
                digest.update(hashlib.sha256(part).digest())
            file.seek(0)
    return digest.digest()
