"""Merging cases and undoing it. Office hours and times stand in `cast.py`; Monday is 2 November 2026."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.actions import (
    add_customer_message,
    add_note,
    break_due_promises,
    merge_cases,
    reply,
    undo_merge,
)
from yinuo.cases.actions.messages import Said
from yinuo.cases.facts import CasesMerged, MergeUndone
from yinuo.cases.models import Case, Merge, Message, Participant, Promise
from yinuo.cases.queries import case_by_reference, merge_preview, tracked, tracked_case
from yinuo.cases.rules import LivePromise, joined_promises
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.customers.actions import add_identity
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound

DAYS = {"Mon": 2, "Tue": 3, "Wed": 4, "Thu": 5}


def when(text: str) -> datetime:
    """Return an instant of the week by the clock in Shanghai: `Mon 09:00`."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return datetime(2026, 11, DAYS[day], int(hour) - 8, int(minute), tzinfo=UTC)


def live(case: Case) -> dict[str, datetime]:
    return dict(Promise.objects.filter(case=case, is_live=True).values_list("kind", "due_at"))


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def merge(house: House, source: Case, target: Case, at: str = "Mon 10:00", **more) -> Merge:
    return merge_cases(source=source, target=target, reason="同一件事", by=actor_of(house.chen), at=when(at), **more)


def undo(house: House, done: Merge, at: str) -> Case:
    return undo_merge(merge=done, by=actor_of(house.chen), at=when(at))


def answer(house: House, case: Case, at: str) -> Message:
    return reply(case=fresh(case), said=Said("在处理", when(at)), by=actor_of(house.chen), at=when(at))


@pytest.mark.parametrize(
    ("source", "target", "carried", "displaced"),
    [
        # The target owes the earlier answer: its own clocks stay.
        ([("next_answer", "Mon 15:00")], [("first_response", "Mon 11:00")], [], []),
        # The source's customer was promised the earlier answer, of another kind: both run.
        ([("first_response", "Mon 11:00")], [("next_answer", "Mon 15:00")], ["first_response"], []),
        # Of the same kind only one can run: the earlier.
        ([("next_answer", "Mon 11:00")], [("next_answer", "Mon 15:00")], ["next_answer"], ["next_answer"]),
        # To the same instant: nothing to carry.
        ([("next_answer", "Mon 11:00")], [("next_answer", "Mon 11:00")], [], []),
        # Each visit was promised for itself.
        ([("visit", "Tue 11:00")], [("visit", "Mon 11:00"), ("next_answer", "Mon 12:00")], ["visit"], []),
        # Resolutions are compared among themselves.
        ([("resolution", "Tue 11:00")], [("first_response", "Mon 11:00")], ["resolution"], []),
    ],
)
def test_the_earlier_promise_of_each_sort_survives(source, target, carried, displaced) -> None:
    def promises(given, first):
        return [LivePromise(first + place, kind, when(due)) for place, (kind, due) in enumerate(given)]

    joined = joined_promises(promises(source, 1), promises(target, 10))

    assert [one.kind for one in joined.carried] == carried
    assert [one.kind for one in joined.displaced] == displaced


def test_likeness_is_the_share_of_common_pairs() -> None:
    # 洗衣 衣机 机漏 漏水 and 洗衣 衣机 机坏 坏了: two of eight twice.
    assert rules.likeness("洗衣机漏水", "洗衣机坏了") == 0.5
    assert rules.likeness("洗衣机漏水", "退款") == 0.0
    assert rules.likeness("", "退款") == 0.0


def test_what_was_said_moves_and_the_number_leads_to_the_living_case(house: House) -> None:
    target = house.open(at=when("Mon 09:00"), text="洗衣机漏水")
    source = house.open(at=when("Mon 09:30"), text="还在漏")

    done = merge(house, source, target)

    assert list(target.messages.order_by("id").values_list("text", flat=True)) == ["洗衣机漏水", "还在漏"]
    source = fresh(source)
    assert (source.state, source.merged_into, source.message_count) == ("closed", target, 0)
    assert (done.closure.outcome, done.closure.summary) == ("merged", target.reference)
    assert case_by_reference(source.reference.lower(), actor=actor_of(house.chen)) == target
    assert tracked_case(source.track_token) == target
    target = fresh(target)
    assert (target.message_count, target.preview, target.last_message_at) == (2, "还在漏", when("Mon 09:30"))
    facts = FactRow.objects.filter(type=CasesMerged.fact_type).order_by("id")
    assert [(one.case_id, one.payload["is_source"]) for one in facts] == [(source.pk, True), (target.pk, False)]


