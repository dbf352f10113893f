"""How well a pledge is kept: each promise once, by the version that held, and a share only when it says something."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from yinuo.cases.actions import break_due_promises, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import PledgeBreach, PledgeTally
from yinuo.cases.pledge_tally import tally_pledges
from yinuo.cases.queries import breaches, keeping
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.cases.tests.reading import text_of
from yinuo.foundation.facts import COLUMNS, recorded
from yinuo.foundation.followers import known_followers
from yinuo.standards.actions import PledgeTerms, PledgeWords, add_pledge, change_pledge, publish_pledge
from yinuo.standards.models import Pledge

WORDS = PledgeWords("按时答复", "Answered in time", "按时", "In time", "致歉", "An apology")
NINE = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai; the first response is due at 11:00
TEN = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def pledge(house: House) -> Pledge:
    terms = PledgeTerms(promise_kinds=("first_response",), remedy_kind="apology")
    version = add_pledge(code="answer", words=WORDS, terms=terms, effective_on=date(2026, 1, 1), by=SYSTEM, at=NINE)
    publish_pledge(pledge=version.pledge, by=SYSTEM, at=NINE)
    return version.pledge


def follow() -> None:
    types = next(one.types for one in known_followers() if one.name == "cases.tally_pledges")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact ORDER BY tx, id")
        facts = [recorded(row) for row in cursor.fetchall()]
    tally_pledges([fact for fact in facts if fact.type in types])


def kept_and_broken(house: House, *, kept: int, broken: int) -> None:
    for number in range(kept + broken):
        case = house.open(at=NINE)
        if number < kept:
            reply(case=case, said=Said("好", TEN), by=actor_of(house.chen), at=TEN)
    break_due_promises(at=NOON)
    follow()


def test_kept_and_broken_promises_of_its_kinds_count_once_in_their_month(house: House, pledge: Pledge) -> None:
    kept_and_broken(house, kept=3, broken=1)

    rows = PledgeTally.objects.values_list("version__pledge__code", "month", "kept_count", "broken_count")
    assert list(rows) == [("answer", NOVEMBER, 3, 1)]
    assert PledgeBreach.objects.count() == 1


def test_the_version_counts_that_held_when_the_promise_was_given(house: House, pledge: Pledge) -> None:
    # From 3 November on the pledge is for platinum customers' visits only, so the next promise does not count.
    later = PledgeTerms(promise_kinds=("visit",))
    change_pledge(pledge=pledge, words=WORDS, terms=later, effective_on=date(2026, 11, 3), by=SYSTEM, at=NINE)
    house.open(at=NINE)
    house.open(at=datetime(2026, 11, 3, 1, 0, tzinfo=UTC))
    break_due_promises(at=datetime(2026, 11, 3, 4, 0, tzinfo=UTC))
    follow()

    assert list(PledgeTally.objects.values_list("version__number", "broken_count")) == [(1, 1)]


def test_a_pledge_that_is_not_published_is_not_counted(house: House, pledge: Pledge) -> None:
    Pledge.objects.update(is_published=False)

    kept_and_broken(house, kept=1, broken=1)

    assert not PledgeTally.objects.exists()


def test_the_share_is_of_the_same_promises_and_rounds_down(house: House, pledge: Pledge) -> None:
    kept_and_broken(house, kept=20, broken=1)

    kept = keeping([pledge.pk], on=date(2026, 11, 30))[pledge.pk]
    assert (kept.kept_count, kept.count, kept.percent) == (20, 21, 95.2)  # 95.238...
    assert [one.month for one in kept.months][::11] == [date(2025, 12, 1), NOVEMBER]
    assert [one.count for one in kept.months] == [0] * 11 + [21]
    assert keeping([pledge.pk], on=date(2027, 11, 1))[pledge.pk].count == 0


def test_fewer_than_twenty_say_nothing(house: House, pledge: Pledge) -> None:
    kept_and_broken(house, kept=19, broken=0)

    assert keeping([pledge.pk], on=date(2026, 11, 30))[pledge.pk].percent is None


def test_the_cases_that_broke_it_are_those_one_may_see(house: House, pledge: Pledge) -> None:
    kept_and_broken(house, kept=0, broken=2)

    on = date(2026, 11, 30)
    assert breaches(pledge.pk, actor=actor_of(house.zhao), on=on).count() == 2
    assert breaches(pledge.pk, actor=SYSTEM.customer(house.li.pk), on=on).count() == 0


def test_everybody_reads_the_share_and_staff_find_the_cases(house: House, pledge: Pledge, client: Client) -> None:
    version = pledge.versions.get()
    month = timezone.localdate().replace(day=1)
    assert "检验满 20 次" in text_of(client.get("/pledges"))
    PledgeTally.objects.create(version=version, month=month, kept_count=45, broken_count=5)

    listed, whole = text_of(client.get("/pledges")), text_of(client.get("/pledges/answer"))
    assert "兑现率 90.0 %" in listed
    assert "50 次中兑现 45 次" in whole
    house.open(at=NINE)
    break_due_promises(at=NOON)
    follow()
    PledgeBreach.objects.update(broken_at=timezone.now())
    client.force_login(house.zhao.account)
    page = client.get(f"/settings/pledges/{pledge.pk}/keeping")
    assert house.opened[0].reference in text_of(page)
