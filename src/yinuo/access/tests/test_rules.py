"""What each role may do, what scopes of tokens leave of it, and what of a personal value is shown."""

import pytest

from yinuo.access.actors import Actor, Grant
from yinuo.access.masking import masked_mail, masked_phone, masked_text
from yinuo.access.roles import PERMISSIONS, Role
from yinuo.foundation.refusals import NotAllowed

ROLES = ("agent", "team_leader", "quality_manager", "analyst", "administrator", "partner", "customer")
#                            agent leader quality analyst admin partner customer
MAY: dict[str, tuple[int, ...]] = {
    "access.administer": (0, 0, 0, 0, 1, 0, 0),
    "cases.assign": (0, 1, 0, 0, 1, 0, 0),
    "cases.ask_task": (1, 1, 0, 0, 1, 0, 0),
    "cases.close": (1, 1, 0, 0, 1, 0, 0),
    "cases.decide_owner": (0, 1, 0, 0, 1, 0, 0),
    "cases.edit_rules": (0, 0, 0, 0, 1, 0, 0),
    "cases.declare_incident": (0, 1, 0, 0, 1, 0, 0),
    "cases.merge": (1, 1, 0, 0, 1, 0, 0),
    "cases.export": (0, 1, 1, 1, 1, 0, 0),
    "cases.hand_over": (1, 1, 0, 0, 1, 0, 0),
    "cases.note": (1, 1, 1, 0, 1, 1, 0),
    "cases.open": (1, 1, 0, 0, 1, 0, 0),
    "cases.reopen": (1, 1, 0, 0, 1, 0, 0),
    "cases.reopen_closed": (0, 1, 0, 0, 1, 0, 0),
    "cases.reply": (1, 1, 0, 0, 1, 0, 0),
    "cases.view": (1, 1, 1, 1, 1, 1, 0),
    "customers.edit": (1, 1, 0, 0, 1, 0, 0),
    "customers.export": (0, 1, 1, 1, 1, 0, 0),
    "customers.import": (0, 0, 0, 0, 1, 0, 0),
    "customers.reveal": (1, 1, 0, 0, 1, 0, 0),
    "customers.view": (1, 1, 1, 1, 1, 0, 0),
    "desk.open": (1, 1, 1, 1, 1, 1, 0),
    "desk.share_answers": (0, 1, 0, 0, 1, 0, 0),
    "desk.share_wall": (0, 1, 0, 0, 1, 0, 0),
    "desk.view_boards": (0, 1, 1, 1, 1, 0, 0),
    "desk.view_own_board": (1, 1, 0, 0, 1, 0, 0),
    "entitlements.edit": (0, 0, 0, 0, 1, 0, 0),
    "facts.view": (0, 0, 1, 1, 1, 0, 0),
    "mail.configure": (0, 0, 0, 0, 1, 0, 0),
    "mail.replay": (1, 1, 0, 0, 1, 0, 0),
    "mail.view": (1, 1, 0, 0, 1, 0, 0),
    "notifications.edit": (1, 1, 1, 1, 1, 1, 0),
    "notifications.view": (1, 1, 1, 1, 1, 1, 0),
    "organisation.edit": (0, 0, 0, 0, 1, 0, 0),
    "organisation.edit_shifts": (0, 1, 0, 0, 1, 0, 0),
    "organisation.presence": (1, 1, 0, 0, 1, 0, 0),
    "organisation.save_views": (1, 1, 1, 1, 1, 1, 0),
    "organisation.view": (1, 1, 1, 1, 1, 0, 0),
    "remedies.approve": (0, 1, 0, 0, 1, 0, 0),
    "remedies.configure": (0, 0, 0, 0, 1, 0, 0),
    "remedies.exceed_budget": (0, 0, 0, 0, 1, 0, 0),
    "remedies.export": (0, 1, 1, 1, 1, 0, 0),
    "remedies.grant": (1, 1, 0, 0, 1, 0, 0),
    "remedies.reverse": (0, 1, 0, 0, 1, 0, 0),
    "remedies.view": (1, 1, 1, 1, 1, 0, 0),
    "remedies.view_ledger": (0, 1, 1, 1, 1, 0, 0),
    "routing.edit": (0, 0, 0, 0, 1, 0, 0),
    "settings.view": (0, 0, 0, 0, 1, 0, 0),
    "standards.edit": (0, 0, 1, 0, 1, 0, 0),
    "standards.view": (1, 1, 1, 1, 1, 0, 0),
}


def test_every_permission_has_a_row() -> None:
    assert set().union(*PERMISSIONS.values()) == set(MAY)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_its_column_says(role: str) -> None:
    actor = Actor.staff(1, grants=(Grant(Role(role)),))
    column = ROLES.index(role)

    assert {permission: int(actor.may(permission)) for permission in MAY} == {
        permission: row[column] for permission, row in MAY.items()
    }


def test_without_a_role_nothing_is_allowed() -> None:
    with pytest.raises(NotAllowed):
        Actor.staff(1).require("cases.view")


def test_the_system_may_do_what_it_has_code_for() -> None:
    assert Actor.system("clock").may("cases.close")
    assert Actor.system("clock").may("cases.merge")


def test_roles_add_up() -> None:
    actor = Actor.staff(1, grants=(Grant(Role.ANALYST), Grant(Role.PARTNER)))

    assert (actor.may("facts.view"), actor.may("cases.note"), actor.may("cases.reply")) == (True, True, False)


@pytest.mark.parametrize(
    ("scopes", "permission", "may"),
    [
        ((), "cases.view", False),
        (("cases:read",), "cases.view", True),
        (("cases:read",), "cases.reply", False),
        (("cases:write",), "cases.view", True),
        (("cases:write",), "cases.reply", True),
        (("cases:write",), "customers.view", False),
        (("cases:write",), "desk.open", False),
        # A token never gives what the roles do not: an agent assigns nobody.
        (("cases:write",), "cases.assign", False),
    ],
)
def test_a_token_narrows_what_the_roles_allow(scopes: tuple[str, ...], permission: str, may: bool) -> None:
    actor = Actor(kind="staff", id=1, grants=(Grant(Role.AGENT),), token_scopes=frozenset(scopes))

    assert actor.may(permission) is may


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (masked_phone, "13812346721", "138 **** 6721"),
        (masked_phone, "+86 138-1234-6721", "138 **** 6721"),
        (masked_phone, "021-61234567", "021 **** 4567"),
        (masked_phone, "+49 30 901820", "**** 1820"),
        (masked_mail, "li@example.com", "l***@example.com"),
        (masked_mail, "王@例子.cn", "王***@例子.cn"),
        (masked_text, "上海市浦东新区", "上****区"),
        (masked_text, "A", "****"),
        (masked_text, "", "****"),
    ],
)
def test_only_so_much_of_a_value_is_shown(mask, value: str, shown: str) -> None:
    assert mask(value) == shown
