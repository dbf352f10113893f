import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from yinuo.access.actions import TooManyReveals, grant_role
from yinuo.access.actors import Actor
from yinuo.access.models import Reveal
from yinuo.access.roles import Role
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.customers import rules
from yinuo.customers.actions import (
    CustomerDetails,
    IdentityDraft,
    IdentityTaken,
    UnknownTier,
    add_company,
    add_customer,
    add_identity,
    change_company,
    change_customer,
    find_or_add_by_identity,
    remove_identity,
    reveal_address,
    reveal_identity,
    set_tier,
    verify_identity,
)
from yinuo.customers.actions.companies import CompanyKnown
from yinuo.customers.models import Customer, Identity
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed, NotFound
from yinuo.organisation.models import Region

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def facts(*types: str) -> list[tuple]:
    rows = FactRow.objects.filter(type__in=types) if types else FactRow.objects.filter(type__startswith="customers.")
    return [(row.type, row.customer_id, row.payload) for row in rows.order_by("id")]


def a_customer(name="王丽", *identities: tuple[str, str], **more) -> Customer:
    drafts = [IdentityDraft(kind, value) for kind, value in identities]
    return add_customer(details=CustomerDetails(name=name, **more), identities=drafts, source="test", by=SYSTEM, at=AT)


def test_a_new_customer_has_encrypted_identities_a_sort_key_and_facts(house):
    customer = add_customer(
        details=CustomerDetails(name=" 曾  敏", tier="gold", region=house.region, address="幸福路 1 号"),
        identities=[IdentityDraft("phone", "138 0013 6721"), IdentityDraft("mail", "Zeng@Example.com", True)],
        source="counter",
        by=actor_of(house.chen),
        at=AT,
    )

    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.name, stored.sort_key, stored.tier, stored.address) == ("曾敏", "zeng min", "gold", "幸福路 1 号")
    phone, mail = stored.identities.order_by("id")
    assert (phone.value, phone.masked, phone.is_verified) == ("+8613800136721", "138 **** 6721", False)
    assert (mail.value, mail.masked, mail.is_verified) == ("Zeng@example.com", "Z***@example.com", True)
    assert facts() == [
        ("customers.customer_added", customer.pk, {"source": "counter"}),
        ("customers.identity_added", customer.pk, {"identity_id": phone.pk, "kind": "phone", "source": "counter"}),
        ("customers.identity_added", customer.pk, {"identity_id": mail.pk, "kind": "mail", "source": "counter"}),
    ]
    assert {row.actor for row in FactRow.objects.filter(type__startswith="customers.")} == {f"staff:{house.chen.pk}"}


def test_clear_values_stand_nowhere_in_the_tables(db):
    a_customer("王丽", ("phone", "13800136721"), ("mail", "wang@example.com"), address="幸福路 1 号")

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM customers_identity i")
        text = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT row_to_json(c)::text FROM customers_customer c")
        text += "".join(row[0] for row in cursor.fetchall())
    for value in ("13800136721", "wang@example.com", "幸福路", b"wang@".hex(), b"13800136721".hex()):
        assert value not in text


def test_one_identity_belongs_to_one_customer_and_the_refusal_does_not_say_to_whom(db):
    a_customer("王丽", ("phone", "13800136721"))

    with pytest.raises(IdentityTaken) as refusal:
        a_customer("李强", ("phone", "+86 138-0013-6721"))

    assert "王丽" not in str(refusal.value.as_json())
    assert list(Customer.objects.values_list("name", flat=True)) == ["王丽"]
    assert len(facts("customers.customer_added")) == 1


def test_an_unknown_tier_is_refused(db):
    with pytest.raises(UnknownTier):
        a_customer("王丽", tier="diamond")


def test_a_change_is_stored_and_the_fact_names_fields_only(house):
    customer = a_customer("王丽", region=house.region)

    change_customer(
        customer=customer,
        details=CustomerDetails(name="王莉", region=house.region, city="上海", registered_on=date(2025, 3, 1)),
        by=actor_of(house.chen),
        at=AT,
    )

    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.name, stored.sort_key, stored.city) == ("王莉", "wang li", "上海")
    assert facts("customers.customer_changed") == [
        ("customers.customer_changed", customer.pk, {"fields": ["city", "name", "registered_on"]})
    ]


def test_a_change_that_changes_nothing_is_no_fact(db):
    customer = a_customer("王丽")

    change_customer(customer=customer, details=CustomerDetails(name="王丽"), by=SYSTEM, at=AT)

    assert facts("customers.customer_changed") == []


