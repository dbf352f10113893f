"""Handing a case over. The numbers are those of docs/rules/handoff.md."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from yinuo.access.actions import add_account, grant_role
from yinuo.access.roles import Role
from yinuo.cases import rules
from yinuo.cases.actions import (
    accept_handoff,
    add_customer_message,
    break_due_promises,
    change_owner,
    close_case,
    decide_owner,
    offer_handoff,
    refuse_handoff,
    remind_of_decisions,
    set_handoff_limits,
    time_out_handoffs,
    withdraw_handoff,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Handoff, OwnerDecision, Ownership
from yinuo.cases.queries import queue_page
from yinuo.cases.queries.handoffs import receivers
from yinuo.cases.queries.wish import QueueWish
from yinuo.cases.telling_handoffs import tell_of_handoffs
from yinuo.foundation.calendars import BusinessCalendar
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.foundation.followers import known_followers
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound, Refusal
from yinuo.notifications.models import Notification
from yinuo.organisation.models import Presence, Staff, Team, TeamMembership

from .cast import BEGINNING, OFFICE_HOURS, SYSTEM, House, actor_of

MON = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai
MINUTE = timedelta(minutes=1)


def at(clock: str, day: int = 2) -> datetime:
    """Return an instant in the week of Monday 2 November 2026, by Shanghai's clock."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=UTC) - timedelta(hours=8)


def colleague(house: House, username: str, name: str, *, team: Team, leads: bool = False, role=Role.AGENT) -> Staff:
    account = add_account(
        username=username, name=name, email=f"{username}@henuan.example", password="x-9-x-9", by=SYSTEM, at=BEGINNING
    )
    grant_role(account=account, role=role, department_id=team.department_id, by=SYSTEM, at=BEGINNING)
    staff = Staff.objects.create(
        account=account, name=name, department=team.department, languages=["zh-hans"], presence=Presence.AVAILABLE
    )
    TeamMembership.objects.create(staff=staff, team=team, is_leader=leads)
    return staff


@pytest.fixture
def lin(house: House) -> Staff:
    """Lin of logistics, who may see cases of that department only."""
    return colleague(house, "lin", "林涛", team=house.other_team)


@pytest.fixture
def he(house: House) -> Staff:
    """He leads the coordination centre."""
    centre = Team.objects.create(
        code="centre", name_zh="协调中心", name_en="Coordination", department=house.department, is_coordination=True
    )
    return colleague(house, "he", "何静", team=centre, leads=True, role=Role.TEAM_LEADER)


def facts(case: Case) -> list[str]:
    rows = FactRow.objects.filter(case_id=case.pk).exclude(type__contains="promise").order_by("tx", "id")
    return [kind.partition(".")[2] for kind in rows.values_list("type", flat=True)][2:]


def give(case: Case, to: Staff, clock: str) -> None:
    """Let the owner offer the case and the other accept it, a minute later."""
    case.refresh_from_db()
    offer_handoff(case=case, to=to, reason="他更懂", by=actor_of(case.owner), at=at(clock))
    accept_handoff(case=case, by=actor_of(to), at=at(clock) + MINUTE)
    case.refresh_from_db()


