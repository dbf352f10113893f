"""What can happen to accounts and personal data."""

from typing import Any

from yinuo.foundation.facts import Fact


class AccountAdded(Fact):
    """Somebody was given an account."""

    staff_id: int


class AccountChanged(Fact):
    """What an account keeps of its person changed; `fields` names what."""

    staff_id: int
    fields: list[str]


class RoleGranted(Fact):
    """An account received a role, within the scope given."""

    staff_id: int
    role: str
    department_id: int | None
    region_id: int | None
    tier: str | None


class RoleRevoked(Fact):
    """An account lost a role."""

    staff_id: int
    role: str


class TokenCreated(Fact):
    """A key for programs was made."""

    staff_id: int
    token_id: int
    scopes: list[str]


class TokenRevoked(Fact):
    """A key for programs was withdrawn."""

    staff_id: int
    token_id: int


class PersonalFieldRevealed(Fact):
    """Somebody looked at a personal value in clear."""

    staff_id: int
    customer_id: int
    field: str


class ListExported(Fact):
    """Somebody took a whole list as a file: which, with which filters, in what form, and how many rows.

    Of words that were searched for only that there were some: they may be a customer's.
    """

    staff_id: int | None
    place: str
    form: str
    columns: list[str]
    filters: dict[str, Any]
    row_count: int


class SignedIn(Fact):
    """Somebody signed in."""

    staff_id: int


class SignInFailed(Fact):
    """Somebody tried to sign in to this account with a wrong secret."""

    staff_id: int