def test_customers_change_only_themselves_and_only_what_is_theirs_to_say(house):
    wang, li = a_customer("王丽"), a_customer("李强")
    as_wang = Actor.customer(wang.pk)

    change_customer(customer=wang, details=CustomerDetails(name="王丽丽"), by=as_wang, at=AT)

    with pytest.raises(NotFound):
        change_customer(customer=li, details=CustomerDetails(name="李四"), by=as_wang, at=AT)
    with pytest.raises(NotAllowed):
        change_customer(customer=wang, details=CustomerDetails(name="王丽丽", region=house.region), by=as_wang, at=AT)
    with pytest.raises(NotAllowed):
        set_tier(customer=wang, tier="platinum", by=as_wang, at=AT)
    with pytest.raises(NotAllowed):
        add_customer(details=CustomerDetails(name="张三"), source="portal", by=as_wang, at=AT)
    assert list(Customer.objects.filter(pk__in=[wang.pk, li.pk]).order_by("pk").values_list("name", "tier")) == [
        ("王丽丽", "standard"),
        ("李强", "standard"),
    ]


def test_staff_change_customers_only_inside_the_scope_that_lets_them_edit(house):
    west = Region.objects.create(code="west", name_zh="西部", name_en="West")
    eastern, western = a_customer("王丽", region=house.region), a_customer("李强", region=west)
    house.chen.account.grants.all().delete()
    grant_role(account=house.chen.account, role=Role.AGENT, region_id=house.region.pk, by=SYSTEM, at=AT)

    set_tier(customer=eastern, tier="gold", by=actor_of(house.chen), at=AT)
    with pytest.raises(NotFound):
        set_tier(customer=western, tier="gold", by=actor_of(house.chen), at=AT)

    # Seeing everything as an analyst does not widen where they may edit.
    grant_role(account=house.chen.account, role=Role.ANALYST, by=SYSTEM, at=AT)
    with pytest.raises(NotAllowed):
        set_tier(customer=western, tier="gold", by=actor_of(house.chen), at=AT)
    assert facts("customers.tier_changed") == [
        ("customers.tier_changed", eastern.pk, {"before": "standard", "after": "gold"})
    ]


def test_a_quality_manager_looks_but_does_not_edit(house):
    with pytest.raises(NotAllowed):
        change_customer(customer=house.wang, details=CustomerDetails(name="别人"), by=actor_of(house.zhao), at=AT)
    with pytest.raises(NotAllowed):
        add_company(name="和暖", by=actor_of(house.zhao), at=AT)


def test_identities_are_added_once_verified_and_removed_with_their_facts(house):
    by = actor_of(house.chen)
    added = add_identity(customer=house.wang, kind="mail", value="wang@example.com", source="phone call", by=by, at=AT)
    again = add_identity(customer=house.wang, kind="mail", value="WANG@example.com", source="form", by=by, at=AT)
    verify_identity(identity=added, by=by, at=AT)
    verify_identity(identity=added, by=by, at=AT)
    remove_identity(identity=added, by=by, at=AT)

    assert again.pk == added.pk
    assert not Identity.objects.exists()
    about = {"identity_id": added.pk, "kind": "mail"}
    assert facts() == [
        ("customers.identity_added", house.wang.pk, about | {"source": "phone call"}),
        ("customers.identity_verified", house.wang.pk, about),
        ("customers.identity_removed", house.wang.pk, about),
    ]


def test_an_identity_of_somebody_else_is_not_added_and_a_mistyped_one_neither(house):
    a_customer("李强", ("mail", "li@example.com"))

    with pytest.raises(IdentityTaken):
        add_identity(customer=house.wang, kind="mail", value="li@example.com", source="x", by=SYSTEM, at=AT)
    with pytest.raises(rules.NotAMailAddress):
        add_identity(customer=house.wang, kind="mail", value="wang@qq", source="x", by=SYSTEM, at=AT)
    assert house.wang.identities.count() == 0


def test_customers_cannot_vouch_for_themselves(house):
    as_wang = Actor.customer(house.wang.pk)
    added = add_identity(customer=house.wang, kind="phone", value="13800136721", source="portal", by=as_wang, at=AT)

    with pytest.raises(NotAllowed):
        verify_identity(identity=added, by=as_wang, at=AT)
    with pytest.raises(NotAllowed):
        add_identity(
            customer=house.wang, kind="phone", value="13800136722", source="x", is_verified=True, by=as_wang, at=AT
        )
    assert list(Identity.objects.values_list("is_verified", flat=True)) == [False]


def test_a_look_at_a_clear_value_is_written_down_and_limited(house):
    customer = a_customer("王丽", ("phone", "13800136721"), address="幸福路 1 号", region=house.region)
    phone = customer.identities.get()
    by = actor_of(house.chen)

    assert reveal_identity(identity=phone, reason="call back", by=by, at=AT) == "+8613800136721"
    assert reveal_address(customer=customer, by=by, at=AT) == "幸福路 1 号"

    assert list(Reveal.objects.order_by("id").values_list("account_id", "customer_id", "field", "reason")) == [
        (house.chen.pk, customer.pk, "phone", "call back"),
        (house.chen.pk, customer.pk, "address", ""),
    ]
    for _ in range(58):
        reveal_identity(identity=phone, by=by, at=AT)
    with pytest.raises(TooManyReveals):
        reveal_identity(identity=phone, by=by, at=AT)


