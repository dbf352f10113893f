"""Tasks asked of others under a case. The numbers are those of docs/rules/tasks.md."""

import pytest
from django.db import connection

from yinuo.access.actions import grant_role
from yinuo.access.models import RoleGrant
from yinuo.access.roles import Role
from yinuo.cases import rules
from yinuo.cases.actions import (
    add_note,
    answer_task,
    ask_task,
    break_due_promises,
    close_case,
    merge_cases,
    offer_handoff,
    refuse_task,
    reply,
    take_task,
    undo_merge,
    warn_of_due_promises,
    withdraw_task,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Message, Promise, Task
from yinuo.cases.queries import queue_page
from yinuo.cases.queries.tasks import task_of, task_page
from yinuo.cases.queries.wish import QueueWish
from yinuo.cases.telling_tasks import tell_of_tasks
from yinuo.customers.models import Customer
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.foundation.followers import known_followers
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.notifications.models import Notification
from yinuo.organisation.models import Region, Staff, Team

from .cast import BEGINNING, SYSTEM, House, actor_of
from .test_handoffs import MON, at, colleague


@pytest.fixture
def lin(house: House) -> Staff:
    """Lin of logistics, who may see cases of that department only."""
    return colleague(house, "lin", "林涛", team=house.other_team)


@pytest.fixture
def task(house: House, lin: Staff) -> Task:
    """Chen asks logistics on Monday at 10:00 for a delivery date."""
    case = house.open(at=MON)
    return ask_task(case=case, to=house.other_team, needed="哪天送到?", by=actor_of(house.chen), at=at("10:00"))


def tell() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact ORDER BY tx, id")
        found = [recorded(row) for row in cursor.fetchall()]
    types = next(one.types for one in known_followers() if one.name == "cases.tell_of_tasks")
    tell_of_tasks([fact for fact in found if fact.type in types])
    return set(Notification.objects.filter(kind__startswith="cases.task").values_list("staff__name", "kind"))


def test_a_task_gives_the_owner_a_time_and_leaves_the_customer_s_alone(house: House, task: Task) -> None:
    case = Case.objects.get()

    # A day of the office, eight open hours: two until noon, five in the afternoon, one on Tuesday.
    assert task.due_at == at("10:00", day=3)
    promise = Promise.objects.get(task=task)
    assert (promise.kind, promise.due_at, promise.is_live) == ("task", task.due_at, True)
    assert (case.owner, case.next_due_at, case.blocking_task_count) == (house.chen, at("11:00"), 1)
    page = queue_page(QueueWish(view="tasks"), actor=actor_of(house.chen), at=at("10:01"))
    assert [row.case for row in page.rows] == [case]


def test_an_answer_is_a_note_keeps_the_promise_and_tells_the_owner(house: House, lin: Staff, task: Task) -> None:
    take_task(task=task, to=lin, by=actor_of(lin), at=at("10:10"))

    answer_task(task=task, text="周三上午", by=actor_of(lin), at=at("10:30"))

    done = Task.objects.get()
    assert (done.end, done.answer, done.assignee, done.note.kind) == ("done", "周三上午", lin, "note")
    assert Promise.objects.get(task=task).end == "kept"
    assert Case.objects.get().blocking_task_count == 0
    assert ("陈晨", "cases.task_done") in tell()
    with pytest.raises((rules.TaskIsOver, NotFound)):
        answer_task(task=task, text="again", by=actor_of(lin), at=at("10:31"))


def test_a_refusal_needs_a_reason_and_comes_back_to_the_owner(house: House, lin: Staff, task: Task) -> None:
    with pytest.raises(rules.ReasonNeeded):
        refuse_task(task=task, reason=" ", by=actor_of(lin), at=at("10:30"))

    refuse_task(task=task, reason="不是我们送", by=actor_of(lin), at=at("10:30"))

    assert Promise.objects.get(task=task).end == "withdrawn"
    assert ("陈晨", "cases.task_refused") in tell()
    assert Case.objects.get().owner == house.chen


def test_a_late_task_is_broken_at_its_instant_and_can_still_be_answered(house: House, lin: Staff, task: Task) -> None:
    leader = colleague(house, "fang", "方圆", team=house.other_team, leads=True)
    take_task(task=task, to=lin, by=actor_of(lin), at=at("10:10"))
    warn_of_due_promises(at=at("09:30", day=3))
    break_due_promises(at=at("10:01", day=3))

    promise = Promise.objects.get(task=task)
    assert (promise.end, promise.ended_at) == ("broken", at("10:00", day=3))
    assert {("林涛", "cases.task_late"), (leader.name, "cases.task_late")} <= tell()
    answer_task(task=task, text="周四", by=actor_of(lin), at=at("11:00", day=3))
    assert Promise.objects.get(task=task).end == "broken"


def test_who_is_asked_reads_the_case_while_the_task_is_open_and_no_longer(house: House, lin: Staff, task: Task) -> None:
    other = house.open(at=MON)
    assert list(Case.objects.visible_to(actor_of(lin))) == [task.case]
    assert list(Case.objects.workable_by(actor_of(lin))) == []

    answer_task(task=task, text="周三", by=actor_of(lin), at=at("10:30"))

    assert list(Case.objects.visible_to(actor_of(lin))) == []
    assert task_of(task.pk, actor=actor_of(lin)).answer == "周三"  # their own work stays theirs to read
    assert other.pk


def test_who_is_asked_writes_notes_and_nothing_to_the_customer(house: House, lin: Staff, task: Task) -> None:
    case, by = Case.objects.get(), actor_of(lin)
    said = Said("您好", at("10:20"))

    with pytest.raises(rules.OnlyForTask):
        reply(case=case, said=said, by=by, at=at("10:20"))
    with pytest.raises(rules.OnlyForTask):
        close_case(case=case, outcome="solved", by=by, at=at("10:20"))
    with pytest.raises(rules.OnlyForTask):
        ask_task(case=case, to=house.team, needed="x", by=by, at=at("10:20"))
    with pytest.raises(rules.OnlyForTask):
        offer_handoff(case=case, to=lin, reason="x", by=by, at=at("10:20"))
    assert add_note(case=case, said=said, by=by, at=at("10:20")).kind == "note"
    assert not Message.objects.filter(kind="reply").exists()


def test_a_stranger_neither_sees_nor_answers_nor_takes_it(house: House, task: Task) -> None:
    wu = colleague(
        house,
        "wu",
        "吴迪",
        team=Team.objects.create(code="store", name_zh="门店", name_en="Store", department=house.other_department),
    )
    RoleGrant.objects.filter(account=wu.account).update(region_id=house.region.pk, tier="gold")
    stranger = actor_of(Staff.objects.get(pk=wu.pk))

    with pytest.raises(NotFound):
        task_of(task.pk, actor=stranger)
    for act in (
        lambda: answer_task(task=task, text="x", by=stranger, at=at("10:20")),
        lambda: refuse_task(task=task, reason="x", by=stranger, at=at("10:20")),
        lambda: withdraw_task(task=task, by=stranger, at=at("10:20")),
        lambda: take_task(task=task, to=wu, by=stranger, at=at("10:20")),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotAllowed):
        ask_task(case=task.case, to=house.team, needed="x", by=actor_of(house.zhao), at=at("10:20"))
    with pytest.raises(rules.NotYourTask):
        answer_task(task=task, text="x", by=actor_of(house.zhou), at=at("10:20"))


def test_a_blocking_task_keeps_the_case_open_unless_it_is_taken_back_with_the_closing(
    house: House, lin: Staff, task: Task
) -> None:
    case = Case.objects.get()

    with pytest.raises(rules.TasksStillOpen) as refused:
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=at("10:30"))
    assert refused.value.details == {"count": 1, "names": str(house.other_team)}
    close_case(case=case, outcome="solved", withdraw_tasks=True, by=actor_of(house.chen), at=at("10:30"))

    case.refresh_from_db()
    assert (case.state, case.blocking_task_count, Task.objects.get().end) == ("solved", 0, "withdrawn")
    assert Promise.objects.get(task=task).end == "withdrawn"


