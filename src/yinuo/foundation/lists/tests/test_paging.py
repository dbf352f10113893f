"""Paging by key: forward and back each row once, whatever ties, is empty, or arrives meanwhile."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yinuo.customers.models import Customer
from yinuo.foundation.lists import Sort, counted, slice_of

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
BY_TIME = Sort("created_at", is_falling=True)
BY_DAY = Sort("registered_on", is_nullable=True)
BY_NAME = Sort("sort_key", is_private=True)


def add(*, minute: int = 0, day: int | None = None, name: str = "x") -> Customer:
    return Customer.objects.create(
        name=name,
        sort_key=name,
        created_at=AT + timedelta(minutes=minute),
        registered_on=None if day is None else AT.date() + timedelta(days=day),
    )


def forward(sort: Sort, *, is_falling: bool, length: int, between=lambda: None) -> list[list[int]]:
    pages, after = [], ""
    while True:
        page = slice_of(Customer.objects.all(), sort, is_falling=is_falling, after=after, length=length)
        pages.append([row.pk for row in page.rows])
        between()
        if not page.older_key:
            return pages
        after = page.older_key


def back_from_the_end(sort: Sort, *, is_falling: bool, length: int, between=lambda: None) -> list[int]:
    after, seen = "", []
    while (page := slice_of(Customer.objects.all(), sort, is_falling=is_falling, after=after, length=length)).older_key:
        after = page.older_key
    while True:
        seen = [row.pk for row in page.rows] + seen
        between()
        if not page.newer_key:
            return seen
        page = slice_of(Customer.objects.all(), sort, is_falling=is_falling, before=page.newer_key, length=length)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 2), st.sampled_from("abc")), max_size=12),
    length=st.integers(1, 5),
    is_falling=st.booleans(),
    sort=st.sampled_from([BY_TIME, BY_DAY, BY_NAME]),
)
def test_each_row_comes_exactly_once_forward_and_back(rows, length, is_falling, sort):
    Customer.objects.all().delete()
    made = {add(minute=minute, day=day, name=name).pk for minute, day, name in rows}

    ahead = [pk for page in forward(sort, is_falling=is_falling, length=length) for pk in page]
    back = back_from_the_end(sort, is_falling=is_falling, length=length)

    assert sorted(ahead) == sorted(made)
    assert back == ahead


@pytest.mark.django_db
@pytest.mark.parametrize("is_falling", [True, False])
def test_rows_that_arrive_meanwhile_move_no_other(is_falling):
    old = [add(minute=minute).pk for minute in range(9)]

    def arrive() -> None:
        add(minute=100)
        add(minute=-100)

    walked = [pk for page in forward(BY_TIME, is_falling=is_falling, length=2, between=arrive)[:20] for pk in page]

    assert [pk for pk in walked if pk in old] == (old[::-1] if is_falling else old)
    assert len(walked) == len(set(walked))


@pytest.mark.django_db
@pytest.mark.parametrize(("is_falling", "days"), [(False, [1, 2, 3, None, None]), (True, [3, 2, 1, None, None])])
def test_rows_without_a_value_stand_last_in_either_direction(is_falling, days):
    for day in (2, None, 3, 1, None):
        add(day=day)

    page = slice_of(Customer.objects.all(), BY_DAY, is_falling=is_falling, length=10)

    found = [None if row.registered_on is None else (row.registered_on - AT.date()).days for row in page.rows]
    assert found == days


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", ["", "x", "e30", "W10", "WzEsMl0", "WyJ4IiwxXQ", "WyIyMDI2LTExLTAyIiwxXQ", "W251bGwsMV0", "é", "WzEsIjIiXQ"]
)
def test_a_key_that_cannot_be_read_begins_at_the_beginning(key):
    first, second = add(minute=1), add(minute=2)

    for sort in (BY_TIME, BY_NAME):
        assert len(slice_of(Customer.objects.all(), sort, is_falling=True, after=key, length=5).rows) <= 2
    page = slice_of(Customer.objects.all(), BY_TIME, is_falling=True, after=key, length=5)
    assert [row.pk for row in page.rows] == [second.pk, first.pk]


@pytest.mark.django_db
def test_a_name_never_stands_in_a_key():
    add(name="wangli")
    add(name="zhou")

    key = slice_of(Customer.objects.all(), BY_NAME, is_falling=False, length=1).older_key

    assert b"wangli" not in base64.urlsafe_b64decode(key + "==")


@pytest.mark.django_db
def test_the_place_of_a_hidden_row_is_not_told():
    hidden = add(name="m")
    first = add(name="a")
    page = slice_of(Customer.objects.all(), BY_NAME, is_falling=False, length=1, after="")
    assert page.rows == [first]
    key = base64.urlsafe_b64encode(json.dumps([None, hidden.pk]).encode()).decode().rstrip("=")
    page = slice_of(Customer.objects.exclude(pk=hidden.pk), BY_NAME, is_falling=False, after=key)

    assert page.rows == [first]


@pytest.mark.django_db
def test_counting_stops_at_the_limit_unless_the_exact_number_is_wanted(monkeypatch):
    monkeypatch.setattr("yinuo.foundation.lists.paging.COUNT_LIMIT", 2)
    for _row in range(3):
        add()

    few, exact = counted(Customer.objects.all()), counted(Customer.objects.all(), is_exact=True)

    assert (few.number, few.is_more) == (2, True)
    assert (exact.number, exact.is_more) == (3, False)
