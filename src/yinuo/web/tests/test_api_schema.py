"""The API against its own description: whatever is sent, no fault, and every answer is one that is described.

Requests are made by schemathesis from /api/v1/openapi.json, fitting ones and broken ones, for an administrator, an
agent and somebody without a token, and go through the whole application in this process.
"""

import json
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from yinuo.cases.actions import store_bytes
from yinuo.cases.models import Attachment
from yinuo.cases.tests.cast import BEGINNING, OFFICE_HOURS, SYSTEM
from yinuo.customers.actions import add_identity
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.web.api import api
from yinuo.web.tests.api_caller import Caller, caller_of

EXAMPLES = 4
LONGEST = 200


def briefer(part: Any) -> Any:
    """Return the description with short texts only: what is made from it fits as well, and is made sooner."""
    if isinstance(part, list):
        return [briefer(one) for one in part]
    if not isinstance(part, dict):
        return part
    shorter = {name: briefer(value) for name, value in part.items()}
    if isinstance(shorter.get("maxLength"), int):
        shorter["maxLength"] = min(shorter["maxLength"], LONGEST)
    return shorter


DESCRIPTION = briefer(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"))))
ADDRESSES = [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods]
CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def one_connection():
    """Requests of the server close connections that are inside a transaction, as every test is; not here."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


@pytest.fixture
def described(settings, one_connection):
    """The description as schemathesis reads it."""
    settings.API_CALLS_PER_MINUTE = 1_000_000
    loaded = schemathesis.openapi.from_dict(DESCRIPTION)
    loaded.app = WSGIHandler()
    return loaded


@pytest.fixture
def there(house) -> dict[str, Any]:
    """Rows that exist, by the names that paths and bodies give them."""
    case = house.open(at=timezone.now(), first={"attachments": [store_bytes(b"x", name="a", content_type="b")]})
    identity = add_identity(
        customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=BEGINNING
    )
    mail = StoredMail.objects.create(
        delivery_key="k",
        digest=store_bytes(b"no mail", name="a", content_type="b").digest,
        size=7,
        state="kept_raw",
        stored_at=BEGINNING,
    )
    mailbox = Mailbox.objects.create(
        address="service@henuan.example", sender_name="x", team=house.team, in_host="a", out_host="b"
    )
    return {
        "reference": case.reference,
        "customer_id": house.wang.pk,
        "identity_id": identity.pk,
        "attachment_id": Attachment.objects.get().pk,
        "mail_id": mail.pk,
        "staff_id": house.zhou.pk,
        "team": house.team.code,
        "owner_id": house.chen.pk,
        "calendar": house.calendar.code,
        "code": "basic",
        "codes": ["basic"],
        "mailbox_id": mailbox.pk,
        "kind": "phone",
        "value": "13800006721",
        "uploads": [],
        "definition": OFFICE_HOURS,
    }


@pytest.fixture
def callers(house) -> list[Caller]:
    return [caller_of(house.admin), caller_of(house.chen), Caller()]


@pytest.mark.parametrize(("path", "method"), ADDRESSES, ids=[f"{method} {path}" for path, method in ADDRESSES])
def test_every_answer_is_described(described, callers, there, path, method) -> None:
    operation = described[path][method.upper()]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        _ask(operation, mode, callers, there if mode is GenerationMode.POSITIVE else {})


def _aim(case: schemathesis.Case, there: dict[str, Any]) -> None:
    """Put rows that exist in the place of made-up ones, so that more than 404 is answered."""
    body = case.body if isinstance(case.body, dict) else {}
    if case.operation.path.endswith("/cases"):
        # Exactly one of the two must be said, which the description cannot tell; nor that a text or a file must be.
        body.pop("customer", None)
        body |= {"customer_id": there["customer_id"], "text": "漏水"}
    if case.operation.path.endswith(("/messages", "/replies", "/notes")):
        body["text"] = "漏水"
    for sent in (case.path_parameters, body):
        # A new standard needs a code of its own.
        names = set(sent) & set(there) - ({"code"} if sent is body else set())
        sent.update({name: there[name] for name in names})


def _ask(operation: Any, mode: GenerationMode, callers: list[Caller], there: dict[str, Any]) -> None:
    """Let every caller ask; there: values that take the place of made-up ones."""

    @seed(20261122)
    @QUIET
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        if there:
            _aim(case, there)
        for caller in callers:
            headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=list(CHECKS))
            if not caller.token:
                assert answer.status_code == 401

    ask()
