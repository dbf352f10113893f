"""Every address of the API against every role: one table, so that a new address without a row is noticed.

The rows are there to leak: the case, the customer, the file and the mail exist. Another department's agent may know of
none of them. 2 stands for any success.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from yinuo.access.actions import add_account, grant_role
from yinuo.access.roles import Role
from yinuo.cases.actions import add_note, ask_task, plan_follow_up, store_bytes
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Attachment
from yinuo.cases.tests.cast import BEGINNING, SYSTEM
from yinuo.customers.actions import add_identity
from yinuo.customers.models import Customer, Identity
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.notifications.tests.telling import tell
from yinuo.organisation.models import Region, SavedView, Staff
from yinuo.standards.actions import PledgeWords, add_pledge
from yinuo.web.api import api
from yinuo.web.tests.api_caller import Caller, caller_of

ROLES = ("nobody", "outsider", "partner", "analyst", "quality", "agent", "leader", "admin")
READ = (401, 404, 404, 200, 200, 200, 200, 200)
LIST = (401, 200, 200, 200, 200, 200, 200, 200)
STAFF_LIST = (401, 200, 403, 200, 200, 200, 200, 200)
WORK = (401, 404, 403, 403, 403, 201, 201, 201)
ADMIN = (401, 403, 403, 403, 403, 403, 403, 201)

Body = Callable[["World"], Any]


class World:
    """The rows that could leak."""

    def __init__(self, house) -> None:
        self.house = house
        self.case = house.open(at=timezone.now())
        draft = store_bytes(b"secret", name="a.txt", content_type="text/plain")
        said = Said("see file", timezone.now(), attachments=[draft])
        add_note(case=self.case, said=said, by=SYSTEM, at=timezone.now())
        self.follow_up_id = plan_follow_up(
            case=self.case,
            staff=house.chen,
            due_at=timezone.now() + timedelta(days=1),
            words="回访",
            by=SYSTEM,
            at=timezone.now(),
        ).pk
        self.attachment_id = Attachment.objects.get().pk
        add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=BEGINNING)
        self.identity_id = Identity.objects.get().pk
        self.mailbox = Mailbox.objects.create(
            address="service@henuan.example", sender_name="x", team=house.team, in_host="a", out_host="b"
        )
        self.mail_id = StoredMail.objects.create(
            delivery_key="k", digest=draft.digest, size=6, state="kept_raw", stored_at=BEGINNING
        ).pk
        words = PledgeWords(**PLEDGE)
        add_pledge(code="refund", words=words, effective_on=BEGINNING.date(), by=SYSTEM, at=BEGINNING)
        self.notification_id = tell(house.chen, self.case).pk
        asked = {"to": house.team, "needed": "x", "is_blocking": False}
        self.task_id = ask_task(case=self.case, **asked, by=SYSTEM, at=timezone.now()).pk
        self.view_id = SavedView.objects.create(
            owner=house.chen, place="cases", name="王丽", team=house.team, saved_at=BEGINNING
        ).pk

    def path(self, template: str) -> str:
        return template.format(
            reference=self.case.reference,
            customer_id=self.house.wang.pk,
            identity_id=self.identity_id,
            merge_id=1,
            link_id=1,
            promise_id=self.case.next_promise_id,
            attachment_id=self.attachment_id,
            message_id=self.attachment_id,
            follow_up_id=self.follow_up_id,
            mail_id=self.mail_id,
            mailbox_id=self.mailbox.pk,
            view_id=self.view_id,
            task_id=self.task_id,
            notification_id=self.notification_id,
            code="office" if "calendars" in template else "refund" if "pledges" in template else "basic",
        )


TIMES = {
    "first_response_minutes": 30,
    "next_answer_minutes": 60,
    "next_update_minutes": 120,
    "resolution_minutes": 480,
}
PLEDGE = {
    "title_zh": "退款",
    "title_en": "Refunds",
    "text_zh": "7 天",
    "text_en": "7 days",
    "remedy_zh": "20 元",
    "remedy_en": "20 yuan",
}
HOURS = {"zone": "Asia/Shanghai", "weeks": [{"hours": {"mon-fri": ["08:00-20:00"]}}]}
NAMES = {"name_zh": "新", "name_en": "New"}
BOX = {"address": "new@henuan.example", "sender_name": "x", "team": "aftersales", "in_host": "a", "out_host": "b"}

# method, path, body, status for each of ROLES
TABLE: list[tuple[str, str, Body | None, tuple[int, ...]]] = [
    ("GET", "/me", None, (401, 200, 200, 200, 200, 200, 200, 200)),
    ("GET", "/me/notifications", None, LIST),
    ("POST", "/me/notifications/readings", lambda _w: {}, (401, 201, 201, 201, 201, 201, 201, 201)),
    ("POST", "/me/notifications/{notification_id}/reading", None, (401, 404, 404, 404, 404, 201, 404, 404)),
    ("GET", "/me/notification-wishes", None, LIST),
    ("PUT", "/me/notification-wishes", lambda _w: {"zone": "Asia/Shanghai"}, LIST),
    ("PUT", "/me/presence", lambda _w: {"presence": "busy"}, (401, 200, 403, 403, 403, 200, 200, 200)),
    ("GET", "/cases", None, LIST),
    ("POST", "/cases", lambda w: {"customer_id": w.house.wang.pk, "text": "x"}, WORK),
    ("GET", "/cases/{reference}", None, READ),
    ("GET", "/cases/{reference}/messages", None, READ),
    ("POST", "/cases/{reference}/messages", lambda _w: {"text": "x"}, WORK),
    ("GET", "/cases/{reference}/promises", None, READ),
    ("GET", "/cases/{reference}/escalations", None, READ),
    ("POST", "/cases/{reference}/promises", lambda _w: {"kind": "visit"}, WORK),
    ("GET", "/cases/{reference}/promises/{promise_id}/explanation", None, READ),
    (
        "POST",
        "/cases/{reference}/promises/{promise_id}/replacement",
        lambda _w: {"due_at": "2040-01-01T00:00:00Z", "reason": "x", "consent": "agreed"},
        WORK,
    ),
    # Answers are kept by answering: who may do it at all is refused for the kind.
    ("POST", "/cases/{reference}/promises/{promise_id}/keeping", None, (401, 404, 403, 403, 403, 422, 422, 422)),
    (
        "POST",
        "/cases/{reference}/promises/{promise_id}/withdrawal",
        lambda _w: {"reason": "x"},
        (401, 404, 403, 403, 403, 422, 422, 422),
    ),
    (
        "POST",
        "/cases/{reference}/class",
        lambda _w: {"case_class": "emergency", "reason": "x"},
        (401, 404, 403, 403, 403, 200, 200, 200),
    ),
    ("GET", "/cases/{reference}/facts", None, READ),
    ("POST", "/cases/{reference}/replies", lambda _w: {"text": "x"}, WORK),
    ("POST", "/cases/{reference}/notes", lambda _w: {"text": "x"}, (401, 404, 404, 403, 201, 201, 201, 201)),
    ("POST", "/cases/{reference}/closures", lambda _w: {"outcome": "solved"}, WORK),
    ("POST", "/cases/{reference}/reopenings", lambda _w: {"reason": "x"}, (401, 404, 403, 403, 403, 409, 409, 409)),
    ("GET", "/cases/{reference}/follow-ups", None, READ),
    (
        "POST",
        "/cases/{reference}/follow-ups",
        lambda _w: {"due_at": (timezone.now() + timedelta(days=1)).isoformat()},
        (401, 404, 404, 403, 201, 201, 201, 201),
    ),
    (
        "POST",
        "/cases/{reference}/follow-ups/{follow_up_id}/ending",
        lambda _w: {},
        (401, 404, 404, 403, 403, 201, 201, 201),
    ),
    ("GET", "/cases/{reference}/watchers", None, READ),
    (
        "POST",
        "/cases/{reference}/watchers",
        lambda w: {"staff_id": w.house.zhou.pk},
        (401, 404, 404, 403, 201, 201, 201, 201),
    ),
    ("POST", "/cases/{reference}/confirmations", lambda _w: {}, (401, 404, 403, 403, 403, 409, 409, 409)),
    # The message was never taken as thanks.
    (
        "POST",
        "/cases/{reference}/messages/{message_id}/overruling",
        lambda _w: None,
        (401, 404, 403, 403, 403, 404, 404, 404),
    ),
    (
        "POST",
        "/cases/{reference}/owners",
        lambda w: {"staff_id": w.house.zhou.pk},
        (401, 403, 403, 403, 403, 403, 201, 201),
    ),
    ("GET", "/cases/{reference}/handoffs", None, READ),
    (
        "POST",
        "/cases/{reference}/handoffs",
        lambda w: {"staff_id": w.house.zhou.pk, "reason": "x"},
        (401, 404, 403, 403, 403, 201, 201, 201),
    ),
    ("POST", "/cases/{reference}/handoffs/open/acceptance", None, (401, 404, 403, 403, 403, 409, 409, 409)),
    (
        "POST",
        "/cases/{reference}/handoffs/open/refusal",
        lambda _w: {"reason": "x"},
        (401, 404, 403, 403, 403, 409, 409, 409),
    ),
    ("POST", "/cases/{reference}/handoffs/open/withdrawal", None, (401, 404, 403, 403, 403, 409, 409, 409)),
    (
        "POST",
        "/cases/{reference}/owner-decisions",
        lambda w: {"staff_id": w.house.chen.pk, "reason": "x", "review_on": "2099-01-01"},
        # The after-sales team is the fallback team, so who leads it leads the centre.
        (401, 403, 403, 403, 403, 403, 201, 201),
    ),
    ("GET", "/cases/{reference}/merges", None, READ),
    # A case merged with itself, and a merge that is none
    (
        "POST",
        "/cases/{reference}/merges",
        lambda w: {"into": w.case.reference, "reason": "x"},
        (401, 404, 403, 403, 403, 422, 422, 422),
    ),
    ("POST", "/cases/{reference}/merges/{merge_id}/undoings", None, (401, 404, 403, 403, 403, 404, 404, 404)),
    ("GET", "/cases/{reference}/links", None, READ),
    # A case linked with itself, a link that is none, a message of no case
    (
        "POST",
        "/cases/{reference}/links",
        lambda w: {"to": w.case.reference},
        (401, 404, 404, 403, 422, 422, 422, 422),
    ),
    ("DELETE", "/cases/{reference}/links/{link_id}", None, (401, 404, 404, 403, 404, 404, 404, 404)),
    (
        "POST",
        "/cases/{reference}/splits",
        lambda _w: {"message_ids": [1], "subject": "x"},
        (401, 404, 403, 403, 403, 422, 422, 422),
    ),
    ("GET", "/cases/{reference}/tasks", None, READ),
    (
        "POST",
        "/cases/{reference}/tasks",
        lambda _w: {"team": "delivery", "needed": "x"},
        (401, 404, 403, 403, 403, 201, 201, 201),
    ),
    # The task is asked of the after-sales team.
    (
        "POST",
        "/cases/{reference}/tasks/{task_id}/result",
        lambda _w: {"text": "x"},
        (401, 404, 404, 403, 403, 201, 201, 403),
    ),
    (
        "POST",
        "/cases/{reference}/tasks/{task_id}/refusal",
        lambda _w: {"reason": "x"},
        (401, 404, 404, 403, 403, 201, 201, 403),
    ),
    ("POST", "/cases/{reference}/tasks/{task_id}/withdrawal", None, (401, 404, 403, 403, 403, 201, 201, 201)),
    ("POST", "/uploads", None, (401, 201, 201, 403, 201, 201, 201, 201)),
    ("GET", "/attachments/{attachment_id}", None, READ),
    ("GET", "/customers", None, STAFF_LIST),
    ("POST", "/customers", lambda _w: {"name": "孙悦"}, (401, 201, 403, 403, 403, 201, 201, 201)),
    (
        "POST",
        "/customers/lookups",
        lambda _w: {"kind": "phone", "value": "13800006721"},
        (401, 404, 403, 200, 200, 200, 200, 200),
    ),
    ("GET", "/customers/{customer_id}", None, (401, 404, 403, 200, 200, 200, 200, 200)),
    ("PATCH", "/customers/{customer_id}", lambda _w: {"city": "x"}, (401, 404, 403, 403, 403, 200, 200, 200)),
    (
        "POST",
        "/customers/{customer_id}/identities",
        lambda _w: {"kind": "mail", "value": "wang@example.com"},
        WORK,
    ),
    ("POST", "/customers/{customer_id}/identities/{identity_id}/reveals", lambda _w: {}, WORK),
    ("POST", "/customers/{customer_id}/address/reveals", lambda _w: {}, WORK),
    ("DELETE", "/customers/{customer_id}/identities/{identity_id}", None, (401, 404, 403, 403, 403, 204, 204, 204)),
    ("GET", "/regions", None, STAFF_LIST),
    ("GET", "/departments", None, STAFF_LIST),
    ("GET", "/teams", None, STAFF_LIST),
    ("GET", "/staff", None, STAFF_LIST),
    ("GET", "/views", None, STAFF_LIST),
    (
        "POST",
        "/views",
        lambda _w: {"place": "cases", "name": "x", "query": "q=1"},
        (401, 201, 201, 201, 201, 201, 201, 201),
    ),
    # The view belongs to the agent's team: its leader may change it, the others know nothing of it.
    ("PATCH", "/views/{view_id}", lambda _w: {"name": "y"}, (401, 404, 404, 404, 404, 200, 200, 404)),
    ("DELETE", "/views/{view_id}", None, (401, 404, 404, 404, 404, 204, 204, 404)),
    ("GET", "/standards", None, STAFF_LIST),
    (
        "POST",
        "/standards",
        lambda _w: {"code": "new", **NAMES, "times": TIMES, "calendar": "office"},
        (401, 403, 403, 403, 201, 403, 403, 201),
    ),
    ("POST", "/standards/order", lambda _w: {"codes": ["basic"]}, (401, 403, 403, 403, 200, 403, 403, 200)),
    (
        "POST",
        "/standards/{code}/versions",
        lambda _w: {"times": TIMES, "calendar": "office"},
        (401, 403, 403, 403, 201, 403, 403, 201),
    ),
    ("GET", "/standards/{code}/repair", None, (401, 403, 403, 403, 200, 403, 403, 200)),
    (
        "POST",
        "/standards/{code}/repair",
        lambda w: {"references": [w.case.reference], "reason": "x"},
        (401, 403, 403, 403, 200, 403, 403, 200),
    ),
    ("GET", "/ladders", None, STAFF_LIST),
    (
        "PUT",
        "/ladders/{code}",
        lambda _w: {**NAMES, "rungs": [{"moment": "broken", "target": "owner"}]},
        (401, 403, 403, 403, 200, 403, 403, 200),
    ),
    ("PUT", "/standards/{code}/ladder", lambda _w: {"ladder": None}, (401, 403, 403, 403, 200, 403, 403, 200)),
    ("GET", "/pledges", None, STAFF_LIST),
    (
        "POST",
        "/pledges",
        lambda _w: {"code": "new", "effective_on": "2026-12-01", **PLEDGE},
        (401, 403, 403, 403, 201, 403, 403, 201),
    ),
    ("POST", "/pledges/order", lambda _w: {"codes": ["refund"]}, (401, 403, 403, 403, 200, 403, 403, 200)),
    (
        "POST",
        "/pledges/{code}/versions",
        lambda _w: {"effective_on": "2026-12-01", **PLEDGE},
        (401, 403, 403, 403, 201, 403, 403, 201),
    ),
    (
        "PUT",
        "/pledges/{code}/publication",
        lambda _w: {"is_published": True},
        (401, 403, 403, 403, 200, 403, 403, 200),
    ),
    ("GET", "/calendars", None, STAFF_LIST),
    (
        "PUT",
        "/calendars/{code}",
        lambda _w: {**NAMES, "definition": HOURS},
        (401, 403, 403, 403, 200, 403, 403, 200),
    ),
    ("GET", "/mails", None, (401, 200, 403, 403, 403, 200, 200, 200)),
    ("POST", "/mails/{mail_id}/replays", None, (401, 201, 403, 403, 403, 201, 201, 201)),
    ("GET", "/mailboxes", None, (401, 403, 403, 403, 403, 403, 403, 200)),
    ("POST", "/mailboxes", lambda _w: BOX, ADMIN),
    ("PUT", "/mailboxes/{mailbox_id}", lambda _w: BOX, (401, 403, 403, 403, 403, 403, 403, 200)),
    ("GET", "/facts", None, (401, 403, 403, 200, 200, 403, 403, 200)),
]


@pytest.fixture
def world(house) -> World:
    return World(house)


@pytest.fixture
def callers(house) -> dict[str, Caller]:
    """One caller for each role, with every scope, so that the role alone decides."""
    elsewhere = Region.objects.create(code="west", name_zh="西部", name_en="West")
    grants = {
        "outsider": (Role.AGENT, {"department_id": house.other_department.pk, "region_id": elsewhere.pk}),
        "partner": (Role.PARTNER, {}),
        "analyst": (Role.ANALYST, {}),
    }
    callers = {
        "nobody": Caller(),
        "quality": caller_of(house.zhao),
        "agent": caller_of(house.chen),
        "leader": caller_of(house.zhou),
        "admin": caller_of(house.admin),
    }
    for name, (role, limits) in grants.items():
        staff = _another(house, name)
        grant_role(account=staff.account, role=role, **limits, by=SYSTEM, at=BEGINNING)
        callers[name] = caller_of(staff)
    return callers


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "template", "body", "statuses"), TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_each_role_gets_what_the_table_says(world, callers, method, template, body, statuses, role) -> None:
    caller, path = callers[role], world.path(template)

    if template == "/uploads":
        answer = caller.upload(path, file=SimpleUploadedFile("a.txt", b"x"))
    else:
        answer = caller.call(method, path, body(world) if body else None)

    assert answer.status_code == statuses[ROLES.index(role)], answer.content if not answer.streaming else ""
    if answer.status_code >= 400:
        assert sorted(answer.json()) == ["code", "data", "message"]
    elif role in {"outsider", "partner"} and method == "GET":
        assert world.case.reference not in answer.content.decode()
        assert "王丽" not in answer.content.decode()


def test_every_address_stands_in_the_table() -> None:
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }

    assert described == {(row[0], row[1]) for row in TABLE}


def _another(house, name: str):
    account = add_account(username=name, name=name, by=SYSTEM, at=BEGINNING)
    return Staff.objects.create(account=account, name=name, department=house.other_department, languages=["zh-hans"])


def test_customers_of_no_visible_region_are_not_listed(world, callers) -> None:
    assert Customer.objects.count() == 2
    assert callers["outsider"].get("/customers").json() == {"items": [], "next": None}
