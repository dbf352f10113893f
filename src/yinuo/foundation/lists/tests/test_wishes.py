"""What an address says of a list, and that writing it back says the same."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from yinuo.foundation.lists import Choices, Column, Days, DeclaredList, Moment, Period, Sort, Words, YesNo
from yinuo.foundation.lists import query_of as written
from yinuo.foundation.lists import wish_of as read
from yinuo.foundation.lists.filters import days_of

MOMENT = Moment(datetime(2026, 11, 2, 17, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
LIST = DeclaredList(
    place="things",
    columns=[
        Column(key="name", label="Name", value=str, is_main=True),
        Column(key="made", label="Made", value=str, sort=Sort("made_at", is_falling=True)),
        Column(key="due", label="Due", value=str, sort=Sort("due_at"), is_default=False),
    ],
    filters=[
        Words(key="q", label="Words", narrow=lambda rows, _words: rows),
        Choices(key="kind", label="Kind", field="kind", offer=lambda: [("a", "A"), ("b", "B")]),
        YesNo(key="late", label="Late", narrow=lambda rows, _is, _moment: rows),
        Days(key="since", label="Since", field="made_at"),
    ],
    default_sort="made",
    moment=MOMENT,
)


def wish(text: str):
    return read(LIST, dict(QueryDict(text).lists()))


@pytest.mark.parametrize(
    ("given_query", "kept"),
    [
        ("", ""),
        ("kind=a&kind=b&kind=a&kind=zz", "kind=a&kind=b"),
        ("q=+a++b+", "q=a+b"),
        ("late=yes", "late=yes"),
        ("late=perhaps&since=never&sort=nothing&columns=x&unknown=1&view=x", ""),
        ("since=7d&since_from=2026-01-01", "since=7d"),
        ("since_from=2026-01-01&since_to=2026-13-01", "since_from=2026-01-01"),
        ("since_from=0001-01-01", ""),
        ("sort=-made", ""),
        ("sort=made", "sort=made"),
        ("sort=-due&columns=due,name,x", "sort=-due&columns=name,due"),
        ("view=12&count=exact&after=x", "view=12&count=exact&after=x"),
        ("view=99999999999999999999", ""),
    ],
)
def test_an_address_is_read_and_what_means_nothing_is_dropped(given_query, kept):
    assert written(LIST, wish(given_query)) == kept


@given(
    st.dictionaries(
        st.sampled_from(["q", "kind", "late", "since", "since_from", "since_to", "sort", "columns", "view", "after"]),
        st.sampled_from(["a", "b", "yes", "no", "7d", "2026-01-01", "due", "-due", "name,due", "12", "漏水", "'\"<"]),
    )
)
def test_what_was_written_reads_the_same(values):
    query = QueryDict(mutable=True)
    query.update(values)
    once = wish(query.urlencode())

    assert wish(written(LIST, once)) == once


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (Period("today"), (date(2026, 3, 1), date(2026, 3, 1))),
        (Period("yesterday"), (date(2026, 2, 28), date(2026, 2, 28))),
        (Period("7d"), (date(2026, 2, 23), date(2026, 3, 1))),
        (Period("30d"), (date(2026, 1, 31), date(2026, 3, 1))),
        (Period("month"), (date(2026, 3, 1), date(2026, 3, 1))),
        (Period("last_month"), (date(2026, 2, 1), date(2026, 2, 28))),
        (Period("", date(2026, 1, 1), None), (date(2026, 1, 1), None)),
    ],
)
def test_a_named_period_moves_along_with_today(period, days):
    assert days_of(period, today=date(2026, 3, 1)) == days


def test_days_are_those_of_the_local_wall_clock():
    assert MOMENT.today == date(2026, 11, 3)
    assert MOMENT.begins(date(2026, 11, 3)) == datetime(2026, 11, 2, 16, 0, tzinfo=UTC)


def test_two_meanings_for_one_name_are_refused_at_once():
    with pytest.raises(ValueError, match="sort"):
        DeclaredList(
            place="x",
            columns=LIST.columns,
            filters=[Words(key="sort", label="x", narrow=lambda rows, _words: rows)],
            default_sort="made",
            moment=MOMENT,
        )
