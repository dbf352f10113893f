"""A request with an Idempotency-Key has its effect once: sent again, sent twice at once, or cut off by a kill."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from yinuo.cases.models import Case, Message
from yinuo.customers.models import Customer
from yinuo.web.models import KeptAnswer
from yinuo.web.tests.api_caller import Caller, caller_of

PATIENCE = 120.0
# How the database names the connection of the process that is killed.
CALLER = "yinuo-killed-call"
# A process of its own that calls the API once, on the database it is told, with what it reads from its input.
CALL = """
import json, sys
import django
django.setup()
from django.db import connection
given = json.load(sys.stdin)
connection.settings_dict.update(given["database"])
from yinuo.web.tests.api_caller import Caller
answer = Caller(given["token"]).post("/cases", given["body"], Idempotency_Key=given["key"])
"""


@pytest.fixture
def chen(house) -> Caller:
    return caller_of(house.chen)


def a_case(house) -> dict[str, Any]:
    return {"customer_id": house.wang.pk, "text": "洗衣机漏水"}


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(house, chen) -> None:
    first = chen.post("/cases", a_case(house), Idempotency_Key="k1")
    again = chen.post("/cases", a_case(house), Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert (again["Idempotent-Replay"], first.has_header("Idempotent-Replay")) == ("true", False)
    assert Case.objects.count() == 1


def test_without_a_key_the_same_request_is_done_again(house, chen) -> None:
    chen.post("/cases", a_case(house))
    chen.post("/cases", a_case(house))

    assert Case.objects.count() == 2
    assert KeptAnswer.objects.count() == 0


def test_a_key_belongs_to_one_account(house, chen) -> None:
    chen.post("/cases", a_case(house), Idempotency_Key="k1")
    other = caller_of(house.zhou).post("/cases", a_case(house), Idempotency_Key="k1")

    assert not other.has_header("Idempotent-Replay")
    assert Case.objects.count() == 2


@pytest.mark.parametrize("key", ["", "with blank", "语", "x" * 256])
def test_a_key_that_is_none_is_refused(house, chen, key) -> None:
    answer = chen.post("/cases", a_case(house), Idempotency_Key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "api.bad_idempotency_key")
    assert Case.objects.count() == 0


def test_a_key_with_another_body_or_address_is_refused(house, chen) -> None:
    case = chen.post("/cases", a_case(house), Idempotency_Key="k1").json()

    body = chen.post("/cases", {**a_case(house), "text": "else"}, Idempotency_Key="k1")
    address = chen.post(f"/cases/{case['reference']}/notes", a_case(house), Idempotency_Key="k1")

    assert (body.status_code, body.json()["code"]) == (422, "api.key_used_otherwise")
    assert (address.status_code, address.json()["code"]) == (422, "api.key_used_otherwise")


def test_a_refused_request_used_up_no_key_and_left_nothing_behind(house, chen) -> None:
    new = {"customer": {"kind": "mail", "value": "sun@example.com"}, "text": " "}

    refused = chen.post("/cases", new, Idempotency_Key="k1")
    mended = chen.post("/cases", {**new, "text": "漏水"}, Idempotency_Key="k1")

    # The customer was added before the empty message was refused: that is undone too.
    assert (refused.status_code, refused.json()["code"]) == (422, "cases.empty_message")
    assert mended.status_code == 201
    assert Customer.objects.filter(identities__kind="mail").count() == 1


def test_after_a_day_a_key_is_forgotten(house, chen) -> None:
    chen.post("/cases", a_case(house), Idempotency_Key="k1")
    KeptAnswer.objects.update(stored_at=timezone.now() - timedelta(hours=24, seconds=1))
    chen.post("/cases", a_case(house), Idempotency_Key="k2")

    assert [kept.key for kept in KeptAnswer.objects.all()] == ["k2"]
    assert not chen.post("/cases", a_case(house), Idempotency_Key="k1").has_header("Idempotent-Replay")
    assert Case.objects.count() == 3


def test_an_upload_is_the_same_whatever_boundary_its_form_has(house, chen) -> None:
    def upload(content: bytes):
        sent = {"Authorization": f"Bearer {chen.token}", "Idempotency-Key": "k1"}
        file = SimpleUploadedFile("a.txt", content)
        boundary = f"b{time.monotonic_ns()}"
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'.encode()
        body += content + f"\r\n--{boundary}--\r\n".encode()
        return chen.client.generic(
            "POST", "/api/v1/uploads", body, f"multipart/form-data; boundary={boundary}", headers=sent
        )

    first, again, other = upload(b"one"), upload(b"one"), upload(b"two")

    assert first.status_code == 201
    assert (again.content, again["Idempotent-Replay"]) == (first.content, "true")
    assert other.json()["code"] == "api.key_used_otherwise"


def test_what_is_kept_of_an_answer_cannot_be_read_in_the_database(house, chen) -> None:
    chen.post("/cases", a_case(house), Idempotency_Key="k1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM web_keptanswer")
        stored = bytes(cursor.fetchone()[0])

    assert "王丽".encode() not in stored
    assert b"reference" not in stored


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_the_other_told_to_wait(house, chen) -> None:
    case = house.open(at=timezone.now())
    path, body = f"/cases/{case.reference}/replies", {"text": "师傅明天上门。"}
    answers = []

    def send() -> None:
        answers.append(Caller(chen.token).post(path, body, Idempotency_Key="k1"))
        connections.close_all()

    with holding("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", case.pk):
        slow = threading.Thread(target=send)
        slow.start()
        wait_until_blocked()
        second = chen.post(path, body, Idempotency_Key="k1")
    slow.join(PATIENCE)
    third = chen.post(path, body, Idempotency_Key="k1")

    assert (second.status_code, second.json()["code"]) == (409, "api.still_running")
    assert second["Retry-After"] == "1"
    assert answers[0].status_code == 201
    assert (third.content, third["Idempotent-Replay"]) == (answers[0].content, "true")
    assert Message.objects.filter(kind="reply").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.fault
def test_a_kill_between_the_effect_and_its_commit_leaves_nothing_and_sending_again_does_it_once(house, chen) -> None:
    with holding("LOCK TABLE web_keptanswer IN SHARE MODE"):
        # The case is written; the process waits to keep its answer, and is killed there.
        process = calling(chen.token, a_case(house), key="k1")
        try:
            wait_until_blocked()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
    wait_until_gone()
    assert (Case.objects.count(), KeptAnswer.objects.count()) == (0, 0)

    again = chen.post("/cases", a_case(house), Idempotency_Key="k1")
    replayed = chen.post("/cases", a_case(house), Idempotency_Key="k1")

    assert again.status_code == 201
    assert not again.has_header("Idempotent-Replay")
    assert replayed.content == again.content
    assert Case.objects.count() == 1


@contextmanager
def holding(statement: str, *values: Any) -> Iterator[None]:
    """Hold the locks of a statement from another connection."""
    with psycopg.connect(**_parameters()) as other:
        other.execute(statement, values)
        yield
        other.rollback()


def calling(token: str, body: dict[str, Any], *, key: str) -> subprocess.Popen[str]:
    """Start a process that opens a case by the API."""
    settings = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    process = subprocess.Popen(
        [sys.executable, "-c", CALL],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={
            **os.environ,
            "PGAPPNAME": CALLER,
            "DJANGO_SETTINGS_MODULE": "yinuo.web.settings",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"token": token, "body": body, "key": key, "database": settings}))
    process.stdin.close()
    return process


def wait_until_blocked() -> None:
    """Wait until one connection to the test's database waits for a lock."""
    _wait_for("wait_event_type = 'Lock'")


def wait_until_gone() -> None:
    """Wait until the server has noticed that the killed process is gone, and undone what it had begun."""
    _wait_for(f"application_name = '{CALLER}'", count=0)


def _wait_for(condition: str, *, count: int = 1) -> None:
    deadline = time.monotonic() + PATIENCE
    question = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {condition}"
    with psycopg.connect(**_parameters(), autocommit=True) as other:
        while other.execute(question).fetchone()[0] != count:
            assert time.monotonic() < deadline, question
            time.sleep(0.02)


def _parameters() -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {theirs: connection.settings_dict[ours] for ours, theirs in names.items() if connection.settings_dict[ours]}
