"""Speaking to the push services of browser makers: encrypts, signs, posts, and says how it went.

Web Push (RFC 8030) with message encryption (RFC 8291) by `pywebpush` and our own key (VAPID, RFC 8292). The service
passes on what it cannot read; who reads it is the browser that made the subscription.
"""

import base64
import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher

from yinuo.foundation.home import home

_TIMEOUT_SECONDS = 8
_SIGNATURE_LIVES_SECONDS = 12 * 60 * 60
_ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GONE = {404, 410}


class Outcome(Enum):
    """What became of one try. LATER is worth another; GONE: the browser no longer wants any; REFUSED: not this one."""

    TAKEN = "taken"
    LATER = "later"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """How a try went. status: of the answer, 0 without one. wait: how long the service asks us to be silent."""

    outcome: Outcome
    status: int = 0
    wait: timedelta | None = None


@dataclass(frozen=True)
class Address:
    """Where a browser is reached: its address at the push service, its public key, the secret shared with it."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).hostname or ""


def public_key() -> str:
    """Return our public key as browsers take it: base64url of the uncompressed point."""
    point = _private_key(home().secret("push")).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def send(address: Address, text: str, *, lives_for: timedelta, is_urgent: bool) -> Result:
    """Hand a text to the push service for one browser. Raises nothing that the service or the network can cause."""
    headers: dict[str, Any] = {"urgency": "high" if is_urgent else "normal", **_signature(address.endpoint)}
    keys = {"p256dh": address.p256dh, "auth": address.auth}
    try:
        pusher = WebPusher({"endpoint": address.endpoint, "keys": keys}, requests_session=_session())
        answer = pusher.send(text, headers, ttl=int(lives_for.total_seconds()), timeout=_TIMEOUT_SECONDS)
    except requests.RequestException:
        return Result(Outcome.LATER)
    return _result(answer)


def _result(answer: requests.Response) -> Result:
    status = answer.status_code
    if status < 300:  # noqa: PLR2004 - the class of success
        return Result(Outcome.TAKEN, status)
    if status in _GONE:
        return Result(Outcome.GONE, status)
    if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
        asked = answer.headers.get("Retry-After", "")
        return Result(Outcome.LATER, status, timedelta(seconds=int(asked)) if asked.isdigit() else None)
    return Result(Outcome.REFUSED, status)


def _session() -> requests.Session:
    session = requests.Session()
    # A push service has no reason to send us elsewhere, and elsewhere could be inside the house.
    session.max_redirects = 0
    return session


def _signature(endpoint: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + _SIGNATURE_LIVES_SECONDS,
        "sub": f"mailto:postmaster@{urlsplit(settings.SITE_URL).hostname}",
    }
    return dict(Vapid02(_private_key(home().secret("push")), conf={"no-strict": True}).sign(claims))


@lru_cache(maxsize=4)
def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that a secret stands for. Reduced from 512 bits, so that every key is as likely as any other."""
    number = int.from_bytes(hashlib.sha512(b"yinuo push\0" + secret.encode()).digest(), "big")
    return ec.derive_private_key(number % (_ORDER_OF_P256 - 1) + 1, ec.SECP256R1())