def test_a_task_that_does_not_block_goes_with_the_case(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    ask_task(case=case, to=lin, needed="以后注意", is_blocking=False, by=actor_of(house.chen), at=at("10:00"))

    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=at("10:30"))

    assert Task.objects.get().end == "withdrawn"


def test_tasks_go_along_when_their_case_is_merged_and_come_back_when_that_is_undone(
    house: House, lin: Staff, task: Task
) -> None:
    source, target = task.case, house.open(at=MON)

    merge = merge_cases(source=source, target=target, reason="同一件事", by=actor_of(house.chen), at=at("10:10"))

    task.refresh_from_db()
    source.refresh_from_db()
    target.refresh_from_db()
    assert (task.case, source.blocking_task_count, target.blocking_task_count) == (target, 0, 1)
    assert Promise.objects.get(task=task, is_live=True).case == target
    undo_merge(merge=merge, by=actor_of(house.chen), at=at("10:20"))
    answer_task(task=task, text="周三", by=actor_of(lin), at=at("10:30"))
    source.refresh_from_db()
    assert (Task.objects.get().case, source.blocking_task_count) == (source, 0)
    assert not Promise.objects.filter(task=task, is_live=True).exists()


def test_only_people_of_the_team_do_it_and_its_leader_says_who(house: House, lin: Staff, task: Task) -> None:
    leader = colleague(house, "fang", "方圆", team=house.other_team, leads=True)

    with pytest.raises(rules.NotYourTask):
        take_task(task=task, to=leader, by=actor_of(lin), at=at("10:10"))
    with pytest.raises(rules.NotInTaskTeam):
        take_task(task=task, to=house.chen, by=actor_of(leader), at=at("10:10"))
    assert take_task(task=task, to=lin, by=actor_of(leader), at=at("10:10")).assignee == lin


