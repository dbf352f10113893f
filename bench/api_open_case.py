"""How many cases a second are opened through the API, beside the action itself in the same run.

    python bench/api_open_case.py [--seconds 3]

All ways run on one connection in one process, in turns, so that what else the machine does weighs on all alike. The
API's way is the whole application: middleware, token, turn, validation, transaction, action, answer. The database is
made for the run, on the server that DATABASE_URL names or on an embedded one of its own, and dropped afterwards.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _machine import close_database

TURN_SECONDS = 0.5


def main() -> None:
    """Print cases opened a second by each way, and the ratio to the action."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each way is measured")
    parser.add_argument("--quick", action="store_true", help="short, to see that it runs")
    options = parser.parse_args()
    seconds = 0.1 if options.quick else options.seconds
    with tempfile.TemporaryDirectory(prefix="yinuo-bench-") as folder:
        Path(folder).chmod(0o711)
        try:
            rates = _in_database(folder, seconds)
        finally:
            close_database()
    for name, rate in rates.items():
        print(f"{name:<24}{rate:10.0f} cases/s{rate / rates['action']:8.2f} of the action")


def _in_database(folder: str, seconds: float) -> dict[str, float]:
    os.environ |= {"YINUO_HOME": folder, "YINUO_LOG_LEVEL": "ERROR", "YINUO_SECRET_KEY": "bench"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "yinuo.web.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.API_CALLS_PER_MINUTE = 10**9
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        return _measured(_ways(), seconds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _ways() -> dict[str, Callable[[int], None]]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    from yinuo.access.actions import create_token
    from yinuo.cases.actions import open_case
    from yinuo.cases.actions.opening import FirstMessage
    from yinuo.cases.tests.cast import SYSTEM, build_house
    from yinuo.foundation.clock import now

    house = build_house()
    chen = house.chen.account.as_actor()
    scopes = ["cases:write", "customers:read"]
    _row, token = create_token(account=house.chen.account, name="bench", scopes=scopes, by=SYSTEM, at=now())
    application = WSGIHandler()
    body = json.dumps({"customer_id": house.wang.pk, "subject": "洗衣机漏水", "text": "今天底部开始漏水。"}).encode()

    def by_action(_number: int) -> None:
        at = now()
        open_case(
            customer=house.wang,
            first=FirstMessage(text="今天底部开始漏水。", subject="洗衣机漏水", said_at=at),
            channel="api",
            team=house.team,
            owner=house.chen,
            owner_reason="bench",
            by=chen,
            at=at,
        )

    def by_api(_number: int, **headers: str) -> None:
        calls = RequestFactory(headers={"Authorization": f"Bearer {token}", **headers})
        environ = calls.post("/api/v1/cases", body, content_type="application/json").environ
        answer = application(environ, lambda *_status_and_headers: None)
        assert answer.status_code == 201, answer.content
        answer.close()

    def by_api_once(number: int) -> None:
        by_api(number, **{"Idempotency-Key": f"bench-{number}"})

    return {"action": by_action, "API": by_api, "API, Idempotency-Key": by_api_once}


def _measured(ways: dict[str, Callable[[int], None]], seconds: float) -> dict[str, float]:
    counts, spent = dict.fromkeys(ways, 0), dict.fromkeys(ways, 0.0)
    for way in ways.values():
        way(0)
    while min(spent.values()) < seconds:
        for name, way in ways.items():
            began = time.perf_counter()
            while (passed := time.perf_counter() - began) < TURN_SECONDS:
                counts[name] += 1
                way(counts[name])
            spent[name] += passed
    return {name: counts[name] / spent[name] for name in ways}


if __name__ == "__main__":
    main()
