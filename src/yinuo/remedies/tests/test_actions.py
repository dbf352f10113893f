"""Giving, asking, deciding, taking back: what the rows, the ledger, the facts and the customer's messages say then."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import Sum

from yinuo.cases.actions import close_case
from yinuo.cases.models import Message, MessageKind
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.foundation.facts import COLUMNS, RecordedFact, recorded
from yinuo.foundation.followers import known_followers
from yinuo.foundation.refusals import NotAllowed, NotFound, Refusal
from yinuo.notifications.models import Notification
from yinuo.organisation.models import Presence, Staff
from yinuo.remedies import rules
from yinuo.remedies.actions import (
    LimitOf,
    Wish,
    approve_remedy,
    ask_again,
    deliver_remedy,
    escalate_due_approvals,
    grant_remedy,
    refuse_remedy,
    reverse_remedy,
    send_back_remedy,
    set_budget,
    set_limit,
    warn_of_due_approvals,
    withdraw_remedy,
)
from yinuo.remedies.actions.configuring import DateTooEarly, LimitDoesNotFit
from yinuo.remedies.models import Approval, BudgetWarning, LedgerEntry, Remedy, RemedyState
from yinuo.remedies.reactions import tell_staff

from .authority import MONDAY, Authority, after, build_authority, figures
from .authority import authority as authority  # noqa: PLC0414 - a fixture


def facts_of(case) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type FROM foundation_fact WHERE case_id = %s AND type LIKE 'remedies.%%' ORDER BY id", [case.pk]
        )
        return [row[0].partition(".")[2] for row in cursor.fetchall()]


def facts_told_of() -> list[RecordedFact]:
    types = next(one.types for one in known_followers() if one.name == "remedies.tell_staff")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact WHERE type = ANY(%s) ORDER BY tx, id", [list(types)])
        return [recorded(row) for row in cursor.fetchall()]


def notices_to(case) -> list[str]:
    return list(
        Message.objects.filter(case=case, kind=MessageKind.NOTICE).order_by("id").values_list("text", flat=True)
    )


def test_within_the_own_limit_the_customer_has_it_at_once_and_reads_so(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)

    remedy = authority.refund(case, "200", words="给您添麻烦了。")

    remedy.refresh_from_db()
    assert (remedy.state, remedy.granted_on, remedy.why) == (RemedyState.GRANTED, date(2026, 11, 2), "within")
    assert [(one.staff, one.limit_version.per_case) for one in remedy.authorisations.all()] == [
        (house.chen, Decimal(200))
    ]
    assert [(one.way, one.amount, one.currency) for one in LedgerEntry.objects.all()] == [
        ("granted", Decimal(200), "CNY")
    ]
    assert facts_of(case) == ["remedy_granted"]
    assert notices_to(case) == ["王丽，您好：\n\n我们有失周到，现为您退款 200 CNY。\n\n给您添麻烦了。"]


def test_the_notice_is_in_the_language_of_the_case(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY, language="en")

    authority.refund(case, "1.50")

    assert notices_to(case) == ["Hello 王丽,\n\nwe fell short, and refund you 1.50 CNY."]


def test_a_notice_of_a_remedy_answers_nobody(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)

    authority.refund(case, "10")

    case.refresh_from_db()
    assert (case.answered_at, case.unanswered_since) == (None, MONDAY)


def test_above_the_limit_the_leader_is_asked_within_two_open_hours_and_the_customer_hears_nothing(
    house: House, authority: Authority
) -> None:
    case = house.open(at=MONDAY)

    remedy = authority.refund(case, "500", at=after(2))

    approval = Approval.objects.get()
    # Monday 11:00, one hour until the break at noon, one from 13:00.
    assert (approval.approver, approval.due_at) == (house.zhou, after(5))
    assert (remedy.state, remedy.why) == (RemedyState.ASKED, "above_case")
    assert (facts_of(case), notices_to(case)) == (["remedy_asked", "approval_asked"], [])
    assert LedgerEntry.objects.count() == 0


def test_approved_it_is_granted_by_the_authority_of_the_leader(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    remedy = authority.refund(case, "500")

    approve_remedy(remedy=remedy, by=actor_of(house.zhou), at=after(1))

    remedy.refresh_from_db()
    assert (remedy.state, remedy.granted_at) == (RemedyState.GRANTED, after(1))
    assert [one.staff for one in remedy.authorisations.all()] == [house.zhou]
    assert facts_of(case) == ["remedy_asked", "approval_asked", "approval_given", "remedy_granted"]
    assert len(notices_to(case)) == 1


def test_nobody_approves_what_they_asked_for(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    remedy = authority.refund(case, "1200", by=house.zhou)

    assert Approval.objects.get().approver == house.admin
    with pytest.raises(rules.NoSelfApproval):
        approve_remedy(remedy=remedy, by=actor_of(house.zhou), at=after(1))


def test_an_approver_needs_authority_of_their_own(house: House, authority: Authority) -> None:
    remedy = authority.refund(house.open(at=MONDAY), "1200")

    assert Approval.objects.get().approver == house.admin
    with pytest.raises(rules.AuthorityTooSmall):
        approve_remedy(remedy=remedy, by=actor_of(house.zhou), at=after(1))
    with pytest.raises(NotAllowed):
        approve_remedy(remedy=remedy, by=actor_of(authority.sun), at=after(1))


def test_from_three_thousand_on_two_different_people_approve(house: House, authority: Authority) -> None:
    set_limit(
        of=LimitOf("team_leader", "refund", "CNY"),
        figures=figures(8000, 8000, 20000),
        effective_on=MONDAY.date(),
        by=SYSTEM,
        at=MONDAY,
    )
    case = house.open(at=MONDAY)
    remedy = authority.refund(case, "3000")

    approve_remedy(remedy=remedy, by=actor_of(house.zhou), at=after(1))
    with pytest.raises(rules.NoSelfApproval):
        approve_remedy(remedy=remedy, by=actor_of(house.zhou), at=after(1, 1))
    remedy.refresh_from_db()
    assert (remedy.state, Approval.objects.get(is_live=True).approver) == (RemedyState.ASKED, authority.wu)
    approve_remedy(remedy=remedy, by=actor_of(authority.wu), at=after(1, 2))

    remedy.refresh_from_db()
    assert remedy.state == RemedyState.GRANTED
    assert {one.staff for one in remedy.authorisations.all()} == {house.zhou, authority.wu}
    assert LedgerEntry.objects.aggregate(total=Sum("amount"))["total"] == Decimal(3000)


def test_a_refusal_says_why_and_ends_it(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    remedy = authority.refund(case, "500")

    with pytest.raises(rules.ReasonMissing):
        refuse_remedy(remedy=remedy, reason=" ", by=actor_of(house.zhou), at=after(1))
    refuse_remedy(remedy=remedy, reason="换新更合适", by=actor_of(house.zhou), at=after(1))

    remedy.refresh_from_db()
    assert (remedy.state, remedy.end_reason) == (RemedyState.REFUSED, "换新更合适")
    assert notices_to(case) == []
    with pytest.raises(rules.NotOpenForThis):
        approve_remedy(remedy=remedy, by=actor_of(authority.wu), at=after(1))


def test_sent_back_it_is_asked_again_for_less_and_granted_at_once(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    remedy = authority.refund(case, "500")

    send_back_remedy(remedy=remedy, reason="200 就够了", by=actor_of(house.zhou), at=after(1))
    ask_again(
        remedy=remedy,
        wish=Wish(kind="refund", reason="defect", amount=Decimal(200)),
        by=actor_of(house.chen),
        at=after(1, 5),
    )

    remedy.refresh_from_db()
    assert (remedy.state, remedy.amount) == (RemedyState.GRANTED, Decimal(200))


def test_what_was_asked_for_can_be_let_go(house: House, authority: Authority) -> None:
    remedy = authority.refund(house.open(at=MONDAY), "500")

    withdraw_remedy(remedy=remedy, by=actor_of(house.chen), at=after(1))

    remedy.refresh_from_db()
    assert (remedy.state, Approval.objects.get().end) == (RemedyState.WITHDRAWN, "withdrawn")


def test_reversed_it_stays_in_the_ledger_with_a_row_that_brings_it_back(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    remedy = authority.refund(case, "200")
    with pytest.raises(NotAllowed):
        reverse_remedy(remedy=remedy, reason="重复", by=actor_of(house.chen), at=after(1))

    reverse_remedy(remedy=remedy, reason="重复", by=actor_of(house.zhou), at=after(1))

    assert [(one.way, one.amount) for one in LedgerEntry.objects.order_by("id")] == [
        ("granted", Decimal(200)),
        ("reversed", Decimal(-200)),
    ]
    assert len(notices_to(case)) == 2
    # What came back is free again.
    assert authority.refund(case, "200", at=after(2)).state == RemedyState.GRANTED


def test_delivered_means_with_evidence(house: House, authority: Authority) -> None:
    remedy = authority.refund(house.open(at=MONDAY), "20")

    with pytest.raises(rules.ReasonMissing):
        deliver_remedy(remedy=remedy, evidence="", by=actor_of(house.chen), at=after(1))
    deliver_remedy(remedy=remedy, evidence="支付单 4711", by=actor_of(house.chen), at=after(1))

    remedy.refresh_from_db()
    assert (remedy.state, remedy.evidence) == (RemedyState.DELIVERED, "支付单 4711")


def test_the_day_and_the_month_are_counted_for_the_person_and_the_case_for_everybody(
    house: House, authority: Authority
) -> None:
    shared = house.open(at=MONDAY)
    authority.refund(shared, "150", by=authority.sun)

    assert authority.refund(shared, "51").state == RemedyState.ASKED  # 150 + 51 = 201 on the case
    for _n in range(3):
        assert authority.refund(house.open(at=MONDAY), "200").state == RemedyState.GRANTED  # 600 today
    assert authority.refund(house.open(at=MONDAY), "1").why == "above_day"
    assert authority.refund(house.open(at=MONDAY), "1", at=after(24)).state == RemedyState.GRANTED


def test_a_kind_without_an_amount_is_counted(house: House, authority: Authority) -> None:
    visit = Wish(kind="free_visit", reason="trouble")
    case = house.open(at=MONDAY)

    grant_remedy(case=case, wish=visit, by=actor_of(house.chen), at=MONDAY)

    with pytest.raises(rules.RemedyRefused):  # a second on the case; no leader has a line for visits
        grant_remedy(case=case, wish=visit, by=actor_of(house.chen), at=MONDAY)
    with pytest.raises(rules.AmountMissing):
        grant_remedy(case=case, wish=replace(visit, amount=Decimal(5)), by=actor_of(house.chen), at=MONDAY)
    with pytest.raises(rules.AmountMissing):
        grant_remedy(case=case, wish=Wish(kind="refund", reason="defect"), by=actor_of(house.chen), at=MONDAY)


def test_a_limit_of_tomorrow_does_not_hold_today(house: House, authority: Authority) -> None:
    line = LimitOf("agent", "refund", "CNY")
    set_limit(of=line, figures=figures(0, 0, 0), effective_on=date(2026, 11, 3), by=SYSTEM, at=MONDAY)

    assert authority.refund(house.open(at=MONDAY), "200").state == RemedyState.GRANTED
    assert authority.refund(house.open(at=MONDAY), "1", at=after(24)).why == "above_case"
    with pytest.raises(DateTooEarly):
        set_limit(of=line, figures=figures(1, 1, 1), effective_on=MONDAY.date(), by=SYSTEM, at=MONDAY)
    with pytest.raises(LimitDoesNotFit):
        set_limit(of=line, figures=figures(9, 1, 1), effective_on=date(2026, 12, 1), by=SYSTEM, at=MONDAY)


def test_who_may_not_know_of_the_case_or_not_grant_is_refused(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    with pytest.raises(NotAllowed):
        authority.refund(case, "1", by=house.zhao)

    house.chen.account.grants.update(department_id=house.other_department.pk)
    other = house.open(at=MONDAY, owner=authority.sun)
    with pytest.raises(NotFound):
        authority.refund(other, "1")
    remedy = authority.refund(other, "500", by=authority.sun)
    assert list(Remedy.objects.visible_to(actor_of(house.chen))) == []
    with pytest.raises(NotFound):
        withdraw_remedy(remedy=remedy, by=actor_of(house.chen), at=after(1))


def test_an_approver_is_warned_after_three_quarters_and_followed_by_the_next(
    house: House, authority: Authority
) -> None:
    case = house.open(at=MONDAY)
    authority.refund(case, "500")

    assert warn_of_due_approvals(at=after(1, 29)) == 0
    assert warn_of_due_approvals(at=after(1, 30)) == 1
    assert escalate_due_approvals(at=after(2)) == 0  # the due instant itself is in time
    assert escalate_due_approvals(at=after(2, 1)) == 1

    assert [one.end for one in Approval.objects.order_by("id")] == ["escalated", ""]
    assert Approval.objects.get(is_live=True).approver == authority.wu
    assert facts_of(case)[2:] == ["approval_soon_due", "approval_escalated", "approval_asked"]


def test_whoever_is_away_is_asked_last_of_the_rung(house: House, authority: Authority) -> None:
    Staff.objects.filter(pk=house.zhou.pk).update(presence=Presence.OFFLINE)
    house.team.memberships.filter(staff=authority.wu).update(is_leader=True)

    authority.refund(house.open(at=MONDAY), "500")

    assert Approval.objects.get().approver == authority.wu


def test_approvers_and_askers_are_told_and_nobody_twice(house: House, authority: Authority) -> None:
    remedy = authority.refund(house.open(at=MONDAY), "500")
    approve_remedy(remedy=remedy, by=actor_of(house.zhou), at=after(1))

    for _again in range(2):
        tell_staff(facts_told_of())

    told = Notification.objects.values_list("staff__name", "kind", "count")
    assert sorted(told) == [("周敏", "remedies.approval_asked", 1), ("陈晨", "remedies.decided", 1)]


def test_a_budget_warns_once_at_four_fifths_and_refuses_beyond_its_end(house: House, authority: Authority) -> None:
    set_budget(team=house.team, from_month=MONDAY.date(), amount=Decimal(500), over="refuse", by=SYSTEM, at=MONDAY)
    authority.refund(house.open(at=MONDAY), "200")
    assert BudgetWarning.objects.count() == 0
    authority.refund(house.open(at=MONDAY), "200")  # 400 of 500
    assert BudgetWarning.objects.count() == 1
    authority.refund(house.open(at=MONDAY), "100")

    with pytest.raises(rules.RemedyRefused) as refusal:
        authority.refund(house.open(at=MONDAY), "1", by=authority.sun)
    assert refusal.value.details == {"why": "budget_ends_it"}
    assert BudgetWarning.objects.count() == 1
    # December has a budget of its own.
    assert authority.refund(house.open(at=MONDAY), "1", by=authority.sun, at=after(24 * 30)).state == "granted"


def test_a_remedy_can_be_given_after_the_case_was_closed(house: House, authority: Authority) -> None:
    case = house.open(at=MONDAY)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=after(1))

    assert authority.refund(case, "20", at=after(2)).state == RemedyState.GRANTED


@pytest.mark.django_db(transaction=True)
def test_two_who_grant_at_the_same_time_cannot_overspend_a_limit(house: House) -> None:
    authority = build_authority(house)
    set_limit(
        of=LimitOf("agent", "refund", "CNY"),
        figures=figures(200, 200, 3000),
        effective_on=MONDAY.date(),
        by=SYSTEM,
        at=MONDAY,
    )
    shared, other = house.open(at=MONDAY), house.open(at=MONDAY)
    # Chen twice on two cases: 200 a day. Chen and Sun on one case: 200 a case.
    together([(authority, shared, house.chen), (authority, other, house.chen), (authority, shared, authority.sun)])

    given = Remedy.objects.filter(state="granted")
    assert given.filter(asked_by=house.chen).aggregate(total=Sum("amount"))["total"] in (None, Decimal(150))
    assert given.filter(case=shared).aggregate(total=Sum("amount"))["total"] in (None, Decimal(150))
    assert sorted(Remedy.objects.values_list("state", flat=True)).count("asked") >= 1
    assert Remedy.objects.count() == 3


def together(grants) -> None:
    start, faults = Barrier(len(grants)), []

    def grant(authority, case, staff) -> None:
        try:
            start.wait()
            authority.refund(case, "150", by=staff)
        except Refusal as refusal:
            faults.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=grant, args=one) for one in grants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
