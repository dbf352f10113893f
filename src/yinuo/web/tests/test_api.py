"""Calling the API: who may, in which language it answers, what a refusal looks like, how lists are read."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.access.actions import grant_role, revoke_token
from yinuo.access.models import ApiToken, Reveal
from yinuo.access.roles import Role
from yinuo.cases.models import Case, Message
from yinuo.cases.tests.cast import BEGINNING, SYSTEM
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Customer, Identity
from yinuo.foundation.models import FactRow
from yinuo.web.tests.api_caller import Caller, caller_of

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def chen(house) -> Caller:
    return caller_of(house.chen)


@pytest.fixture
def admin(house) -> Caller:
    return caller_of(house.admin)


# Who may call


def test_without_a_token_everything_but_the_description_is_refused(db) -> None:
    stranger = Caller()

    answer = stranger.get("/cases")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Yinuo"'
    assert answer.json()["code"] == "api.not_signed_in"
    assert stranger.get("/openapi.json").status_code == 200


def test_a_wrong_revoked_or_expired_token_is_no_token(house) -> None:
    revoked = caller_of(house.chen)
    revoke_token(token=ApiToken.objects.get(), by=SYSTEM, at=MONDAY)
    expired = caller_of(house.chen, expires_at=timezone.now() - timedelta(seconds=1))
    wrong = Caller("yn_nothing")
    left = caller_of(house.zhou)
    house.zhou.account.is_active = False
    house.zhou.account.save()

    assert [one.get("/me").status_code for one in (revoked, expired, wrong, left)] == [401, 401, 401, 401]


def test_a_token_does_only_what_both_its_scopes_and_its_roles_allow(house) -> None:
    case = house.open(at=MONDAY)
    reader = caller_of(house.chen, ["cases:read"])
    agent = caller_of(house.chen)

    assert reader.get(f"/cases/{case.reference}").status_code == 200
    assert reader.post(f"/cases/{case.reference}/notes", {"text": "x"}).status_code == 403
    assert reader.get("/customers").status_code == 403
    assert agent.post(f"/cases/{case.reference}/owners", {"staff_id": house.zhou.pk}).status_code == 403


def test_a_token_without_the_customers_scope_sees_whose_case_it_is_only_by_number(house) -> None:
    case = house.open(at=MONDAY)

    shown = caller_of(house.chen, ["cases:read"]).get(f"/cases/{case.reference}").json()

    assert shown["customer"] == {"id": house.wang.pk, "name": None, "tier": "platinum"}


def test_what_lies_outside_the_scopes_is_not_found_and_not_listed(house) -> None:
    case = house.open(at=MONDAY)
    house.zhao.account.grants.all().delete()
    grant_role(
        account=house.zhao.account,
        role=Role.AGENT,
        department_id=house.other_department.pk,
        by=SYSTEM,
        at=BEGINNING,
    )
    outsider = caller_of(house.zhao)
    reply = f"/cases/{case.reference}/replies"

    assert outsider.get("/cases").json() == {"items": [], "next": None}
    assert outsider.get(f"/cases/{case.reference}").status_code == 404
    assert outsider.get(f"/cases/{case.reference}/messages").status_code == 404
    assert outsider.post(reply, {"text": "hello"}).status_code == 404
    assert not Message.objects.filter(kind="reply").exists()


def test_the_use_of_a_token_is_written_down_once_a_day(house, chen) -> None:
    chen.get("/me")
    with CaptureQueriesContext(connection) as second:
        chen.get("/me")

    assert ApiToken.objects.get().last_used_on == timezone.localdate()
    assert not [query for query in second.captured_queries if query["sql"].startswith("UPDATE")]


def test_me_says_who_the_token_acts_as(house, chen) -> None:
    answer = caller_of(house.chen, ["cases:read"]).get("/me").json()

    assert answer == {
        "account_id": house.chen.pk,
        "name": "陈晨",
        "roles": ["agent"],
        "scopes": ["cases:read"],
        "expires_at": None,
    }


def test_too_many_calls_within_a_minute_are_refused_until_the_next(house, chen, settings) -> None:
    settings.API_CALLS_PER_MINUTE = 3

    statuses = [chen.get("/me").status_code for _ in range(4)]
    refused = chen.get("/me")

    # A minute may begin between two of these calls; then the count starts again.
    if refused.status_code == 429:
        assert statuses == [200, 200, 200, 429]
        assert refused.json()["code"] == "api.too_many_calls"
        assert 1 <= int(refused["Retry-After"]) <= 60
    assert caller_of(house.chen).get("/me").status_code == 200


# One shape for every refusal


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/cases/YN-261122-0000", None, 404, "not_found"),
        ("GET", "/no/such/address", None, 404, "not_found"),
        ("DELETE", "/cases", None, 405, "api.method_not_allowed"),
        ("GET", "/cases?limit=201", None, 422, "api.not_valid"),
        ("GET", "/cases?after=nonsense", None, 422, "api.bad_cursor"),
        ("POST", "/cases", {"text": "x"}, 422, "api.not_valid"),
        ("POST", "/cases", [1], 422, "api.not_valid"),
        ("POST", "/standards", {}, 422, "api.not_valid"),
        ("POST", "/cases/YN-261122-0000/replies", {"text": "nul \x00 sign"}, 422, "api.not_valid"),
        ("GET", "/customers/99999999999999999999", None, 422, "api.not_valid"),
    ],
)
def test_every_refusal_has_the_one_shape(house, admin, method, path, body, status, code) -> None:
    answer = admin.call(method, path, body)

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert sorted(answer.json()) == ["code", "data", "message"]
    assert answer["Content-Type"].startswith("application/json")


def test_a_body_that_is_no_json_is_refused(house, admin) -> None:
    headers = {"Authorization": f"Bearer {admin.token}"}

    answer = Client().post("/api/v1/cases", b"{not json", content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "api.unreadable")


def test_a_lone_surrogate_is_refused_like_every_text_the_database_cannot_hold(house, admin) -> None:
    headers = {"Authorization": f"Bearer {admin.token}"}
    body = b'{"customer_id": 1, "text": "\\ud800"}'

    answer = Client().post("/api/v1/cases", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "api.not_valid")


def test_values_that_do_not_fit_are_named_each_with_its_reason(house, admin) -> None:
    body = {"customer_id": house.wang.pk, "subjct": "typo", "case_class": "urgent"}

    data = admin.post("/cases", body).json()["data"]

    assert data["fields"] == [
        {
            "field": "body.case_class",
            "code": "enum",
            "message": "Choose one of: 'emergency', 'important' or 'routine'.",
        },
        {
            "field": "body.subjct",
            "code": "extra_forbidden",
            "message": "This field is not known. Check its spelling.",
        },
    ]


def test_refusals_speak_the_callers_language(house) -> None:
    case = house.open(at=MONDAY)
    english, chinese = caller_of(house.chen), caller_of(house.chen)
    chinese.language = "zh-CN"
    path = f"/cases/{case.reference}/reopenings"

    assert english.post(path, {"reason": "again"}).json() == {
        "code": "cases.case_is_open",
        "message": f"Case {case.reference} is already open.",
        "data": {"reference": case.reference},
    }
    assert chinese.post(path, {"reason": "again"}).json()["message"] == f"工单 {case.reference} 本来就开着。"
    assert chinese.get("/cases?limit=0").json()["data"]["fields"] == [
        {"field": "query.limit", "code": "greater_than_equal", "message": "不小于 1。"}
    ]


def test_a_fault_says_a_reference_and_nothing_of_what_happened(house, admin, tmp_path, monkeypatch, caplog) -> None:
    case = house.open(at=MONDAY)
    uploaded = admin.upload("/uploads", file=SimpleUploadedFile("a.txt", b"bytes"))
    sent = admin.post(f"/cases/{case.reference}/notes", {"uploads": [uploaded.json()["upload"]]})
    # The store has lost the bytes, as after a backup that was put back only in part.
    monkeypatch.setenv("YINUO_HOME", str(tmp_path))

    answer = admin.get(f"/attachments/{sent.json()['files'][0]['id']}")

    assert (answer.status_code, answer.json()["code"]) == (500, "api.fault")
    assert answer.json()["data"]["reference"] == answer["X-Request-Reference"]
    assert str(tmp_path) not in answer.content.decode()
    assert "FileNotFoundError" in caplog.text


# Lists


def test_pages_of_a_list_hold_everything_once_while_new_cases_come(house, chen) -> None:
    # Two share an instant: the id decides between them.
    references = [house.open(at=MONDAY + timedelta(minutes=minute)).reference for minute in (0, 1, 1, 2, 3)]

    first = chen.get("/cases?limit=2").json()
    house.open(at=MONDAY + timedelta(hours=1))
    second = chen.get(f"/cases?limit=2&after={first['next']}").json()
    third = chen.get(f"/cases?limit=2&after={second['next']}").json()

    seen = [case["reference"] for page in (first, second, third) for case in page["items"]]
    assert seen == references[::-1]
    assert third["next"] is None


@pytest.mark.parametrize("order", ["newest", "oldest", "due"])
def test_every_order_of_cases_is_complete_page_by_page(house, chen, order) -> None:
    references = {house.open(at=MONDAY + timedelta(minutes=minute // 2)).reference for minute in range(7)}
    seen, after = [], ""

    while after is not None:
        page = chen.get(f"/cases?order={order}&limit=3&after={after}").json()
        seen += [case["reference"] for case in page["items"]]
        after = page["next"]

    assert len(seen) == 7
    assert set(seen) == references


def test_a_cursor_of_another_order_is_refused(house, chen) -> None:
    for minute in range(2):
        house.open(at=MONDAY + timedelta(minutes=minute))
    cursor = chen.get("/cases?limit=1").json()["next"]

    answer = chen.get(f"/cases?limit=1&order=oldest&after={cursor}")

    assert (answer.status_code, answer.json()["code"]) == (422, "api.bad_cursor")


def test_cases_are_filtered_by_what_is_asked(house, chen) -> None:
    early = house.open(at=MONDAY)
    late = house.open(at=MONDAY + timedelta(days=1), customer=house.li, owner=house.zhou, channel="phone")

    def references(query: str) -> list[str]:
        return [case["reference"] for case in chen.get(f"/cases?{query}").json()["items"]]

    assert references(f"owner_id={house.chen.pk}") == [early.reference]
    assert references(f"customer_id={house.li.pk}") == [late.reference]
    assert references("channel=phone") == [late.reference]
    assert references("tier=platinum") == [early.reference]
    assert references("team=aftersales&state=open") == [late.reference, early.reference]
    assert references("team=nobody") == []
    assert references("state=closed") == []
    assert references("opened_before=2026-11-02T12:00:00Z") == [early.reference]
    assert references("opened_from=2026-11-02T12:00:00%2B08:00") == [late.reference]
    # Opened Monday 09:00 with two open hours to answer: due at 11:00, 03:00 UTC.
    assert references("due_before=2026-11-02T03:00:01Z") == [early.reference]
    assert references("due_before=2026-11-02T03:00:00Z") == []


@pytest.mark.parametrize(
    "path",
    ["/cases", "/customers", "/staff", "/teams", "/departments", "/regions", "/standards", "/calendars", "/facts"],
)
def test_a_list_takes_as_many_queries_for_thirty_rows_as_for_one(house, admin, path) -> None:
    house.open(at=MONDAY)
    admin.get("/me")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(f"{path}?limit=50").status_code == 200
        return len(captured)

    few = queries()
    _thirty_of_everything(house)

    assert queries() == few


def _thirty_of_everything(house) -> None:
    for number in range(30):
        house.open(at=MONDAY + timedelta(minutes=number))
        customer = Customer.objects.create(name=f"客户{number}", region=house.region, created_at=BEGINNING)
        add_identity(
            customer=customer, kind="account_number", value=f"A{number:06}", source="test", by=SYSTEM, at=BEGINNING
        )
        house.team.staff.first()


def test_messages_take_as_many_queries_for_thirty_as_for_one(house, chen) -> None:
    case = house.open(at=MONDAY)
    chen.get("/me")
    path = f"/cases/{case.reference}/messages"

    with CaptureQueriesContext(connection) as few:
        chen.get(path)
    for number in range(30):
        chen.post(f"/cases/{case.reference}/notes", {"text": f"note {number}"})
    with CaptureQueriesContext(connection) as many:
        assert len(chen.get(path).json()["items"]) == 31

    assert len(many) == len(few)


# Working on cases


def test_a_case_is_opened_for_a_new_customer_with_the_caller_as_owner(house, chen) -> None:
    body = {
        "customer": {"kind": "phone", "value": "138 0000 6721", "name": "孙悦"},
        "subject": "空调不制冷",
        "text": "昨天开始不制冷了。",
        "case_class": "important",
    }

    answer = chen.post("/cases", body)

    case = answer.json()
    assert answer.status_code == 201
    assert (case["customer"]["name"], case["owner"]["name"], case["team"]) == ("孙悦", "陈晨", "aftersales")
    assert (case["state"], case["channel"], case["case_class"]) == ("open", "api", "important")
    assert case["next_due_at"] is not None
    assert chen.get(f"/cases/{case['reference']}").json() == case
    types = list(FactRow.objects.filter(case_id=case["id"]).order_by("id").values_list("type", flat=True))
    assert types == ["cases.case_opened", "cases.customer_wrote", "cases.promise_made", "cases.promise_made"]


def test_a_case_of_a_caller_outside_every_team_goes_to_whom_routing_finds(house, admin) -> None:
    case = admin.post("/cases", {"customer_id": house.wang.pk, "text": "漏水"}).json()

    assert case["team"] == "aftersales"
    assert case["owner"]["name"] in {"陈晨", "周敏"}


def test_naming_another_owner_needs_a_role_that_assigns(house, chen, admin) -> None:
    body = {"customer_id": house.wang.pk, "text": "漏水", "owner_id": house.zhou.pk}

    assert chen.post("/cases", body).status_code == 403
    assert Case.objects.count() == 0
    assert admin.post("/cases", body).json()["owner"]["name"] == "周敏"


def test_a_case_is_worked_on_from_answer_to_reopening(house, chen, admin) -> None:
    path = f"/cases/{house.open(at=timezone.now()).reference}"

    reply = chen.post(f"{path}/replies", {"text": "师傅明天上门。"}).json()
    note = chen.post(f"{path}/notes", {"text": "配件已备好"}).json()
    handed = admin.post(f"{path}/owners", {"staff_id": house.zhou.pk, "reason": "陈晨休假"}).json()
    closed = chen.post(f"{path}/closures", {"outcome": "repaired", "summary": "换了水管"}).json()
    reopened = chen.post(f"{path}/reopenings", {"reason": "又漏了"}).json()
    wrote = chen.post(f"{path}/messages", {"text": "又漏水了", "channel": "phone"}).json()

    assert (reply["kind"], reply["author"], reply["channel"]) == ("reply", f"staff:{house.chen.pk}", "mail")
    assert note["kind"] == "note"
    assert handed["owner"] == {"id": house.zhou.pk, "name": "周敏"}
    assert (closed["state"], closed["next_due_at"]) == ("solved", None)
    assert reopened["state"] == "open"
    assert (wrote["kind"], wrote["channel"], wrote["author_name"]) == ("customer", "phone", "王丽")
    kinds = [one["kind"] for one in chen.get(f"{path}/messages").json()["items"]]
    assert kinds == ["customer", "reply", "note", "customer"]
    ends = [(one["kind"], one["end"]) for one in chen.get(f"{path}/promises").json()["items"]]
    assert ends[:2] == [("first_response", "kept"), ("resolution", "kept")]
    assert chen.get(f"{path}/facts").json()["items"][0]["type"] == "cases.case_opened"


def test_an_answer_written_before_the_customers_newest_message_is_refused(house, chen) -> None:
    path = f"/cases/{house.open(at=timezone.now()).reference}"
    seen = chen.get(f"{path}/messages").json()["items"][-1]["id"]
    chen.post(f"{path}/messages", {"text": "还在漏"})

    answer = chen.post(f"{path}/replies", {"text": "好的", "last_seen_message_id": seen})

    assert (answer.status_code, answer.json()["code"]) == (409, "cases.new_messages_arrived")
    assert answer.json()["data"] == {"count": 1}


def test_a_file_goes_up_travels_with_a_message_and_comes_down_again(house, chen) -> None:
    path = f"/cases/{house.open(at=timezone.now()).reference}"
    content = bytes(range(256)) * 40
    uploaded = chen.upload("/uploads", file=SimpleUploadedFile("../漏水 照片.jpg", content))

    message = chen.post(f"{path}/replies", {"text": "见图", "uploads": [uploaded.json()["upload"]]}).json()
    file = message["files"][0]
    down = chen.get(f"/attachments/{file['id']}")

    assert uploaded.status_code == 201
    assert (file["name"], file["content_type"], file["size"]) == ("漏水 照片.jpg", "image/jpeg", 10240)
    assert b"".join(down.streaming_content) == content
    assert down["Content-Type"] == "application/octet-stream"
    assert down["Content-Disposition"].startswith("attachment")
    down.close()


def test_an_upload_of_somebody_else_cannot_be_taken_along(house, chen, admin) -> None:
    path = f"/cases/{house.open(at=timezone.now()).reference}"
    token = admin.upload("/uploads", file=SimpleUploadedFile("a.txt", b"mine")).json()["upload"]

    answer = chen.post(f"{path}/notes", {"text": "x", "uploads": [token]})

    assert (answer.status_code, answer.json()["code"]) == (422, "cases.unknown_upload")


def test_a_request_that_is_too_large_is_refused_before_it_is_read(house, chen) -> None:
    big = chen.upload("/uploads", file=SimpleUploadedFile("big.bin", b"\0" * (25 * 1024 * 1024 + 1)))
    bigger = chen.upload("/uploads", file=SimpleUploadedFile("bigger.bin", b"\0" * (26 * 1024 * 1024)))
    text = chen.post("/cases", {"text": "长" * (2 * 1024 * 1024)})

    assert (big.status_code, big.json()["code"]) == (413, "cases.file_too_large")
    assert (bigger.status_code, bigger.json()["code"]) == (413, "api.too_large")
    assert (text.status_code, text.json()["data"]) == (413, {"megabytes": 2})


# Customers


def test_a_customer_is_added_found_and_changed_and_identities_stay_masked(house, chen) -> None:
    body = {"name": "孙悦", "city": "上海", "identities": [{"kind": "phone", "value": "13800006721"}]}
    added = chen.post("/customers", body)
    path = f"/customers/{added.json()['id']}"

    found = chen.post("/customers/lookups", {"kind": "phone", "value": "+86 138 0000 6721"})
    changed = chen.call("PATCH", path, {"city": "苏州", "tier": "gold"}).json()
    mail = chen.post(f"{path}/identities", {"kind": "mail", "value": "sun.yue@example.com"}).json()

    assert added.status_code == 201
    assert [one["masked"] for one in added.json()["identities"]] == ["138 **** 6721"]
    assert found.json() == added.json()
    assert (changed["name"], changed["city"], changed["tier"]) == ("孙悦", "苏州", "gold")
    assert mail["masked"] == "s***@example.com"
    assert chen.get("/customers?search=sun").json()["items"][0]["id"] == added.json()["id"]
    assert chen.call("DELETE", f"{path}/identities/{mail['id']}").status_code == 204
    assert len(chen.get(path).json()["identities"]) == 1


def test_customers_are_read_page_by_page_in_the_order_of_their_names(house, chen) -> None:
    Customer.objects.filter(pk=house.li.pk).update(sort_key="li qiang")
    Customer.objects.filter(pk=house.wang.pk).update(sort_key="wang li")

    first = chen.get("/customers?limit=1").json()
    second = chen.get(f"/customers?limit=1&after={first['next']}").json()

    assert [first["items"][0]["name"], second["items"][0]["name"]] == ["李强", "王丽"]
    assert second["next"] is None


def test_looking_at_an_identity_in_clear_is_written_down_each_time(house, chen) -> None:
    add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=BEGINNING)
    path = f"/customers/{house.wang.pk}/identities/{Identity.objects.get().pk}/reveals"

    looks = [chen.post(path, {"reason": "回访"}, Idempotency_Key="the-same") for _ in range(2)]

    assert [look.json() for look in looks] == [{"value": "+8613800006721"}] * 2
    assert Reveal.objects.filter(account=house.chen.account, field="phone", reason="回访").count() == 2
    assert caller_of(house.zhao).post(path).status_code == 403
    assert Reveal.objects.count() == 2


def test_an_identity_of_another_customer_is_not_reached_through_this_one(house, chen) -> None:
    add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=BEGINNING)
    identity_id = Identity.objects.get().pk

    assert chen.post(f"/customers/{house.li.pk}/identities/{identity_id}/reveals").status_code == 404
    assert chen.call("DELETE", f"/customers/{house.li.pk}/identities/{identity_id}").status_code == 404


# Standards, calendars, the house


def test_a_standard_is_added_changed_and_put_in_order(house, admin) -> None:
    times = {
        "first_response_minutes": 30,
        "next_answer_minutes": 60,
        "next_update_minutes": 120,
        "resolution_minutes": 480,
    }
    body = {
        "code": "platinum",
        "name_zh": "白金标准",
        "name_en": "Platinum",
        "conditions": {"tier": "platinum"},
        "times": times,
        "calendar": "office",
    }

    added = admin.post("/standards", body)
    changed = admin.post(
        "/standards/platinum/versions",
        {"times": {**times, "first_response_minutes": 15, "warning_percent": 50}, "calendar": "office"},
    ).json()
    ordered = admin.post("/standards/order", {"codes": ["basic", "platinum"]}).json()

    assert (added.status_code, added.json()["version"], added.json()["position"]) == (201, 1, 1)
    assert (changed["version"], changed["times"]["first_response_minutes"]) == (2, 15)
    assert changed["times"]["warning_share"] == "0.50"
    assert [one["code"] for one in ordered] == ["basic", "platinum"]
    assert admin.post("/standards", body).json()["code"] == "standards.code_taken"
    assert admin.post("/standards/order", {"codes": ["basic", "none"]}).json()["data"] == {"codes": "none"}


def test_a_calendar_is_saved_as_its_next_version_or_refused_with_what_is_wrong(house, admin) -> None:
    body = {
        "name_zh": "办公时间",
        "name_en": "Office hours",
        "is_default": True,
        "definition": {"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-fri": ["08:00-20:00"]}}]},
    }

    saved = admin.call("PUT", "/calendars/office", body).json()
    wrong = admin.call("PUT", "/calendars/office", {**body, "definition": {"zone": "Asia/Nowhere", "weeks": []}})

    assert saved["version"] == 2
    assert saved["definition"]["weeks"][0]["hours"]["mon"]["open"] == ["08:00-20:00"]
    assert wrong.status_code == 422
    assert wrong.json()["code"].startswith("foundation.")
    assert admin.get("/calendars").json()["items"][0]["version"] == 2


@pytest.mark.parametrize("name", ["nul \x00", {"deeper": "\x00"}])
def test_a_calendar_with_signs_that_cannot_be_stored_is_refused(house, admin, name) -> None:
    hours = [{"hours": {"mon-fri": ["08:00-20:00"]}}]
    definition = {"zone": "Asia/Shanghai", "weeks": hours, "holidays": [{"on": "2026-10-01", "name": name}]}

    answer = admin.call("PUT", "/calendars/new", {"name_zh": "新", "name_en": "New", "definition": definition})

    assert (answer.status_code, answer.json()["code"]) == (422, "api.not_valid")


def test_the_house_is_listed_with_its_codes(house, chen) -> None:
    staff = chen.get("/staff?team=aftersales").json()["items"]

    assert [one["name"] for one in staff] == ["陈晨", "周敏"]
    assert (staff[0]["department"], staff[0]["teams"], staff[0]["presence"]) == ("service", ["aftersales"], "offline")
    assert [one["code"] for one in chen.get("/teams").json()["items"]] == ["aftersales", "delivery"]
    assert [one["code"] for one in chen.get("/departments").json()["items"]] == ["service", "logistics"]
    assert [one["code"] for one in chen.get("/regions").json()["items"]] == ["east"]


def test_somebody_says_that_they_take_work_and_it_is_a_fact(house, chen) -> None:
    answer = chen.call("PUT", "/me/presence", {"presence": "available"})

    assert (answer.status_code, answer.json()["presence"]) == (200, "available")
    assert chen.get("/staff?presence=available").json()["items"][0]["name"] == "陈晨"
    assert FactRow.objects.filter(type="organisation.presence_changed", staff_id=house.chen.pk).count() == 1


def test_a_mailbox_is_added_and_its_password_never_shown(house, admin) -> None:
    body = {
        "address": "Service@Henuan.example",
        "sender_name": "和暖客服",
        "team": "aftersales",
        "in_host": "imap.henuan.example",
        "out_host": "smtp.henuan.example",
        "in_password": "a secret",
    }

    added = admin.post("/mailboxes", body, Idempotency_Key="mailbox-1")
    again = admin.post("/mailboxes", body, Idempotency_Key="mailbox-1")

    assert (added.status_code, added.json()["address"]) == (201, "service@henuan.example")
    assert again.json() == added.json()
    assert "secret" not in admin.get("/mailboxes").content.decode()
    assert admin.post("/mailboxes", body).json()["code"] == "mail.address_taken"


# The log of facts


@pytest.mark.django_db(transaction=True)
def test_facts_are_read_on_from_a_position_each_exactly_once(house) -> None:
    reader = caller_of(house.zhao, ["facts:read"])
    house.open(at=MONDAY)
    kinds = "type=cases.case_opened&type=cases.customer_wrote&type=cases.promise_made"

    first = when_final(reader, f"/facts?{kinds}&limit=3")
    second = reader.get(f"/facts?{kinds}&limit=3&after={first['next']}").json()
    third = reader.get(f"/facts?{kinds}&limit=3&after={second['next']}").json()

    types = [fact["type"] for page in (first, second) for fact in page["items"]]
    assert types == ["cases.case_opened", "cases.customer_wrote", "cases.promise_made", "cases.promise_made"]
    assert (third["items"], third["next"]) == ([], second["next"])
    house.open(at=MONDAY)
    only = when_final(reader, f"/facts?type=cases.case_opened&after={third['next']}")["items"]
    assert [fact["type"] for fact in only] == ["cases.case_opened"]


def when_final(reader: Caller, path: str) -> dict[str, Any]:
    """Ask until there are facts: what runs elsewhere on the same server holds the newest ones back for a moment."""
    deadline = time.monotonic() + 120
    while not (page := reader.get(path).json())["items"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return page


def test_the_log_is_for_roles_that_see_the_whole_house(house) -> None:
    assert caller_of(house.chen).get("/facts").status_code == 403
    house.zhao.account.grants.all().delete()
    grant_role(
        account=house.zhao.account, role=Role.ANALYST, department_id=house.department.pk, by=SYSTEM, at=BEGINNING
    )
    assert caller_of(house.zhao).get("/facts").status_code == 403


def test_a_pledge_is_given_and_shown_with_its_terms(admin: Caller) -> None:
    words = {f"{part}_{language}": "x" for part in ("title", "text", "remedy") for language in ("zh", "en")}
    terms = {"promise_kinds": ["resolution"], "category": "returns", "remedy_kind": "voucher", "remedy_amount": "20"}
    pledge = {"code": "refund", "effective_on": "2026-11-02", **words}

    added = admin.post("/pledges", pledge | {"terms": terms})
    wrong = admin.post("/pledges", pledge | {"code": "other", "terms": terms | {"remedy_kind": "apology"}})

    assert added.status_code == 201
    assert added.json()["versions"][0]["terms"] == {
        "promise_kinds": ["resolution"],
        "tier": "",
        "channel": "",
        "case_class": "",
        "category": "returns",
        "region_code": "",
        "remedy_kind": "voucher",
        "remedy_amount": "20.00",
        "remedy_currency": "CNY",
        "opens_recovery_case": False,
    }
    assert wrong.json()["code"] == "standards.remedy_amount_wrong"