def test_one_case_runs_across_regions_and_each_sees_what_its_scope_allows(house: House, lin: Staff) -> None:
    south = Region.objects.create(code="south", name_zh="华南", name_en="South")
    liu = Customer.objects.create(name="刘洋", tier="standard", region=south, created_at=BEGINNING)
    southern = colleague(house, "nan", "南方", team=house.team)
    RoleGrant.objects.filter(account=southern.account).delete()
    grant_role(account=southern.account, role=Role.AGENT, region_id=south.pk, by=SYSTEM, at=BEGINNING)
    eastern = colleague(house, "dong", "东方", team=house.other_team)
    RoleGrant.objects.filter(account=eastern.account).delete()
    grant_role(account=eastern.account, role=Role.AGENT, region_id=house.region.pk, by=SYSTEM, at=BEGINNING)
    case, elsewhere = house.open(at=MON, customer=liu, owner=southern), house.open(at=MON)
    south_actor = actor_of(Staff.objects.get(pk=southern.pk))
    east_actor = actor_of(Staff.objects.get(pk=eastern.pk))
    assert list(Case.objects.visible_to(south_actor)) == [case]
    assert list(Case.objects.visible_to(east_actor)) == [elsewhere]

    ask_task(case=case, to=eastern, needed="上海仓有货吗?", by=south_actor, at=at("10:00"))

    assert set(Case.objects.visible_to(east_actor)) == {case, elsewhere}
    assert list(Case.objects.workable_by(east_actor)) == [elsewhere]
    assert Case.objects.get(pk=case.pk).region == south


def test_the_list_goes_by_due_time_and_pages_without_gaps(house: House, lin: Staff) -> None:
    case = house.open(at=MON)
    for number in range(30):
        ask_task(
            case=case,
            to=house.other_team,
            needed=f"{number}",
            due_at=at(f"1{number % 5}:00", day=3),
            by=actor_of(house.chen),
            at=at("10:00"),
        )

    first = task_page("us", actor=actor_of(lin), at=at("10:00"))
    second = task_page("us", after=first.older_key, actor=actor_of(lin), at=at("10:00"))

    rows = [*first.rows, *second.rows]
    assert (len(first.rows), len(second.rows), second.older_key) == (25, 5, "")
    assert [(row.due_at, row.pk) for row in rows] == sorted((row.due_at, row.pk) for row in Task.objects.all())
    assert first.counts == {"us": 30, "mine": 0, "asked": 0}
