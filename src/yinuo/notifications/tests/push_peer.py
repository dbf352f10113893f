"""A small push service and the browser behind it: takes pushes by HTTP, checks who signed them, reads what they say."""

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Received:
    """One push as the browser reads it."""

    says: dict[str, Any]
    claims: dict[str, Any]
    key: str
    ttl: int
    urgency: str


@dataclass
class PushPeer:
    """The service and one browser. `answers`: statuses of the next answers, then 201 for ever."""

    answers: list[int] = field(default_factory=list)
    retry_after: str = ""
    received: list[Received] = field(default_factory=list)
    tries: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        self.server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> dict[str, str]:
        """What the browser tells the page about itself."""
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"http://127.0.0.1:{self.port}/push/1", "p256dh": b64(point), "auth": b64(self.auth)}

    def start(self) -> None:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                peer.tries += 1
                status = peer.answers.pop(0) if peer.answers else 201
                if status == 201:
                    peer.received.append(peer.read(dict(self.headers.items()), body))
                self.send_response(status)
                if peer.retry_after:
                    self.send_header("Retry-After", peer.retry_after)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{peer.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def read(self, headers: dict[str, str], body: bytes) -> Received:
        """Decrypt as the browser does, after the signature is proven. Raises when either fails."""
        given = {name.lower(): value for name, value in headers.items()}
        scheme, _space, rest = given["authorization"].partition(" ")
        assert (scheme, given["content-encoding"]) == ("vapid", "aes128gcm")
        token, key = (part.partition("=")[2] for part in rest.split(","))
        claims = self._claims(token, key)
        text = http_ece.decrypt(body, private_key=self.private_key, auth_secret=self.auth, version="aes128gcm")
        return Received(json.loads(text), claims, key, int(given["ttl"]), given["urgency"])

    @staticmethod
    def _claims(token: str, key: str) -> dict[str, Any]:
        head, payload, signature = token.split(".")
        assert json.loads(unb64(head))["alg"] == "ES256"
        raw = unb64(signature)
        pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        signer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
        signer.verify(pair, f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
        return dict(json.loads(unb64(payload)))
