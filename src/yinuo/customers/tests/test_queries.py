from datetime import UTC, date, datetime

import pytest

from yinuo.access.actions import grant_role
from yinuo.access.actors import Actor
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.customers import queries
from yinuo.customers.actions import CustomerDetails, IdentityDraft, add_customer, add_identity, verify_identity
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Region

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def a_customer(name, *identities, **more):
    drafts = [IdentityDraft(kind, value) for kind, value in identities]
    return add_customer(details=CustomerDetails(name=name, **more), identities=drafts, source="test", by=SYSTEM, at=AT)


def names(page) -> list[str]:
    return [customer.name for customer in page.customers]


@pytest.fixture
def people(db):
    return [
        a_customer("王丽", ("phone", "13800136721"), ("account_number", "KH00012"), tier="gold"),
        a_customer("曾敏", ("mail", "zeng@example.com")),
        a_customer("Anna Schmidt", ("phone", "021-62501234")),
        a_customer("王丽"),
        a_customer("张三丰", ("open_id", "oX7bC-xyz")),
    ]


def test_customers_come_in_the_order_of_their_names_page_by_page(people):
    first = queries.visible_customers(SYSTEM, limit=2)
    second = queries.visible_customers(SYSTEM, limit=2, after=first.next_after)
    third = queries.visible_customers(SYSTEM, limit=2, after=second.next_after)

    assert [names(first), names(second), names(third)] == [["Anna Schmidt", "王丽"], ["王丽", "曾敏"], ["张三丰"]]
    assert (first.customers[1].pk, second.customers[0].pk) == (people[0].pk, people[3].pk)
    assert third.next_after is None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("王丽", ["王丽", "王丽"]),
        ("三丰", ["张三丰"]),
        ("张三丰", ["张三丰"]),
        ("丽", ["王丽", "王丽"]),
        ("zeng m", ["曾敏"]),
        ("schmi", ["Anna Schmidt"]),
        ("138 0013 6721", ["王丽"]),
        ("6721", []),
        ("ZENG@example.com", ["曾敏"]),
        ("eng@example.com", []),
        ("kh00012", ["王丽"]),
        ("oX7bC-xyz", ["张三丰"]),
        ("%", []),
        ("", ["Anna Schmidt", "王丽", "王丽", "曾敏", "张三丰"]),
    ],
)
def test_a_search_finds_names_by_parts_and_identities_only_whole(people, search, found):
    assert names(queries.visible_customers(SYSTEM, search=search)) == found


def test_a_list_is_narrowed_by_tier_and_region(people):
    west = Region.objects.create(code="west", name_zh="西部", name_en="West")
    a_customer("西门", region=west)

    assert names(queries.visible_customers(SYSTEM, tier="gold")) == ["王丽"]
    assert names(queries.visible_customers(SYSTEM, region=west)) == ["西门"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_queries_for_one_row_and_for_three(db, count, django_assert_num_queries):
    for number in range(count):
        a_customer(f"王{number}", ("phone", f"1380013672{number}"), address="幸福路")

    with django_assert_num_queries(2):
        page = queries.visible_customers(SYSTEM)
        shown = [(one.company, one.region, [row.masked for row in one.shown_identities]) for one in page.customers]

    assert len(shown) == count
    assert shown[0][2] == ["138 **** 6720"]


def test_nobody_finds_a_customer_outside_their_scope_by_any_search(house):
    west = Region.objects.create(code="west", name_zh="西部", name_en="West")
    hidden = a_customer("西门", ("phone", "13800136721"), region=west)
    house.chen.account.grants.all().delete()
    grant_role(account=house.chen.account, role=Role.AGENT, region_id=house.region.pk, by=SYSTEM, at=AT)
    chen = actor_of(house.chen)

    assert names(queries.visible_customers(chen)) == ["王丽", "李强"]  # the cast's rows have no sort key
    assert names(queries.visible_customers(chen, search="西门")) == []
    assert names(queries.visible_customers(chen, search="13800136721")) == []
    assert queries.customer_of_identity(chen, kind="phone", value="13800136721") is None
    with pytest.raises(NotFound):
        queries.customer_profile(chen, hidden.pk)
    assert names(queries.visible_customers(Actor.customer(house.li.pk))) == ["李强"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_profile_shows_masked_identities_in_two_queries(db, count, django_assert_num_queries):
    phones = [("phone", f"1380013672{number}") for number in range(count)]
    customer = a_customer("王丽", *phones, address="幸福路 1 号", registered_on=date(2025, 3, 1))

    with django_assert_num_queries(2):
        profile = queries.customer_profile(SYSTEM, customer.pk)

    assert [one.masked for one in profile.identities] == [f"138 **** 672{number}" for number in range(count)]
    assert "address" in profile.customer.get_deferred_fields()
    assert (profile.has_address, profile.since_on) == (True, date(2025, 3, 1))


def test_the_system_writes_to_a_verified_address_first(db):
    customer = a_customer("王丽", ("mail", "old@example.com"))
    assert queries.mail_address_of(customer.pk) == "old@example.com"

    new = add_identity(customer=customer, kind="mail", value="new@example.com", source="form", by=SYSTEM, at=AT)
    verify_identity(identity=new, by=SYSTEM, at=AT)

    assert queries.mail_address_of(customer.pk) == "new@example.com"
    assert queries.mail_address_of(a_customer("李强").pk) is None