def test_those_who_may_not_reveal_see_nothing_and_leave_no_trace(house):
    customer = a_customer("王丽", ("phone", "13800136721"), region=house.region)
    phone = customer.identities.get()

    with pytest.raises(NotAllowed):
        reveal_identity(identity=phone, by=actor_of(house.zhao), at=AT)
    with pytest.raises(NotFound):
        reveal_identity(identity=phone, by=Actor.customer(house.li.pk), at=AT)
    assert reveal_identity(identity=phone, by=Actor.customer(customer.pk), at=AT) == "+8613800136721"
    assert not Reveal.objects.exists()


def test_a_company_is_added_changed_and_not_twice_under_one_number(db):
    first = add_company(name="和暖电器", registration_number="91310000X", by=SYSTEM, at=AT)
    other = add_company(name="东方酒店", by=SYSTEM, at=AT)

    with pytest.raises(CompanyKnown):
        change_company(company=other, name="东方酒店", registration_number="91310000X", region=None, by=SYSTEM, at=AT)
    change_company(company=other, name="东方大酒店", registration_number="", region=None, by=SYSTEM, at=AT)

    assert [(kind, payload) for kind, _customer, payload in facts()] == [
        ("customers.company_added", {"company_id": first.pk}),
        ("customers.company_added", {"company_id": other.pk}),
        ("customers.company_changed", {"company_id": other.pk, "fields": ["name"]}),
    ]


def test_a_known_sender_is_found_with_one_query(db, django_assert_num_queries):
    known = a_customer("王丽", ("mail", "Wang@example.com"))

    with django_assert_num_queries(1):
        found, is_new = find_or_add_by_identity(
            kind="mail", value="wang@EXAMPLE.com", name="Wang", source="mail", by=SYSTEM, at=AT
        )
        assert found.region is None

    assert (found.pk, found.name, is_new) == (known.pk, "王丽", False)


def test_a_new_sender_becomes_a_customer_just_as_add_customer_makes_one(db):
    found, is_new = find_or_add_by_identity(
        kind="mail", value="Wang@Example.com", name="单丽", source="mail", by=SYSTEM, at=AT
    )
    found_facts = facts()
    made = a_customer("单丽", ("mail", "other@example.com"))

    assert is_new
    quick, plain = (Customer.objects.filter(pk=pk).values().get() for pk in (found.pk, made.pk))
    assert quick | {"id": 0} == plain | {"id": 0}
    assert {name: getattr(found, name) for name in quick} == quick
    identities = [Identity.objects.filter(customer=one).values().get() for one in (found, made)]
    assert identities[0]["value"] == "Wang@example.com"
    ignored = {"id", "customer_id", "value", "lookup", "masked", "source"}
    assert [{k: v for k, v in one.items() if k not in ignored} for one in identities] == [
        {"kind": "mail", "is_verified": False, "added_at": AT}
    ] * 2
    assert [(kind, payload.keys()) for kind, _pk, payload in found_facts] == [
        (kind, payload.keys()) for kind, pk, payload in facts() if pk == made.pk
    ]


def test_a_new_sender_costs_three_queries_inside_a_transaction(db, django_assert_num_queries):
    with django_assert_num_queries(3):
        find_or_add_by_identity(kind="mail", value="new@example.com", name="新", source="mail", by=SYSTEM, at=AT)


def test_a_sender_without_a_name_is_called_by_the_masked_identity(db):
    found, _is_new = find_or_add_by_identity(kind="phone", value="13800136721", source="phone", by=SYSTEM, at=AT)

    assert found.name == "138 **** 6721"


def test_a_customer_may_not_look_up_others_by_identity(house):
    with pytest.raises(NotAllowed):
        find_or_add_by_identity(
            kind="mail", value="x@example.com", source="mail", by=Actor.customer(house.wang.pk), at=AT
        )


@pytest.mark.django_db(transaction=True)
def test_many_first_messages_of_one_sender_at_once_make_one_customer():
    ready, results = threading.Barrier(6), []

    def arrive() -> None:
        try:
            ready.wait()
            with transaction.atomic():
                results.append(
                    find_or_add_by_identity(
                        kind="mail", value="new@example.com", name="新客", source="mail", by=SYSTEM, at=AT
                    )
                )
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({customer.pk for customer, _is_new in results}) == 1
    assert sorted(is_new for _customer, is_new in results) == [False] * 5 + [True]
    assert Customer.objects.count() == 1
    assert [kind for kind, _pk, _payload in facts()] == ["customers.customer_added", "customers.identity_added"]