def test_promises_of_the_source_are_neither_kept_nor_broken_and_the_earlier_time_goes_on(house: House) -> None:
    target = house.open(at=when("Mon 11:00"))  # first response by Mon 14:00, resolution by Thu 11:00
    source = house.open(at=when("Mon 09:00"))  # first response by Mon 11:00, resolution by Wed 18:00

    merge(house, source, target, at="Mon 11:00")

    ended = Promise.objects.filter(case=source).values_list("kind", "end", "ended_at").order_by("kind")
    assert list(ended) == [
        ("first_response", "withdrawn", when("Mon 11:00")),
        ("resolution", "withdrawn", when("Mon 11:00")),
    ]
    assert live(target) == {"first_response": when("Mon 11:00"), "resolution": when("Wed 18:00")}
    target = fresh(target)
    assert (target.next_due_at, target.unanswered_since) == (when("Mon 11:00"), when("Mon 09:00"))


def test_a_target_that_owes_the_earlier_time_keeps_its_own_clocks(house: House) -> None:
    target = house.open(at=when("Mon 09:00"))
    source = house.open(at=when("Mon 10:00"))
    before = set(Promise.objects.filter(case=target).values_list("pk", "due_at", "is_live"))

    merge(house, source, target, at="Mon 10:30")

    assert set(Promise.objects.filter(case=target).values_list("pk", "due_at", "is_live")) == before


def test_what_ran_out_before_the_merge_is_broken_at_its_own_time_and_stays_to_be_made_good(house: House) -> None:
    target = house.open(at=when("Mon 11:00"))
    source = house.open(at=when("Mon 09:00"))

    merge(house, source, target, at="Mon 11:30")

    assert Promise.objects.get(case=source, kind="first_response").ended_at == when("Mon 11:00")
    assert fresh(target).broken_since == when("Mon 11:00")


def test_a_merge_undone_gives_both_cases_back_with_the_times_they_had(house: House) -> None:
    target = house.open(at=when("Mon 11:00"))
    source = house.open(at=when("Mon 10:00"))  # first response by Mon 12:00
    add_note(case=source, said=Said("查过", when("Mon 10:30")), by=actor_of(house.chen), at=when("Mon 10:30"))
    columns = ("unanswered_since", "broken_since", "waiting_since", "next_due_at", "message_count", "preview", "state")
    before = [Case.objects.filter(pk=one.pk).values(*columns).get() for one in (source, target)]
    done = merge(house, source, target, at="Mon 11:10")

    undo(house, done, "Mon 11:40")

    assert [Case.objects.filter(pk=one.pk).values(*columns).get() for one in (source, target)] == before
    assert live(source) == {"first_response": when("Mon 12:00"), "resolution": when("Thu 10:00")}
    assert live(target) == {"first_response": when("Mon 14:00"), "resolution": when("Thu 11:00")}
    assert [one.case_id for one in Message.objects.order_by("id")] == [target.pk, source.pk, source.pk]
    assert case_by_reference(source.reference, actor=actor_of(house.chen)) == source
    facts = FactRow.objects.filter(type=MergeUndone.fact_type).order_by("id")
    assert [one.case_id for one in facts] == [source.pk, target.pk]


def test_a_time_that_ran_out_while_merged_is_broken_once_and_goes_back_to_whom_it_was_given(house: House) -> None:
    target = house.open(at=when("Mon 11:00"))
    source = house.open(at=when("Mon 10:00"))
    done = merge(house, source, target, at="Mon 11:10")
    break_due_promises(at=when("Mon 12:30"))

    undo(house, done, "Mon 13:10")

    broken = Promise.objects.filter(end="broken").values_list("case_id", "kind", "ended_at")
    assert list(broken) == [(source.pk, "first_response", when("Mon 12:00"))]
    assert fresh(source).broken_since == when("Mon 12:00")
    assert (fresh(target).broken_since, live(target)["first_response"]) == (None, when("Mon 14:00"))


