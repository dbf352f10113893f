"""Splitting a case and linking cases. Office hours and times stand in `cast.py`."""

import pytest

from yinuo.cases import rules
from yinuo.cases.actions import add_customer_message, link_cases, split_case, store_bytes, unlink_cases
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, CaseLink, LinkKind, Message, Promise
from yinuo.cases.queries import links_of, tracked
from yinuo.cases.tests.cast import SYSTEM, House, actor_of

from .test_merging import live, when


def split(house: House, case: Case, messages: list[Message], at: str, **more) -> Case:
    return split_case(
        case=case,
        message_ids=[one.pk for one in messages],
        subject="空调安装",
        **({"team": house.team, "owner": house.zhou, "owner_reason": "split"} | more),
        by=actor_of(house.chen),
        at=when(at),
    )


@pytest.fixture
def two_needs(house: House) -> tuple[Case, Message]:
    case = house.open(at=when("Mon 09:00"))
    file = store_bytes(b"bill", name="发票.txt", content_type="text/plain")
    said = Said("另外，空调什么时候装？", when("Mon 10:00"), attachments=[file])
    return case, add_customer_message(case=case, said=said, channel="mail", by=SYSTEM, at=when("Mon 10:00"))


def test_a_split_case_promises_from_when_the_customer_said_it(house: House, two_needs) -> None:
    case, message = two_needs

    new = split(house, case, [message], "Mon 11:00")

    # Said on Monday at 10:00: first response within two open hours, resolution within 24.
    assert live(new) == {"first_response": when("Mon 12:00"), "resolution": when("Thu 10:00")}
    assert (new.subject, new.owner, new.customer) == ("空调安装", house.zhou, house.wang)
    copy = new.messages.get()
    assert (copy.text, copy.at, copy.attachments.get().name) == (message.text, message.at, "发票.txt")
    assert case.messages.count() == 2
    assert live(case) == {"first_response": when("Mon 11:00"), "resolution": when("Wed 18:00")}
    links = links_of(case, actor=actor_of(house.chen))
    assert [(one.label, one.case.pk) for one in links] == [("Split into", new.pk)]


def test_a_time_that_ran_out_before_the_split_is_broken_at_once(house: House, two_needs) -> None:
    case, message = two_needs

    new = split(house, case, [message], "Mon 13:30")

    broken = Promise.objects.get(case=new, end="broken")
    assert (broken.kind, broken.ended_at) == ("first_response", when("Mon 12:00"))
    assert Case.objects.get(pk=new.pk).broken_since == when("Mon 12:00")


def test_several_messages_go_together_and_only_those_of_the_customer_in_this_case(house: House, two_needs) -> None:
    case, message = two_needs
    other = house.open(at=when("Mon 09:00"), customer=house.li, text="别人的话")

    new = split(house, case, [*case.messages.all(), *other.messages.all()], "Mon 10:30")

    assert list(new.messages.order_by("at").values_list("text", flat=True)) == ["洗衣机漏水", message.text]
    assert (new.message_count, new.opened_at) == (2, when("Mon 09:00"))
    with pytest.raises(rules.NothingToSplit):
        split(house, case, list(other.messages.all()), "Mon 10:30")


def test_links_are_seen_from_both_sides_once_and_by_no_customer(house: House) -> None:
    one, other = house.open(at=when("Mon 09:00")), house.open(at=when("Mon 09:10"))
    by = actor_of(house.chen)

    link = link_cases(one=one, other=other, kind=LinkKind.CAUSED_BY, by=by, at=when("Mon 10:00"))
    link_cases(one=other, other=one, kind=LinkKind.RELATED, by=by, at=when("Mon 10:00"))

    assert [label.label for label in links_of(one, actor=by)] == ["Related to", "Caused by"]
    assert [label.label for label in links_of(other, actor=by)] == ["Related to", "Caused"]
    with pytest.raises(rules.AlreadyLinked):
        link_cases(one=one, other=other, kind=LinkKind.RELATED, by=by, at=when("Mon 10:10"))
    with pytest.raises(rules.SameCase):
        link_cases(one=one, other=one, kind=LinkKind.RELATED, by=by, at=when("Mon 10:10"))
    assert not any("link" in getattr(entry, "what", "") for entry in tracked(one, at=when("Mon 10:10")).entries)
    unlink_cases(link=link, by=by, at=when("Mon 10:20"))
    assert CaseLink.objects.get().kind == "related"
