"""Accounts, roles, tokens and the trail of reveals, in the real database."""

from datetime import UTC, datetime, timedelta

import pytest

from yinuo.access.actions import (
    MailAddressTaken,
    TooManyReveals,
    UnknownLanguage,
    UnknownScope,
    UsernameTaken,
    add_account,
    choose_language,
    create_token,
    grant_role,
    mark_token_used,
    record_reveal,
    revoke_role,
    revoke_token,
)
from yinuo.access.actors import Actor
from yinuo.access.api import actor_with, token_in
from yinuo.access.models import ApiToken, Reveal, RoleGrant
from yinuo.access.roles import Role
from yinuo.access.scopes import within_scopes
from yinuo.cases.tests.cast import SYSTEM, House, actor_of
from yinuo.customers.models import Customer
from yinuo.foundation.models import FactRow
from yinuo.foundation.refusals import NotAllowed

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def facts(kind: str) -> list[dict]:
    rows = FactRow.objects.filter(type=f"access.{kind}").order_by("tx", "id")
    return [{"staff_id": row.staff_id, "actor": row.actor, **row.payload} for row in rows]


@pytest.mark.usefixtures("house")
class TestAccounts:
    def test_the_sign_in_name_is_one_however_it_is_written(self) -> None:
        with pytest.raises(UsernameTaken):
            add_account(username=" Chen ", name="x", by=SYSTEM, at=AT)

    def test_a_mail_address_belongs_to_one_account(self) -> None:
        with pytest.raises(MailAddressTaken):
            add_account(username="other", name="x", email="Chen@henuan.example", by=SYSTEM, at=AT)

    def test_accounts_without_an_address_are_many(self) -> None:
        add_account(username="a", name="x", by=SYSTEM, at=AT)
        add_account(username="b", name="x", by=SYSTEM, at=AT)

    def test_only_administrators_add_accounts_and_give_roles(self, house: House) -> None:
        for by in (actor_of(house.zhou), actor_of(house.zhao)):
            with pytest.raises(NotAllowed):
                add_account(username="x", name="x", by=by, at=AT)
            with pytest.raises(NotAllowed):
                grant_role(account=house.chen.account, role=Role.ADMINISTRATOR, by=by, at=AT)
            with pytest.raises(NotAllowed):
                revoke_role(grant=house.chen.account.grants.get(), by=by, at=AT)

    def test_a_role_given_twice_is_one_role_and_one_fact(self, house: House) -> None:
        before = len(facts("role_granted"))

        for _time in range(2):
            grant_role(account=house.chen.account, role=Role.ANALYST, region_id=house.region.pk, by=SYSTEM, at=AT)

        assert RoleGrant.objects.filter(account=house.chen.account, role=Role.ANALYST).count() == 1
        assert facts("role_granted")[before:] == [
            {
                "staff_id": house.chen.pk,
                "actor": "system:test",
                "role": "analyst",
                "department_id": None,
                "region_id": house.region.pk,
                "tier": None,
            }
        ]

    def test_the_language_is_ones_own_to_choose(self, house: House) -> None:
        choose_language(account=house.chen.account, language="en", by=actor_of(house.chen), at=AT)

        house.chen.account.refresh_from_db()
        assert house.chen.account.language == "en"
        with pytest.raises(NotAllowed):
            choose_language(account=house.chen.account, language="en", by=actor_of(house.zhou), at=AT)
        with pytest.raises(UnknownLanguage):
            choose_language(account=house.chen.account, language="de", by=actor_of(house.chen), at=AT)


@pytest.mark.usefixtures("customers")
class TestScopes:
    @pytest.fixture
    def customers(self, house: House) -> None:
        other = house.region.__class__.objects.create(code="west", name_zh="西", name_en="West")
        Customer.objects.all().delete()
        for name, region, tier in (
            ("east gold", house.region, "gold"),
            ("east plain", house.region, "standard"),
            ("west gold", other, "gold"),
            ("nowhere gold", None, "gold"),
        ):
            Customer.objects.create(name=name, region=region, tier=tier, created_at=AT)

    @pytest.mark.parametrize(
        ("grants", "seen"),
        [
            ([], []),
            ([{}], ["east gold", "east plain", "nowhere gold", "west gold"]),
            ([{"region": True}], ["east gold", "east plain"]),
            ([{"tier": "gold"}], ["east gold", "nowhere gold", "west gold"]),
            ([{"region": True, "tier": "gold"}], ["east gold"]),
            ([{"region": True}, {"tier": "gold"}], ["east gold", "east plain", "nowhere gold", "west gold"]),
            # The table has no department, so that limit does not apply to it.
            ([{"department": True}], ["east gold", "east plain", "nowhere gold", "west gold"]),
        ],
    )
    def test_limits_of_one_role_narrow_and_several_roles_add_up(
        self, house: House, grants: list[dict], seen: list[str]
    ) -> None:
        account = house.chen.account
        account.grants.all().delete()
        for limits in grants:
            grant_role(
                account=account,
                role=Role.AGENT,
                department_id=house.department.pk if "department" in limits else None,
                region_id=house.region.pk if "region" in limits else None,
                tier=limits.get("tier"),
                by=SYSTEM,
                at=AT,
            )
        scope = within_scopes(account.as_actor(), "customers.view", department=None, region="region_id", tier="tier")

        assert sorted(Customer.objects.filter(scope).values_list("name", flat=True)) == seen

    def test_a_role_without_the_permission_adds_nothing(self, house: House) -> None:
        account = house.chen.account
        account.grants.all().delete()
        grant_role(account=account, role=Role.PARTNER, by=SYSTEM, at=AT)

        scope = within_scopes(account.as_actor(), "customers.view", department=None, region=None, tier=None)

        assert not Customer.objects.filter(scope).exists()