def test_a_time_kept_by_an_answer_in_the_target_counts_again_for_the_source_and_is_late_there(house: House) -> None:
    target = house.open(at=when("Mon 11:00"))
    source = house.open(at=when("Mon 10:00"))
    done = merge(house, source, target, at="Mon 11:10")
    said = answer(house, target, "Mon 11:20")

    undo(house, done, "Mon 13:10")

    assert Message.objects.get(pk=said.pk).case_id == target.pk
    assert fresh(source).broken_since == when("Mon 12:00")
    assert (fresh(target).unanswered_since, fresh(target).broken_since) == (None, None)


def test_what_comes_after_the_merge_stays_with_the_target(house: House) -> None:
    target = house.open(at=when("Mon 09:00"), channel="phone")
    source = house.open(at=when("Mon 09:30"))
    done = merge(house, source, target)
    later = add_customer_message(
        case=source, said=Said("到了吗", when("Mon 10:10")), channel="mail", by=SYSTEM, at=when("Mon 10:10")
    )

    undo(house, done, "Mon 10:20")

    assert later.case_id == target.pk
    assert Message.objects.get(pk=later.pk).case_id == target.pk
    assert (fresh(source).message_count, fresh(target).message_count) == (1, 2)


def test_nothing_more_happens_in_a_merged_case(house: House) -> None:
    target, source = house.open(at=when("Mon 09:00")), house.open(at=when("Mon 09:30"))
    merge(house, source, target)

    with pytest.raises(rules.CaseIsMerged) as refused:
        answer(house, source, "Mon 10:10")
    assert refused.value.sentence().count(target.reference) == 1
    with pytest.raises(rules.CaseIsMerged):
        add_note(case=source, said=Said("?", when("Mon 10:10")), by=actor_of(house.chen), at=when("Mon 10:10"))
    with pytest.raises(rules.CaseIsMerged):
        merge(house, source, target, at="Mon 10:10")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=source.pk).update(state="open")


def test_answers_go_by_the_road_of_the_target(house: House) -> None:
    target, source = house.open(at=when("Mon 09:00"), channel="phone"), house.open(at=when("Mon 09:30"))
    merge(house, source, target)

    assert answer(house, target, "Mon 10:10").conversation.channel == "phone"


def test_chains_are_followed_and_are_parted_from_the_end(house: House) -> None:
    first, second, third = (house.open(at=when(f"Mon 09:{minute}")) for minute in ("00", "10", "20"))
    one = merge(house, first, second)
    two = merge(house, second, third, at="Mon 10:10")

    assert case_by_reference(first.reference, actor=actor_of(house.chen)) == third
    assert third.messages.count() == 3
    with pytest.raises(rules.MergedFurther):
        undo(house, one, "Mon 10:20")
    undo(house, two, "Mon 10:20")
    assert case_by_reference(first.reference, actor=actor_of(house.chen)) == second
    assert (second.messages.count(), third.messages.count()) == (2, 1)
    undo(house, one, "Mon 10:30")
    assert [case.messages.count() for case in (first, second, third)] == [1, 1, 1]
    with pytest.raises(rules.NotMerged):
        undo(house, one, "Mon 10:40")


def test_no_number_can_lead_in_a_circle(house: House) -> None:
    target, source = house.open(at=when("Mon 09:00")), house.open(at=when("Mon 09:30"))
    merge(house, source, target)

    with pytest.raises(rules.CaseIsMerged):
        merge(house, target, source, at="Mon 10:10")
    with pytest.raises(rules.SameCase):
        merge(house, target, target, at="Mon 10:10")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=target.pk).update(state="closed", merged_into=source.pk)


