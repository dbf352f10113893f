"""Somebody who calls the API in tests: a token in hand, JSON in and out."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from yinuo.access.actions import TOKEN_SCOPES, create_token
from yinuo.cases.tests.cast import BEGINNING, SYSTEM
from yinuo.organisation.models import Staff

ALL_SCOPES = sorted(TOKEN_SCOPES)
ROOT = "/api/v1"


@dataclass
class Caller:
    """Calls with one token, in one language."""

    token: str = ""
    language: str = "en"
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Return the answer to a call of an address below /api/v1."""
        sent = {"Accept-Language": self.language, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, ROOT + path, headers=sent, **more)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.call("POST", path, {} if body is None else body, **headers)

    def upload(self, path: str, **fields: Any) -> HttpResponse:
        """Post a form with files."""
        sent = {"Accept-Language": self.language, "Authorization": f"Bearer {self.token}"}
        return self.client.post(ROOT + path, fields, headers=sent)


def caller_of(staff: Staff, scopes: list[str] | None = None, **more: Any) -> Caller:
    """Return a caller with a new token of this member of staff; scopes None: all there are."""
    wanted = ALL_SCOPES if scopes is None else scopes
    _row, token = create_token(account=staff.account, name="test", scopes=wanted, by=SYSTEM, at=BEGINNING, **more)
    return Caller(token)