@pytest.mark.usefixtures("made")
class TestTokens:
    @pytest.fixture
    def made(self, house: House) -> tuple[ApiToken, str]:
        return create_token(
            account=house.chen.account,
            name="orders",
            scopes=["cases:read", "cases:read"],
            expires_at=AT + timedelta(days=30),
            by=actor_of(house.chen),
            at=AT,
        )

    def test_only_a_hash_is_kept(self, made: tuple[ApiToken, str]) -> None:
        row, token = made

        assert token.startswith("yn_")
        assert len(token) == 46
        assert token.encode() not in bytes(ApiToken.objects.get().digest)
        assert row.scopes == ["cases:read"]
        assert all(token not in str(fact) for fact in facts("token_created"))

    def test_it_opens_the_door_until_it_is_over(self, made: tuple[ApiToken, str]) -> None:
        header = f"Bearer {made[1]}"

        assert token_in(header, at=AT) == made[0]
        assert token_in(header, at=AT + timedelta(days=30) - timedelta(seconds=1)) == made[0]
        assert token_in(header, at=AT + timedelta(days=30)) is None

    @pytest.mark.parametrize("header", ["", "Bearer ", "Bearer yn_wrong", "Basic eA==", "bearer"])
    def test_anything_else_does_not(self, header: str) -> None:
        assert token_in(header, at=AT) is None

    def test_a_revoked_one_is_useless(self, house: House, made: tuple[ApiToken, str]) -> None:
        revoke_token(token=made[0], by=actor_of(house.chen), at=AT)

        assert token_in(f"Bearer {made[1]}", at=AT) is None

    def test_it_ends_with_its_account(self, house: House, made: tuple[ApiToken, str]) -> None:
        house.chen.account.is_active = False
        house.chen.account.save()

        assert token_in(f"Bearer {made[1]}", at=AT) is None

    def test_it_acts_with_roles_as_they_are_now_within_its_scopes(
        self, house: House, made: tuple[ApiToken, str]
    ) -> None:
        actor = actor_with(made[0])
        assert (actor.may("cases.view"), actor.may("cases.reply")) == (True, False)

        revoke_role(grant=house.chen.account.grants.get(), by=SYSTEM, at=AT)

        assert not actor_with(ApiToken.objects.get()).may("cases.view")

    def test_an_unknown_scope_is_refused_with_those_that_are_known(self, house: House) -> None:
        with pytest.raises(UnknownScope) as refused:
            create_token(account=house.chen.account, name="x", scopes=["all"], by=actor_of(house.chen), at=AT)

        assert "cases:read" in refused.value.sentence()

    def test_others_keys_are_the_administrators_only(self, house: House, made: tuple[ApiToken, str]) -> None:
        with pytest.raises(NotAllowed):
            create_token(account=house.chen.account, name="x", scopes=[], by=actor_of(house.zhou), at=AT)
        with pytest.raises(NotAllowed):
            revoke_token(token=made[0], by=actor_of(house.zhou), at=AT)

        revoke_token(token=made[0], by=actor_of(house.admin), at=AT)

        assert ApiToken.objects.get().revoked_at == AT

    def test_the_day_of_last_use_is_written_once_a_day(
        self, made: tuple[ApiToken, str], django_assert_num_queries
    ) -> None:
        mark_token_used(token=made[0], on=AT.date())

        with django_assert_num_queries(1):
            token_in(f"Bearer {made[1]}", at=AT)
        assert ApiToken.objects.get().last_used_on == AT.date()


class TestReveals:
    def test_each_look_is_written_down(self, house: House) -> None:
        record_reveal(customer_id=house.wang.pk, field="phone", reason="回电", by=actor_of(house.chen), at=AT)

        row = Reveal.objects.get()
        assert (row.account_id, row.customer_id, row.field, row.reason, row.at) == (
            house.chen.pk,
            house.wang.pk,
            "phone",
            "回电",
            AT,
        )
        assert facts("personal_field_revealed") == [
            {"staff_id": house.chen.pk, "actor": f"staff:{house.chen.pk}", "field": "phone"}
        ]

    def test_sixty_an_hour_is_the_limit_for_one_person(self, house: House) -> None:
        chen = actor_of(house.chen)
        for minute in range(60):
            record_reveal(customer_id=house.wang.pk, field="phone", by=chen, at=AT + timedelta(minutes=minute))

        with pytest.raises(TooManyReveals):
            record_reveal(customer_id=house.wang.pk, field="phone", by=chen, at=AT + timedelta(minutes=59))
        assert Reveal.objects.count() == 60

        record_reveal(customer_id=house.wang.pk, field="phone", by=actor_of(house.zhou), at=AT + timedelta(minutes=59))
        record_reveal(customer_id=house.wang.pk, field="phone", by=chen, at=AT + timedelta(minutes=60, seconds=1))

    def test_who_may_not_reveal_is_refused_and_nothing_is_written(self, house: House) -> None:
        with pytest.raises(NotAllowed):
            record_reveal(customer_id=house.wang.pk, field="phone", by=actor_of(house.zhao), at=AT)

        assert not Reveal.objects.exists()


def test_keys_of_actors_are_stable() -> None:
    assert [Actor.staff(12).key, Actor.customer(7).key, Actor.system("mail").key] == [
        "staff:12",
        "customer:7",
        "system:mail",
    ]