def test_whose_channel_goes_on_decides_whether_our_answers_reach_the_other_customer(house: House) -> None:
    add_identity(customer=house.li, kind="mail", value="li@qq.example", source="test", by=SYSTEM, at=when("Mon 08:00"))
    by_phone = house.open(at=when("Mon 09:00"), channel="phone")
    source = house.open(at=when("Mon 09:30"), customer=house.li)

    preview = merge_preview(source, by_phone, actor=actor_of(house.chen), at=when("Mon 09:50"))

    assert (preview.changes_audience, preview.guest_has_mail) == (True, False)


def test_cases_of_different_customers_are_merged_only_by_who_knows_who_reads(house: House) -> None:
    add_identity(customer=house.li, kind="mail", value="li@qq.example", source="test", by=SYSTEM, at=when("Mon 08:00"))
    target = house.open(at=when("Mon 09:00"), text="王丽的话")
    source = house.open(at=when("Mon 09:30"), customer=house.li, text="李强的话")
    add_note(case=target, said=Said("内部", when("Mon 09:40")), by=actor_of(house.chen), at=when("Mon 09:40"))

    with pytest.raises(rules.OtherCustomer):
        merge(house, source, target)
    preview = merge_preview(source, target, actor=actor_of(house.chen), at=when("Mon 09:50"))
    assert (preview.changes_audience, preview.guest_has_mail) == (True, True)
    done = merge(house, source, target, confirmed=True)

    # Li takes part by mail; Li's link shows Li's own words and how the living case stands, nothing of Wang's.
    assert Participant.objects.get(case=target).name == "李强"
    shown = tracked(tracked_case(source.track_token), at=when("Mon 10:10"))
    assert [entry.text for entry in shown.entries if hasattr(entry, "message")] == ["李强的话"]
    assert "王丽" not in str(shown.entries)
    assert (shown.may_write, shown.next.due_at) == (True, when("Mon 11:00"))
    assert not any("merged" in entry.what for entry in shown.entries if not hasattr(entry, "message"))
    with pytest.raises(NotFound):
        case_by_reference(target.reference, actor=Actor.customer(house.li.pk))
    assert case_by_reference(source.reference, actor=Actor.customer(house.li.pk)).pk == source.pk
    # What Li writes there reaches the living case and Li sees it again; Wang's page never shows a note.
    said = Said("我再补充", when("Mon 10:20"), author_name="李强")
    by_li = Actor.customer(house.li.pk)
    added = add_customer_message(case=fresh(source), said=said, channel="portal", by=by_li, at=when("Mon 10:20"))
    assert (added.case_id, added.author) == (target.pk, by_li.key)
    shown = tracked(tracked_case(source.track_token), at=when("Mon 10:30"))
    assert [entry.text for entry in shown.entries if hasattr(entry, "message")] == ["李强的话", "我再补充"]
    shown = tracked(tracked_case(target.track_token), at=when("Mon 10:30"))
    assert "内部" not in str(shown.entries)

    undo(house, done, "Mon 10:40")
    assert not Participant.objects.filter(case=target).exists()
    assert [one.text for one in source.messages.all()] == ["李强的话"]


def test_who_may_not_merge_or_may_not_see_both_is_refused(house: House) -> None:
    target, source = house.open(at=when("Mon 09:00")), house.open(at=when("Mon 09:30"))

    with pytest.raises(NotAllowed):
        merge_cases(source=source, target=target, reason="x", by=actor_of(house.zhao), at=when("Mon 10:00"))
    by = Actor.customer(house.wang.pk)
    with pytest.raises(NotAllowed):
        merge_cases(source=source, target=target, reason="x", by=by, at=when("Mon 10:00"))


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_wait_for_each_other_and_one_is_refused(house: House) -> None:
    one, other = house.open(at=when("Mon 09:00")), house.open(at=when("Mon 09:30"))
    start, outcomes = threading.Barrier(2), []

    def join(source: Case, target: Case) -> None:
        try:
            start.wait()
            merge(house, source, target)
            outcomes.append("merged")
        except rules.CaseIsMerged:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(outcomes) == ["merged", "refused"]
    assert Case.objects.filter(merged_into=None).count() == 1
