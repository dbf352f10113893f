"""The pages of remedies: what may be given is said while typing, yes is one tap, nobody sees what is not theirs."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.access.actions import grant_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import BEGINNING, SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.customers.actions import add_identity
from yinuo.organisation.models import Staff
from yinuo.remedies.actions import deliver_remedy
from yinuo.remedies.models import Approval, AuthorityLimitVersion, Budget, Remedy, RemedyPolicy, RemedyState
from yinuo.remedies.queries.reading import room_of
from yinuo.remedies.rules import Figures, Verdict

from .authority import MONDAY, Authority, after, build_authority
from .authority import authority as authority  # noqa: PLC0414 - a fixture


def browser_of(staff: Staff) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(staff.account)
    return browser


def test_the_room_is_what_is_left_and_who_decides_above_it(house: House, authority: Authority) -> None:
    authority.refund(house.open(at=MONDAY), "150")
    case = house.open(at=MONDAY)

    def room(amount: str):
        chen = actor_of(house.chen)
        return room_of(case, kind="refund", amount=Decimal(amount), currency="CNY", actor=chen, at=MONDAY)

    assert room("0").left == Figures(Decimal(200), Decimal(450), Decimal(2850))
    assert (room("200").verdict, room("200").approver) == (Verdict.GRANTED, "")
    asked = room("201")
    assert (asked.verdict, asked.approver, asked.due_at) == (Verdict.NEEDS_APPROVAL, "周敏", after(2))


def test_what_may_be_given_is_said_in_the_form_and_while_typing(house: House, authority: Authority) -> None:
    case = house.open(at=timezone.now())
    chen = browser_of(house.chen)

    form = text_of(chen.get(f"/cases/{case.reference}/acts/grant-remedy"))
    typed = text_of(
        chen.get(f"/cases/{case.reference}/remedies/room", {"kind": "refund", "amount": "500", "currency": "CNY"})
    )

    assert "up to ¥200 on this case, ¥600 left today, ¥3,000 left this month" in form
    assert "This is above what you may give on one case. 周敏 decides" in typed


def test_a_remedy_is_granted_from_the_case_and_stands_beside_it(house: House, authority: Authority) -> None:
    case = house.open(at=timezone.now())
    chen = browser_of(house.chen)
    sent = {"kind": "refund", "amount": "80", "currency": "CNY", "reason": "defect", "words": "抱歉"}

    answer = chen.post(f"/cases/{case.reference}/acts/grant-remedy", sent)

    assert (answer.status_code, Remedy.objects.get().state) == (302, RemedyState.GRANTED)
    page = text_of(chen.get(f"/cases/{case.reference}"))
    assert "Refund ¥80" in page
    wrong = chen.post(f"/cases/{case.reference}/acts/grant-remedy", {**sent, "amount": ""})
    assert wrong.status_code == 422


def test_the_leader_decides_with_one_tap(house: House, authority: Authority) -> None:
    authority.refund(house.open(at=timezone.now()), "500", at=timezone.now(), note="客户等了三周")
    zhou, remedy = browser_of(house.zhou), Remedy.objects.get()

    page = text_of(zhou.get("/approvals"))
    answer = zhou.post(f"/remedies/{remedy.pk}/approval", {"back": "/approvals"})

    assert "Refund ¥500" in page
    assert "客户等了三周" in page
    assert (answer.status_code, answer.url) == (302, "/approvals")
    assert Remedy.objects.get().state == RemedyState.GRANTED
    assert "Nothing waits for you" in text_of(zhou.get("/approvals"))


def test_a_refusal_without_a_reason_says_what_is_missing(house: House, authority: Authority) -> None:
    authority.refund(house.open(at=timezone.now()), "500", at=timezone.now())
    remedy = Remedy.objects.get()

    answer = browser_of(house.zhou).post(f"/remedies/{remedy.pk}/refusal", {"said": ""})

    assert answer.status_code == 422
    assert "Write a reason in one sentence" in text_of(answer)
    assert browser_of(house.chen).post(f"/remedies/{remedy.pk}/approval").status_code == 403


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example"])
def test_an_act_leads_to_no_other_site(house: House, authority: Authority, back: str) -> None:
    authority.refund(house.open(at=timezone.now()), "500", at=timezone.now())
    remedy = Remedy.objects.get()

    answer = browser_of(house.zhou).post(f"/remedies/{remedy.pk}/approval", {"back": back})

    assert answer.url == f"/remedies/{remedy.pk}"


def test_who_may_not_see_the_case_sees_no_money(house: House, authority: Authority) -> None:
    remedy = authority.refund(house.open(at=MONDAY, owner=authority.sun), "20", by=authority.sun)
    house.chen.account.grants.update(department_id=house.other_department.pk)

    assert browser_of(house.chen).get(f"/remedies/{remedy.pk}").status_code == 404
    assert list(Remedy.objects.visible_to(Actor.customer(house.wang.pk))) == []


def test_pages_cost_as_many_statements_for_one_approval_as_for_three(
    house: House, authority: Authority, django_assert_max_num_queries
) -> None:
    zhou = browser_of(house.zhou)
    authority.refund(house.open(at=timezone.now()), "500", at=timezone.now())
    zhou.get("/approvals")
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(100) as counted:
            assert zhou.get("/approvals").status_code == 200
        counts.append(len(counted))
        for _n in range(2):
            authority.refund(house.open(at=timezone.now()), "500", at=timezone.now())

    assert Approval.objects.count() == 5
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_stands_in_its_field_as_browsers_read_it_in_every_language(house: House, language: str) -> None:
    admin = browser_of(house.admin)
    admin.cookies["django_language"] = language

    page = admin.get("/settings/authority").content.decode()

    days = re.findall(r'<input type="date"[^>]*value="([^"]*)"', page)
    assert days == [timezone.localdate().isoformat()] * 3


def test_the_administrator_sets_limits_policy_and_budgets(house: House, authority: Authority) -> None:
    admin = browser_of(house.admin)
    line = {
        "role": "agent",
        "level": 2,
        "kind": "voucher",
        "currency": "cny",
        "per_case": 100,
        "per_day": 300,
        "per_month": 900,
        "effective_on": "2026-12-01",
    }

    assert admin.post("/settings/authority/limits", line).status_code == 302
    assert admin.post("/settings/authority/limits", {**line, "per_day": 50}).status_code == 422
    policy = {"approval_minutes": 60, "two_from": "", "two_from_currency": "CNY", "effective_on": "2026-12-01"}
    assert admin.post("/settings/authority/policy", policy).status_code == 302
    budget = {"team": house.team.pk, "from_month": "2026-11-20", "amount": 900, "currency": "CNY", "over": "refuse"}
    assert admin.post("/settings/authority/budgets", budget).status_code == 302
    assert admin.post("/settings/authority/budgets", {**budget, "team": ""}).status_code == 422

    newest = AuthorityLimitVersion.objects.latest("pk")
    assert (newest.limit.kind, newest.limit.currency, newest.per_month) == ("voucher", "CNY", Decimal(900))
    assert RemedyPolicy.objects.latest("number").two_from is None
    assert str(Budget.objects.get().from_month) == "2026-11-01"
    assert "¥900" in text_of(admin.get("/settings/authority"))


def taken(answer) -> list[list[str]]:
    """Return the lines of a file that was taken, without its head."""
    words = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(words)))[1:]


@pytest.mark.django_db(transaction=True)
class TestLedger:
    def test_it_lists_what_was_given_and_leaves_as_a_file(self, house: House) -> None:
        authority = build_authority(house)
        cases = [house.open(at=timezone.now()) for _ in range(2)]
        for case, amount in zip(cases, ("80", "500"), strict=True):
            authority.refund(case, amount, at=timezone.now())
        zhao = browser_of(house.zhao)

        page = text_of(zhao.get("/remedies?state=granted"))
        lines = taken(zhao.post("/lists/remedies/exports", {"form": "csv", "query": "sort=amount"}))

        assert cases[0].reference in page
        assert cases[1].reference not in page
        # Chen may give 80; 500 waits for Zhou.
        assert [(line[1], line[3]) for line in lines] == [("80.00", "Granted"), ("500.00", "Waiting for approval")]

    def test_money_is_seen_and_taken_by_nobody_who_may_not_see_the_ledger(self, house: House) -> None:
        build_authority(house).refund(house.open(at=timezone.now()), "80", at=timezone.now())
        chen = browser_of(house.chen)

        assert chen.get("/remedies").status_code == 403
        assert chen.post("/lists/remedies/exports", {"form": "csv"}).status_code == 403
        assert '/remedies"' not in chen.get("/workbench").content.decode()

    def test_another_departments_leader_finds_and_takes_nothing(self, house: House) -> None:
        authority = build_authority(house)
        authority.refund(house.open(at=timezone.now()), "80", at=timezone.now())
        house.zhou.account.grants.all().delete()
        grant_role(
            account=house.zhou.account,
            role=Role.TEAM_LEADER,
            department_id=house.other_department.pk,
            by=SYSTEM,
            at=BEGINNING,
        )
        zhou = browser_of(house.zhou)

        assert "Nothing was given yet" in text_of(zhou.get("/remedies"))
        assert taken(zhou.post("/lists/remedies/exports", {"form": "csv"})) == []

    def test_no_personal_value_leaves_with_it(self, house: House) -> None:
        add_identity(customer=house.wang, kind="phone", value="13800006721", source="test", by=SYSTEM, at=MONDAY)
        remedy = build_authority(house).refund(house.open(at=timezone.now()), "80", at=timezone.now())
        deliver_remedy(remedy=remedy, evidence="打给 13800006721", by=actor_of(house.chen), at=timezone.now())
        every = "columns=remedy,amount,currency,state,reason,case,customer,asked_by,team,asked,granted"

        with CaptureQueriesContext(connection) as asked:
            lines = taken(browser_of(house.zhou).post("/lists/remedies/exports", {"form": "csv", "query": every}))

        assert "王丽" in lines[0]
        assert "13800006721" not in str(lines)
        assert not [q for q in asked if '"remedies_remedy"."evidence"' in q["sql"]]
        assert not [q for q in asked if '"customers_customer"."address"' in q["sql"]]

    def test_thirty_rows_ask_as_much_as_one(self, house: House) -> None:
        authority = build_authority(house)
        zhao = browser_of(house.zhao)
        case = house.open(at=timezone.now())
        authority.refund(case, "1", at=timezone.now())
        zhao.get("/remedies")

        with CaptureQueriesContext(connection) as one:
            zhao.get("/remedies")
        for _ in range(29):
            authority.refund(case, "1", at=timezone.now())
        with CaptureQueriesContext(connection) as thirty:
            page = zhao.get("/remedies").content.decode()

        assert page.count("data-list-item>") == 30
        assert len(thirty) == len(one)