def tell() -> None:
    """Let the follower hear everything, from the beginning: who was told once is not told again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact ORDER BY tx, id")
        found = [recorded(row) for row in cursor.fetchall()]
    types = next(one.types for one in known_followers() if one.name == "cases.tell_of_handoffs")
    tell_of_handoffs([fact for fact in found if fact.type in types])


@pytest.mark.parametrize(
    ("offered", "next_due", "by"),
    [
        ("09:30", "18:00", "10:00"),  # half an hour of open time
        ("11:45", "18:00", "13:15"),  # 15 minutes before noon, 15 after the break
        ("09:30", "10:10", "09:50"),  # half of the forty minutes that are left
        ("09:30", "09:30", "09:31"),  # nothing is left: a minute
    ],
)
def test_an_offer_waits_half_an_hour_of_open_time_but_leaves_half_of_what_is_left(offered, next_due, by) -> None:
    calendar = BusinessCalendar.from_json(OFFICE_HOURS)

    until = rules.answer_by(
        offered_at=at(offered), within=timedelta(minutes=30), calendar=calendar, next_due_at=at(next_due)
    )

    assert until == at(by)


@pytest.mark.parametrize(
    ("accepted", "offered", "had_it", "cause"),
    [
        (0, 0, False, None),
        (1, 2, False, None),
        (2, 2, False, "too_often"),
        (0, 3, False, "too_often"),
        (0, 0, True, "to_and_fro"),
    ],
)
def test_the_third_change_of_hands_the_fourth_offer_and_any_way_back_are_stopped(
    accepted, offered, had_it, cause
) -> None:
    limits = rules.Limits(timedelta(minutes=30), 2, 3, 14)

    assert rules.stopped_because(accepted=accepted, offered=offered, had_it=had_it, limits=limits) == cause


def test_until_somebody_says_yes_the_giver_stays_the_owner(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    due = case.next_due_at

    handoff = offer_handoff(case=case, to=lin, reason="要配送", by=actor_of(house.chen), at=at("09:30"))

    case.refresh_from_db()
    assert (case.owner, case.next_due_at, case.offered_until) == (house.chen, due, at("10:00"))
    assert (handoff.giver, handoff.to_staff, handoff.answer_by) == (house.chen, lin, at("10:00"))
    assert facts(case) == ["handoff_offered"]


def test_accepting_makes_the_owner_moves_the_case_to_their_team_and_keeps_every_promise(
    house: House, lin: Staff
) -> None:
    case = house.open(at=MON)
    promised = list(case.promises.order_by("pk").values_list("kind", "due_at", "is_live"))
    offer_handoff(case=case, to=lin, reason="要配送", by=actor_of(house.chen), at=at("09:30"))

    accept_handoff(case=case, by=actor_of(lin), at=at("09:40"))

    case.refresh_from_db()
    assert (case.owner, case.team, case.department) == (lin, house.other_team, house.other_department)
    assert (case.handoff_count, case.offered_until) == (1, None)
    assert list(case.promises.order_by("pk").values_list("kind", "due_at", "is_live")) == promised
    owners = Ownership.objects.filter(case=case).order_by("pk").values_list("owner__name", "until", "reason")
    assert list(owners) == [("陈晨", at("09:40"), "first contact"), ("林涛", None, "要配送")]
    assert facts(case) == ["handoff_offered", "handoff_accepted", "owner_changed"]


def test_a_team_s_offer_is_whoever_accepts_it_first(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    wu = colleague(house, "wu", "吴迪", team=house.other_team)
    offer_handoff(case=case, to=house.other_team, reason="要配送", by=actor_of(house.chen), at=at("09:30"))

    accept_handoff(case=case, by=actor_of(wu), at=at("09:31"))

    with pytest.raises((rules.NothingOffered, NotFound)):
        accept_handoff(case=case, by=actor_of(lin), at=at("09:32"))
    assert Case.objects.get().owner == wu


def test_a_refusal_needs_a_reason_and_leaves_the_case_where_it_was(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    offer_handoff(case=case, to=lin, reason="要配送", by=actor_of(house.chen), at=at("09:30"))

    with pytest.raises(rules.ReasonNeeded):
        refuse_handoff(case=case, reason="  ", by=actor_of(lin), at=at("09:31"))
    handoff = refuse_handoff(case=case, reason="不归配送", by=actor_of(lin), at=at("09:31"))

    case.refresh_from_db()
    assert (handoff.end, handoff.answer) == ("refused", "不归配送")
    assert (case.owner, case.offered_until, case.handoff_count) == (house.chen, None, 0)


def test_who_does_not_answer_is_away_and_the_case_stays(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    offer_handoff(case=case, to=lin, reason="要配送", by=actor_of(house.chen), at=at("09:30"))

    assert time_out_handoffs(at=at("10:00")) == 0  # the last instant is still in time
    assert time_out_handoffs(at=at("10:00") + timedelta(seconds=1)) == 1

    handoff, lin = Handoff.objects.get(), Staff.objects.get(pk=lin.pk)
    assert (handoff.end, handoff.ended_at, handoff.ended_by) == ("timed_out", at("10:00"), "system:clock")
    assert (Case.objects.get().owner, lin.presence) == (house.chen, Presence.AWAY)
    assert FactRow.objects.get(type="cases.handoff_timed_out").at == at("10:00")
    with pytest.raises((rules.NothingOffered, NotFound)):
        accept_handoff(case=case, by=actor_of(lin), at=at("10:01"))


def test_too_late_is_too_late_even_before_the_clock_has_noticed(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    offer_handoff(case=case, to=lin, reason="要配送", by=actor_of(house.chen), at=at("09:30"))

    with pytest.raises(rules.OfferTooLate):
        accept_handoff(case=case, by=actor_of(lin), at=at("10:01"))


def test_an_offer_is_one_at_a_time_and_only_the_owner_s_or_a_leader_s(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    wu = colleague(house, "wu", "吴迪", team=house.team)

    with pytest.raises(rules.NotYoursToOffer):
        offer_handoff(case=case, to=lin, reason="x", by=actor_of(wu), at=at("09:30"))
    with pytest.raises(rules.OfferedToOwner):
        offer_handoff(case=case, to=house.chen, reason="x", by=actor_of(house.chen), at=at("09:30"))
    with pytest.raises(rules.CannotTakeOver):
        offer_handoff(case=case, to=house.zhao, reason="x", by=actor_of(house.chen), at=at("09:30"))
    with pytest.raises(rules.CannotTakeOver):
        empty = Team.objects.create(code="e", name_zh="空", name_en="Empty", department=house.department)
        offer_handoff(case=case, to=empty, reason="x", by=actor_of(house.chen), at=at("09:30"))
    with pytest.raises(NotAllowed):
        offer_handoff(case=case, to=lin, reason="x", by=actor_of(house.zhao), at=at("09:30"))
    offer_handoff(case=case, to=lin, reason="x", by=actor_of(house.zhou), at=at("09:30"))
    with pytest.raises(rules.AlreadyOffered):
        offer_handoff(case=case, to=wu, reason="x", by=actor_of(house.chen), at=at("09:31"))
    with pytest.raises(rules.NotOfferedToYou):
        accept_handoff(case=case, by=actor_of(wu), at=at("09:31"))
    assert withdraw_handoff(case=case, by=actor_of(house.chen), at=at("09:32")).end == "withdrawn"


def test_who_is_offered_a_case_sees_it_until_the_offer_ends(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    other = house.open(at=MON)
    assert list(Case.objects.visible_to(actor_of(lin))) == []

    offer_handoff(case=case, to=house.other_team, reason="要配送", by=actor_of(house.chen), at=at("09:30"))
    assert list(Case.objects.visible_to(actor_of(lin))) == [case]
    page = queue_page(QueueWish(view="offered"), actor=actor_of(lin), at=at("09:31"))
    assert [row.case for row in page.rows] == [case]

    withdraw_handoff(case=case, by=actor_of(house.chen), at=at("09:32"))
    assert list(Case.objects.visible_to(actor_of(lin))) == []
    assert other not in Case.objects.visible_to(actor_of(lin))


def test_giving_it_back_goes_to_the_coordination_centre_at_once(house: House, lin: Staff, he: Staff) -> None:
    case = house.open(at=MON)
    due = case.next_due_at
    give(case, lin, "09:10")

    stopped = offer_handoff(case=case, to=house.chen, reason="是安装问题", by=actor_of(lin), at=at("09:20"))

    case.refresh_from_db()
    assert isinstance(stopped, OwnerDecision)
    assert (stopped.cause, stopped.question, stopped.is_open) == ("to_and_fro", "是安装问题", True)
    assert (case.owner, case.held_since, case.next_due_at) == (he, at("09:20"), due)
    assert facts(case)[-2:] == ["owner_changed", "case_held_for_decision"]


def test_to_the_team_it_came_from_is_a_way_back_too(house: House, lin: Staff, he: Staff) -> None:
    case = house.open(at=MON)
    give(case, lin, "09:10")

    stopped = offer_handoff(case=case, to=house.team, reason="x", by=actor_of(lin), at=at("09:20"))

    assert isinstance(stopped, OwnerDecision)


def test_the_third_handoff_and_the_fourth_offer_go_to_the_centre(house: House, lin: Staff, he: Staff) -> None:
    wu = colleague(house, "wu", "吴迪", team=house.team)
    yu = colleague(house, "yu", "于洋", team=house.team)
    case, other = house.open(at=MON), house.open(at=MON)
    give(case, lin, "09:10")
    give(case, wu, "09:20")
    for clock in ("09:10", "09:12", "09:14"):
        offer_handoff(case=other, to=lin, reason="x", by=actor_of(house.chen), at=at(clock))
        refuse_handoff(case=other, reason="x", by=actor_of(lin), at=at(clock) + MINUTE)

    third = offer_handoff(case=case, to=yu, reason="x", by=actor_of(wu), at=at("09:30"))
    fourth = offer_handoff(case=other, to=wu, reason="x", by=actor_of(house.chen), at=at("09:30"))

    assert (third.cause, fourth.cause) == ("too_often", "too_often")


def test_a_held_case_is_the_centre_s_to_give(house: House, lin: Staff, he: Staff) -> None:
    case = house.open(at=MON)
    give(case, lin, "09:10")
    offer_handoff(case=case, to=house.chen, reason="x", by=actor_of(lin), at=at("09:20"))

    with pytest.raises(rules.CaseIsHeld):
        change_owner(case=case, to=house.chen, reason="x", by=actor_of(house.zhou), at=at("09:25"))
    with pytest.raises(rules.CaseIsHeld):
        offer_handoff(case=case, to=lin, reason="x", by=actor_of(house.zhou), at=at("09:25"))
    with pytest.raises(rules.NotTheCentre):
        decide = {"case": case, "to": house.chen, "reason": "x", "review_on": date(2026, 11, 5)}
        decide_owner(**decide, by=actor_of(house.zhou), at=at("09:25"))
    with pytest.raises(rules.ReviewInThePast):
        decide_owner(**{**decide, "review_on": date(2026, 11, 1)}, by=actor_of(he), at=at("09:25"))

    decided = decide_owner(**{**decide, "reason": "先装后送"}, by=actor_of(he), at=at("09:30"))

    case.refresh_from_db()
    assert (case.owner, case.team, case.held_since) == (house.chen, house.team, None)
    assert (decided.owner, decided.reason, decided.review_at) == (house.chen, "先装后送", at("00:00", day=5))
    assert remind_of_decisions(at=at("23:59", day=4)) == 0
    assert remind_of_decisions(at=at("00:00", day=5)) == 1
    assert remind_of_decisions(at=at("00:01", day=5)) == 0


def test_all_of_the_centre_see_what_is_held_wherever_it_comes_from(house: House, lin: Staff, he: Staff) -> None:
    second = colleague(house, "jiang", "江河", team=Team.objects.get(is_coordination=True))
    stranger = colleague(house, "wu", "吴迪", team=house.team)
    case, other = house.open(at=MON), house.open(at=MON, owner=lin, team=house.other_team)
    give(case, lin, "09:10")
    assert list(Case.objects.visible_to(actor_of(second))) == []

    offer_handoff(case=case, to=house.chen, reason="x", by=actor_of(lin), at=at("09:20"))

    assert list(Case.objects.visible_to(actor_of(second))) == [case]
    assert list(Case.objects.visible_to(actor_of(stranger))) == []
    assert other.owner == lin


def test_without_a_centre_the_fallback_team_decides(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    give(case, lin, "09:10")

    offer_handoff(case=case, to=house.chen, reason="x", by=actor_of(lin), at=at("09:20"))

    case.refresh_from_db()
    assert case.owner == house.zhou  # who leads the fallback team
    decide_owner(case=case, to=lin, reason="x", review_on=date(2026, 11, 3), by=actor_of(house.zhou), at=at("09:25"))
    assert Case.objects.get().owner == lin


def test_a_leader_s_naming_counts_and_takes_an_open_offer_back(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    offer_handoff(case=case, to=lin, reason="x", by=actor_of(house.chen), at=at("09:30"))

    change_owner(case=case, to=house.zhou, reason="我来", by=actor_of(house.zhou), at=at("09:31"))

    case.refresh_from_db()
    assert (case.owner, case.handoff_count, case.offered_until) == (house.zhou, 1, None)
    assert Handoff.objects.get().end == "withdrawn"


def test_closing_ends_what_is_offered_or_held(house: House, lin: Staff, he: Staff) -> None:
    offered, held = house.open(at=MON), house.open(at=MON)
    offer_handoff(case=offered, to=lin, reason="x", by=actor_of(house.chen), at=at("09:30"))
    give(held, lin, "09:10")
    offer_handoff(case=held, to=house.chen, reason="x", by=actor_of(lin), at=at("09:20"))

    for case in (offered, held):
        close_case(case=case, outcome="solved", by=SYSTEM, at=at("09:40"))

    assert Handoff.objects.get(case=offered).end == "withdrawn"
    assert OwnerDecision.objects.get().is_open is False
    assert set(Case.objects.values_list("state", "offered_until", "held_since")) == {("solved", None, None)}


def test_the_database_itself_refuses_a_second_open_offer_and_an_offer_to_nobody(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    handoff = offer_handoff(case=case, to=lin, reason="x", by=actor_of(house.chen), at=at("09:30"))
    copied = {"case": case, "giver": house.chen, "reason": "x", "offered_at": MON, "answer_by": MON, "by": "x"}

    with pytest.raises(IntegrityError, match="one_open_handoff_of_a_case"), transaction.atomic():
        Handoff.objects.create(**copied, to_staff=lin, limits=handoff.limits)
    with pytest.raises(IntegrityError, match="offered_to_a_person_or_a_team"), transaction.atomic():
        Handoff.objects.create(**copied, is_open=False, ended_at=MON, end="withdrawn", limits=handoff.limits)


def test_new_limits_are_a_new_version_and_offers_keep_theirs(house: House, lin: Staff) -> None:
    first, second = house.open(at=MON), house.open(at=MON)
    before = offer_handoff(case=first, to=lin, reason="x", by=actor_of(house.chen), at=at("09:30"))

    limits = rules.Limits(timedelta(minutes=10), 1, 3, 14)
    set_handoff_limits(limits=limits, by=actor_of(house.zhao), at=at("09:31"))
    after = offer_handoff(case=second, to=lin, reason="x", by=actor_of(house.chen), at=at("09:40"))

    assert (before.limits.number, after.limits.number, after.answer_by) == (1, 2, at("09:50"))
    with pytest.raises(Refusal, match="at least"):
        set_handoff_limits(limits=rules.Limits(timedelta(), 1, 1, 1), by=actor_of(house.zhao), at=at("09:41"))
    with pytest.raises(NotAllowed):
        set_handoff_limits(limits=limits, by=actor_of(house.chen), at=at("09:41"))


def test_receivers_come_with_load_and_presence_and_are_found_by_name(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    house.open(at=MON, owner=lin)

    found = receivers(case, words="", actor=actor_of(house.chen))
    assert [(one.name, one.load) for one in found if one.is_team] == [(str(house.team), 2), (str(house.other_team), 0)]
    assert [one.name for one in found if not one.is_team] == ["周敏", "林涛", "管理员"]
    assert [(one.name, one.load, one.presence) for one in receivers(case, words="lin", actor=actor_of(house.chen))] == [
        ("林涛", 1, "available")
    ]
    assert [one.key for one in receivers(case, words="配送", actor=actor_of(house.chen))] == [
        f"team-{house.other_team.pk}"
    ]


def test_receiver_giver_and_leaders_are_told(house: House, lin: Staff, he: Staff) -> None:
    case = house.open(at=MON)
    offer_handoff(case=case, to=lin, reason="x", by=actor_of(house.chen), at=at("09:10"))
    time_out_handoffs(at=at("10:05"))
    tell()
    give(case, lin, "10:10")
    offer_handoff(case=case, to=house.chen, reason="x", by=actor_of(lin), at=at("10:20"))

    tell()

    told = set(Notification.objects.values_list("staff__name", "kind"))
    assert told == {
        ("林涛", "cases.handoff_offered"),
        ("陈晨", "cases.handoff_came_back"),
        ("周敏", "cases.team_handoff_unanswered"),
        ("陈晨", "cases.handoff_accepted"),
        ("何静", "cases.held_for_decision"),
    }


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_one_owner_and_one_answer(house: House, lin: Staff, he: Staff) -> None:
    wu = colleague(house, "wu", "吴迪", team=house.other_team)
    cases = [house.open(at=MON) for _ in range(6)]
    for case in cases:
        offer_handoff(case=case, to=house.other_team, reason="x", by=actor_of(house.chen), at=at("09:30"))
    people = {
        name: actor_of(one) for name, one in (("lin", lin), ("wu", wu), ("chen", house.chen), ("zhou", house.zhou))
    }
    late, soon = at("10:01"), at("09:40")
    acts = [
        lambda case: accept_handoff(case=case, by=people["lin"], at=soon),
        lambda case: accept_handoff(case=case, by=people["wu"], at=soon),
        lambda case: refuse_handoff(case=case, reason="x", by=people["lin"], at=soon),
        lambda case: withdraw_handoff(case=case, by=people["chen"], at=soon),
        lambda _case: time_out_handoffs(at=late),
        lambda case: change_owner(case=case, to=house.zhou, reason="x", by=people["zhou"], at=soon),
        lambda case: add_customer_message(case=case, said=Said("?", soon), channel="mail", by=SYSTEM, at=soon),
        lambda _case: break_due_promises(at=late),
    ]
    faults: list[BaseException] = []
    barrier = Barrier(len(acts))

    def work(act) -> None:
        try:
            for case in cases:
                barrier.wait(30)
                try:
                    act(case)
                except Refusal:
                    continue
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)
            barrier.abort()
        finally:
            connection.close()

    workers = [Thread(target=work, args=(act,)) for act in acts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert faults == []
    for case in Case.objects.all():
        changes = Ownership.objects.filter(case=case).count() - 1
        assert Ownership.objects.get(case=case, until=None).owner_id == case.owner_id
        assert (case.handoff_count, case.offered_until) == (changes, None)
        assert [one.is_open for one in case.handoffs.all()] == [False]
        accepted = FactRow.objects.filter(case_id=case.pk, type="cases.handoff_accepted").count()
        assert accepted == case.handoffs.filter(end="accepted").count() <= 1
        assert case.message_count == 2
