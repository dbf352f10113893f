"""docs/api.md and its Chinese twin name every address and refusal of the API, and their examples work."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from yinuo.foundation.api.paging import BadCursor
from yinuo.foundation.refusals import Refusal
from yinuo.web.api import api, errors, limits, once
from yinuo.web.tests.api_caller import caller_of

DOCS = Path(__file__).parents[4] / "docs"
PAGES = ["api.md", "api.zh.md"]
EXAMPLE = re.compile(r"```http\n(\w+) (\S+)\n(.*?)```", re.DOTALL)


@pytest.fixture(params=PAGES)
def page(request) -> str:
    path = DOCS / request.param
    if not path.exists():
        pytest.skip("the docs lie in the source tree only")
    return path.read_text(encoding="utf-8")


def test_every_address_is_named_with_its_method(page: str) -> None:
    named = set(re.findall(r"\| ([A-Z]+) \| `(/\S+)` \|", page))

    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method in methods
    }
    assert named == described


def test_every_refusal_of_the_api_itself_is_named_with_its_status(page: str) -> None:
    named = {(int(status), code) for status, code in re.findall(r"\| (\d{3}) \| `(api\.\S+)` \|", page)}

    refusals = {
        one
        for module in (errors, limits, once)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one.code.startswith("api.")
    } | {BadCursor}
    assert named == {(one.status, one.code) for one in refusals} | {(500, "api.fault")}


def test_every_example_works(page: str, house) -> None:
    caller = caller_of(house.admin)
    examples = EXAMPLE.findall(page)

    assert len(examples) == 3
    for method, path, rest in examples:
        lines, _blank, body = rest.partition("\n\n")
        headers = dict(line.split(": ", 1) for line in lines.splitlines())
        headers["Authorization"] = f"Bearer {caller.token}"
        sent = {"data": body, "content_type": "application/json"} if body else {}
        answer = Client().generic(method, path, headers=headers, **sent)
        assert answer.status_code in {200, 201}, answer.content
        assert not body or json.loads(body)["subject"] == answer.json()["subject"]
