"""Marks on the lines of the queue: any folder adds one, and a page of the queue asks each once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinuo.cases.tests.cast import House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.desk.actions import save_draft
from yinuo.desk.models import DraftKind
from yinuo.foundation.marks import Mark, forget_mark, marks_of, queue_mark


def begin(case, text: str, staff) -> None:
    save_draft(case=case, kind=DraftKind.REPLY, text=text, known="", by=actor_of(staff), at=timezone.now())


def test_a_case_with_something_begun_is_marked_for_whoever_began_it(house: House) -> None:
    case, other = house.open(at=timezone.now()), house.open(at=timezone.now())
    begin(case, "您好", house.chen)

    assert {case_id: [mark.icon for mark in marks] for case_id, marks in chen_s([case, other], house).items()} == {
        case.pk: ["edit"]
    }
    assert marks_of([case, other], actor_of(house.zhou)) == {}


def chen_s(cases, house: House):
    return marks_of(cases, actor_of(house.chen))


def test_the_mark_stands_on_the_line_and_costs_as_much_for_one_case_as_for_many(house: House, client: Client) -> None:
    case = house.open(at=timezone.now())
    begin(case, "您好", house.chen)
    client.force_login(house.chen.account)
    client.get("/queue")

    with CaptureQueriesContext(connection) as one:
        page = client.get("/queue")
    for _number in range(10):
        begin(house.open(at=timezone.now()), "您好", house.chen)
    with CaptureQueriesContext(connection) as many:
        client.get("/queue")

    assert "已起草，未发送" in text_of(page)
    assert len(one) == len(many)


def test_two_marks_of_one_code_are_a_mistake() -> None:
    queue_mark("weather")(lambda _cases, _actor: {1: Mark("flame", "x")})

    try:
        with pytest.raises(ValueError, match="weather"):
            queue_mark("weather")(lambda _cases, _actor: {})
    finally:
        forget_mark("weather")
