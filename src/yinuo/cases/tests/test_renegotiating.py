"""Pauses, words of one's own, other times, another class: in the real database, with hand-worked instants.

The office of the cast is open Monday to Friday 09:00–12:00 and 13:00–18:00 in Shanghai: 01–04 and 05–10 UTC.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from yinuo.cases import rules
from yinuo.cases.actions import (
    add_customer_message,
    apply_repair,
    break_due_promises,
    change_class,
    close_case,
    give_promise,
    keep_promise,
    replace_promise,
    reply,
    warn_of_due_promises,
    withdraw_promise,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Message, Promise, PromisePause
from yinuo.cases.queries import tracked
from yinuo.cases.queries.clocks import rebuilt_promises
from yinuo.cases.queries.repairing import preview_repair
from yinuo.cases.reactions import tell_staff
from yinuo.cases.rules.clocks import Clock
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed
from yinuo.notifications.models import Notification
from yinuo.standards.actions import Conditions, StandardTimes, add_standard, change_standard, save_calendar
from yinuo.standards.models import Standard

from .cast import OFFICE_HOURS, SYSTEM, actor_of
from .test_actions import check_heart, promises

pytestmark = pytest.mark.django_db


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


MONDAY_NINE = utc(2, 1)
MONDAY_TEN = utc(2, 2)


def wait(case: Case, house, at: datetime) -> None:
    reply(case=case, said=Said(text="请告诉我们序列号", at=at), wait=True, by=actor_of(house.chen), at=at)


def write(case: Case, at: datetime) -> None:
    add_customer_message(case=case, said=Said(text="SN123", at=at), channel="mail", by=SYSTEM, at=at)


def rebuilt(clock: Clock) -> dict:
    ran = clock.elapsed
    return {
        "id": clock.given.promise_id,
        "kind": clock.given.kind,
        "made": (clock.given.at, clock.given.by),
        "starts_at": clock.given.starts_at,
        "due_at": clock.due_at,
        "warn_at": clock.warn_at,
        "paused_since": clock.paused_since if clock.is_live else None,
        "pauses": [(one.since, one.until) for one in clock.pauses],
        "ended": (clock.end, clock.ended_at, clock.ended_by),
        "seconds": (ran.open_time.total_seconds() // 1, ran.clock_time.total_seconds() // 1) if ran else (None, None),
        "replaces": clock.given.follows,
    }


def stored_clock(promise: Promise) -> dict:
    return {
        "id": promise.pk,
        "kind": promise.kind,
        "made": (promise.made_at, promise.made_by),
        "starts_at": promise.starts_at,
        "due_at": promise.due_at,
        "warn_at": promise.warn_at,
        "paused_since": promise.paused_since,
        "pauses": [(one.since, one.until) for one in sorted(promise.pauses.all(), key=lambda one: (one.since, one.pk))],
        "ended": (promise.end, promise.ended_at, promise.ended_by),
        "seconds": (promise.business_seconds, promise.calendar_seconds),
        "replaces": promise.replaces_id,
    }


def check_replay(case: Case) -> None:
    """The facts alone make every promise again, exactly as its row stands."""
    rows = Promise.objects.filter(case=case).prefetch_related("pauses").order_by("id")
    assert [rebuilt(clock) for clock in rebuilt_promises(case)] == [stored_clock(row) for row in rows]


def urgent_standard(house, **times) -> None:
    add_standard(
        code="urgent", name_zh="紧急", name_en="Urgent", conditions=Conditions(case_class="emergency"),
        times=StandardTimes(**({"first_response_minutes": 30, "next_answer_minutes": 60, "next_update_minutes": 120,
            "resolution_minutes": 480, "warning_share": Decimal("0.75")} | times)),
        calendar=house.calendar, by=SYSTEM, at=MONDAY_NINE,
    )  # fmt: skip


class TestPauses:
    def test_the_resolution_pauses_while_the_case_waits_and_a_next_update_keeps_in_touch(self, house):
        case = house.open(at=MONDAY_NINE)

        wait(case, house, utc(2, 2))

        check_heart_of_running(case)
        resolution = Promise.objects.get(case=case, kind="resolution")
        assert (resolution.paused_since, resolution.due_at) == (utc(2, 2), utc(4, 10))
        # eight open hours from 10:00: seven on Monday, one on Tuesday
        assert promises(case)[-1] == ("next_update", utc(3, 2), "")
        check_replay(case)

    def test_a_paused_promise_neither_breaks_nor_warns(self, house):
        case = house.open(at=MONDAY_NINE)
        wait(case, house, utc(2, 2))

        warn_of_due_promises(at=utc(30, 1))
        break_due_promises(at=utc(30, 1))

        resolution = Promise.objects.get(case=case, kind="resolution")
        assert (resolution.end, resolution.warned_at) == ("", None)
        check_replay(case)

    def test_the_time_moves_by_the_open_time_of_the_pause(self, house):
        case = house.open(at=MONDAY_NINE)
        wait(case, house, utc(2, 2))

        write(case, utc(3, 2))

        # Monday 10:00 to Tuesday 10:00 is eight open hours: Wednesday 18:00 becomes Thursday 18:00
        resolution = Promise.objects.get(case=case, kind="resolution")
        assert (resolution.paused_since, resolution.due_at) == (None, utc(5, 10))
        assert PromisePause.objects.get().business_seconds == 8 * 3600
        assert FactRow.objects.get(type="cases.promise_resumed").payload["due_at"] == "2026-11-05T10:00:00+00:00"
        check_replay(case)

    def test_a_case_that_closes_while_it_waits_keeps_its_resolution(self, house):
        case = house.open(at=MONDAY_NINE)
        wait(case, house, utc(2, 2))

        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(10, 2))

        resolution = Promise.objects.get(case=case, kind="resolution")
        # an hour ran before the pause; the rest was the customer's
        assert (resolution.end, resolution.business_seconds) == ("kept", 3600)
        check_replay(case)

    def test_a_standard_may_let_nothing_pause(self, house):
        urgent_standard(house, pausing_kinds=())
        case = house.open(at=MONDAY_NINE, case_class="emergency")

        wait(case, house, utc(2, 1, 10))

        assert not PromisePause.objects.exists()
        assert not Promise.objects.filter(case=case, kind="next_update").exists()

    def test_a_reopened_case_has_what_was_left_of_its_time_and_the_first_closing_stays(self, house):
        case = house.open(at=MONDAY_NINE)
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 10))  # 8 of 24 hours used

        write(case, utc(9, 1))  # a week later, Monday 09:00

        check_heart_of_running(case)
        first, second = Promise.objects.filter(case=case, kind="resolution").order_by("id")
        assert (first.end, first.business_seconds, second.replaces) == ("kept", 8 * 3600, first)
        assert second.due_at == utc(10, 10)  # sixteen hours: Monday and Tuesday
        check_replay(case)

    def test_a_resolution_that_was_broken_is_not_owed_again_after_a_reopening(self, house):
        case = house.open(at=MONDAY_NINE)
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(6, 1))

        write(case, utc(9, 1))

        assert [row.end for row in Promise.objects.filter(case=case, kind="resolution")] == ["broken"]
        check_heart_of_running(case)


def check_heart_of_running(case: Case) -> None:
    """An open case points at the soonest promise that runs for its customer."""
    case.refresh_from_db()
    running = Promise.objects.filter(case=case, runs_for_customer=True).order_by("due_at", "id")
    assert case.state == "open"
    assert case.next_promise_id == running[0].pk


class TestWordsGiven:
    def test_a_call_back_becomes_the_next_promise_when_it_comes_first(self, house):
        case = house.open(at=MONDAY_NINE)
        chen = actor_of(house.chen)
        reply(case=case, said=Said(text="好", at=utc(2, 2)), by=chen, at=utc(2, 2))

        given = give_promise(case=case, kind="call_back", due_at=utc(2, 7), subject="说明费用", by=chen, at=utc(2, 2))

        assert check_heart(case).next_promise_id == given.pk
        assert (given.made_by, given.subject, given.within_minutes) == (chen.key, "说明费用", None)
        check_replay(case)

    def test_what_was_done_in_time_is_kept_and_the_next_one_leads(self, house):
        case = house.open(at=MONDAY_NINE)
        chen = actor_of(house.chen)
        given = give_promise(case=case, kind="own", due_at=utc(2, 2), subject="发说明书", by=chen, at=MONDAY_NINE)

        keep_promise(promise=given, by=chen, at=utc(2, 2))

        assert check_heart(case).next_due_at == utc(2, 3)
        given.refresh_from_db()
        assert (given.end, given.ended_by) == ("kept", chen.key)
        check_replay(case)

    def test_a_word_that_was_missed_is_broken_and_cannot_be_kept(self, house):
        case = house.open(at=MONDAY_NINE)
        chen = actor_of(house.chen)
        given = give_promise(case=case, kind="own", due_at=utc(2, 2), subject="发说明书", by=chen, at=MONDAY_NINE)

        with pytest.raises(rules.PromiseAlreadyBroken):
            keep_promise(promise=given, by=chen, at=utc(2, 2, 1))
        break_due_promises(at=utc(2, 2, 1))

        assert check_heart(case).broken_since == utc(2, 2)

    def test_a_word_withdrawn_says_why(self, house):
        case = house.open(at=MONDAY_NINE)
        chen = actor_of(house.chen)
        given = give_promise(case=case, kind="visit", by=chen, at=MONDAY_NINE)

        with pytest.raises(rules.ReasonMissing):
            withdraw_promise(promise=given, reason=" ", by=chen, at=utc(2, 2))
        withdraw_promise(promise=given, reason="客户自己修好了", by=chen, at=utc(2, 2))

        given.refresh_from_db()
        assert (given.end, given.ended_reason) == ("withdrawn", "客户自己修好了")
        # The customer reads why on their own page.
        shown = tracked(case, at=utc(2, 3)).entries
        assert [one.detail for one in shown if getattr(one, "what", "") == "promise_withdrawn"] == ["客户自己修好了"]
        check_replay(case)

    @pytest.mark.parametrize(
        ("kind", "due_at", "subject", "refusal"),
        [
            ("resolution", utc(3, 2), "x", rules.KindNotGiven),
            ("task", utc(3, 2), "x", rules.KindNotGiven),
            ("own", utc(3, 2), " ", rules.SubjectMissing),
            ("own", None, "x", rules.TimeInThePast),
            ("call_back", MONDAY_NINE, "", rules.TimeInThePast),
        ],
    )
    def test_what_cannot_be_promised_by_hand(self, house, kind, due_at, subject, refusal):
        case = house.open(at=MONDAY_NINE)

        with pytest.raises(refusal):
            give_promise(case=case, kind=kind, due_at=due_at, subject=subject, by=actor_of(house.chen), at=MONDAY_NINE)

    def test_answers_and_solutions_are_not_kept_by_hand(self, house):
        first = Promise.objects.get(case=house.open(at=MONDAY_NINE), kind="first_response")

        with pytest.raises(rules.KindNotGiven):
            keep_promise(promise=first, by=actor_of(house.chen), at=utc(2, 2))

    def test_who_does_not_answer_customers_promises_nothing(self, house):
        with pytest.raises(NotAllowed):
            give_promise(case=house.open(at=MONDAY_NINE), kind="visit", by=actor_of(house.zhao), at=MONDAY_NINE)


class TestAnotherTime:
    def replace(self, case: Case, house, due_at: datetime, *, at: datetime = MONDAY_TEN, consent="agreed", by=None):
        live = Promise.objects.get(case=case, kind="resolution", is_live=True)
        return replace_promise(
            promise=live, due_at=due_at, reason="等配件", consent=consent, by=by or actor_of(house.chen), at=at
        )

    def test_a_new_time_that_the_customer_agreed_to_takes_the_place_of_the_old(self, house):
        case = house.open(at=MONDAY_NINE)

        new = self.replace(case, house, utc(6, 10))

        check_heart(case)
        assert [(one, end) for _kind, one, end in promises(case)] == [
            (utc(2, 3), ""),
            (utc(4, 10), "replaced"),
            (utc(6, 10), ""),
        ]
        assert (new.replaces.ended_reason, new.consent) == ("等配件", "agreed")
        fact = FactRow.objects.get(type="cases.promise_replaced").payload
        assert (fact["was_due_at"], fact["due_at"]) == ("2026-11-04T10:00:00+00:00", "2026-11-06T10:00:00+00:00")
        assert not Message.objects.filter(case=case, kind="notice").exists()
        check_replay(case)

    def test_whom_we_only_tell_reads_the_new_time_and_why_in_their_language(self, house):
        case = house.open(at=MONDAY_NINE)

        self.replace(case, house, utc(6, 10), consent="told")

        text = Message.objects.get(case=case, kind="notice").text
        assert "2026年11月4日 18:00" in text
        assert "2026年11月6日 18:00" in text
        assert "等配件" in text
        assert case.reference in text

    @pytest.mark.parametrize(
        ("more", "refusal"),
        [
            ({"consent": "none"}, rules.ConsentMissing),
            ({"due_at": utc(2, 1, 30)}, rules.TimeInThePast),
            ({"at": utc(4, 10, 1)}, rules.PromiseAlreadyBroken),
        ],
    )
    def test_a_time_is_not_moved_behind_the_customers_back_nor_after_it_passed(self, house, more, refusal):
        case = house.open(at=MONDAY_NINE)

        with pytest.raises(refusal):
            self.replace(case, house, **({"due_at": utc(6, 10)} | more))

        assert promises(case)[1] == ("resolution", utc(4, 10), "")

    def test_a_third_move_needs_the_leader(self, house):
        case = house.open(at=MONDAY_NINE)
        self.replace(case, house, utc(5, 10))
        self.replace(case, house, utc(6, 10))

        with pytest.raises(rules.ReplacedTooOften) as refused:
            self.replace(case, house, utc(9, 10))
        assert "moved 2 times already" in refused.value.sentence()

        self.replace(case, house, utc(9, 10), by=actor_of(house.zhou))
        assert Promise.objects.get(case=case, kind="resolution", is_live=True).due_at == utc(9, 10)

    def test_a_time_agreed_while_the_case_waits_runs(self, house):
        case = house.open(at=MONDAY_NINE)
        wait(case, house, utc(2, 2))

        new = self.replace(case, house, utc(6, 10), at=utc(2, 3))

        assert (new.paused_since, PromisePause.objects.get().until) == (None, utc(2, 3))
        check_replay(case)


class TestAnotherClass:
    def test_the_times_of_the_new_class_count_from_the_same_beginning(self, house):
        urgent_standard(house)
        case = house.open(at=MONDAY_NINE)
        reply(case=case, said=Said(text="好", at=utc(2, 2)), by=actor_of(house.chen), at=utc(2, 2))

        change_class(case=case, case_class="emergency", reason="漏电", by=actor_of(house.chen), at=utc(2, 6))

        check_heart(case)
        # eight open hours from Monday 09:00, not from 14:00
        assert promises(case)[1:] == [("resolution", utc(4, 10), "replaced"), ("resolution", utc(2, 10), "")]
        assert (case.case_class, case.standard_reason) == ("emergency", "urgent v1: line 1, case_class=emergency")
        assert not Message.objects.filter(case=case, kind="notice").exists()  # nothing moved later
        check_replay(case)

    def test_pauses_are_kept(self, house):
        urgent_standard(house, resolution_minutes=960)
        case = house.open(at=MONDAY_NINE)
        wait(case, house, utc(2, 2))
        write(case, utc(2, 6))  # 10:00 to 14:00: three open hours

        change_class(case=case, case_class="emergency", reason="漏电", by=actor_of(house.chen), at=utc(2, 7))

        # sixteen hours from Monday 09:00 are Tuesday 18:00; three hours later Wednesday 12:00
        assert Promise.objects.get(case=case, kind="resolution", is_live=True).due_at == utc(4, 4)
        check_replay(case)

    def test_what_is_late_by_the_new_class_is_broken_at_its_own_instant_and_nobody_is_alarmed(self, house):
        urgent_standard(house)
        case = house.open(at=MONDAY_NINE)

        change_class(case=case, case_class="emergency", reason="漏电", by=actor_of(house.chen), at=utc(2, 2))

        # half an hour from 09:00
        late = Promise.objects.get(case=case, kind="first_response", end="broken")
        assert (late.ended_at, late.made_at) == (utc(2, 1, 30), utc(2, 2))
        check_heart(case)
        tell_staff([recorded(row) for row in _rows(case)])
        assert not Notification.objects.filter(kind__in=["cases.promise_broken", "cases.team_promise_broken"]).exists()
        check_replay(case)

    def test_the_customer_is_told_of_a_time_that_moves_later(self, house):
        urgent_standard(house)
        case = house.open(at=MONDAY_NINE, case_class="emergency")
        reply(case=case, said=Said(text="好", at=utc(2, 1, 10)), by=actor_of(house.chen), at=utc(2, 1, 10))

        change_class(case=case, case_class="routine", reason="不漏电", by=actor_of(house.chen), at=utc(2, 2))

        text = Message.objects.get(case=case, kind="notice").text
        assert "2026年11月4日 18:00" in text
        assert "不漏电" not in text  # why we sort cases as we do is ours to know

    def test_the_same_class_again_is_refused(self, house):
        case = house.open(at=MONDAY_NINE)

        with pytest.raises(rules.NothingReclassified):
            change_class(case=case, case_class="routine", reason="x", by=actor_of(house.chen), at=utc(2, 2))
        with pytest.raises(rules.UnknownClass):
            change_class(case=case, case_class="huge", reason="x", by=actor_of(house.chen), at=utc(2, 2))


class TestRepair:
    def change(self, house, minutes: int) -> Standard:
        standard = Standard.objects.get(code="basic")
        times = StandardTimes(120, 240, 480, minutes, Decimal("0.75"))
        change_standard(standard=standard, times=times, calendar=house.calendar, by=SYSTEM, at=utc(2, 2))
        return standard

    def test_the_preview_names_which_times_would_move_and_changes_nothing(self, house):
        case = house.open(at=MONDAY_NINE)
        standard = self.change(house, 960)

        page = preview_repair(standard, actor=actor_of(house.admin), at=utc(2, 2))

        ((move,),) = [repair.moves for repair in page.repairs]
        assert (move.kind, move.was_due_at, move.due_at, move.is_late) == ("resolution", utc(4, 10), utc(3, 10), False)
        assert promises(case)[1] == ("resolution", utc(4, 10), "")

    def test_a_changed_calendar_moves_times_too(self, house):
        house.open(at=MONDAY_NINE)
        holiday = OFFICE_HOURS | {"holidays": [{"on": "2026-11-03", "name": "停电"}]}
        save_calendar(
            code="office", name_zh="办公时间", name_en="Office hours", definition=holiday, by=SYSTEM, at=utc(2, 2)
        )

        page = preview_repair(Standard.objects.get(), actor=actor_of(house.admin), at=utc(2, 2))

        assert [move.due_at for repair in page.repairs for move in repair.moves] == [utc(5, 10)]

    def test_only_the_chosen_open_case_is_repaired(self, house):
        case, other = house.open(at=MONDAY_NINE), house.open(at=MONDAY_NINE)
        self.change(house, 960)

        apply_repair(case=case, reason="时限写错了", by=actor_of(house.admin), at=utc(2, 2))

        check_heart(case)
        assert promises(case)[1:] == [("resolution", utc(4, 10), "replaced"), ("resolution", utc(3, 10), "")]
        assert case.standard_version.number == 2
        assert promises(other)[1] == ("resolution", utc(4, 10), "")
        assert apply_repair(case=case, reason="再来", by=actor_of(house.admin), at=utc(2, 2)) is None
        check_replay(case)

    def test_a_closed_case_is_never_touched(self, house):
        case = house.open(at=MONDAY_NINE)
        close_case(case=case, outcome="solved", by=actor_of(house.chen), at=utc(2, 2))
        standard = self.change(house, 960)

        with pytest.raises(rules.CaseIsClosed):
            apply_repair(case=case, reason="时限写错了", by=actor_of(house.admin), at=utc(2, 2))
        assert preview_repair(standard, actor=actor_of(house.admin), at=utc(2, 2)).repairs == []

    def test_an_agent_repairs_nothing(self, house):
        with pytest.raises(NotAllowed):
            apply_repair(case=house.open(at=MONDAY_NINE), reason="x", by=actor_of(house.chen), at=utc(2, 2))


def _rows(case: Case) -> list[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM foundation_fact WHERE type = 'cases.promise_broken' AND case_id = {case.pk}"
        )
        return cursor.fetchall()
