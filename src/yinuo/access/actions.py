"""The only writers of accounts, roles, tokens and the reveal trail."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotAllowed, Refusal

from .actors import Actor
from .facts import (
    AccountAdded,
    AccountChanged,
    ListExported,
    PersonalFieldRevealed,
    RoleGranted,
    RoleRevoked,
    TokenCreated,
    TokenRevoked,
)
from .models import Account, ApiToken, Reveal, RoleGrant
from .roles import Role

TOKEN_SCOPES = frozenset(
    f"{folder}:{verb}"
    for folder in ("cases", "customers", "facts", "mail", "notifications", "organisation", "settings", "standards")
    for verb in ("read", "write")
)
_REVEALS_AN_HOUR = 60
_MOST_COLUMNS = 60


class UsernameTaken(Refusal):
    code = "access.username_taken"

    def sentence(self) -> str:
        return _("There is already an account called %(username)s. Choose another sign-in name.") % self.details


class MailAddressTaken(Refusal):
    code = "access.mail_address_taken"

    def sentence(self) -> str:
        return _("There is already an account with the address %(email)s. Use another address.") % self.details


class UnknownScope(Refusal):
    code = "access.unknown_scope"
    status = 422

    def sentence(self) -> str:
        return _("%(scope)s is not a scope. Choose from: %(known)s.") % self.details


class UnknownLanguage(Refusal):
    code = "access.unknown_language"
    status = 422

    def sentence(self) -> str:
        return _("Yinuo does not speak %(language)s. Choose from: %(known)s.") % self.details


class TooManyReveals(Refusal):
    code = "access.too_many_reveals"
    status = 429

    def sentence(self) -> str:
        return _(
            "You have opened %(count)s personal values within the last hour, which is the limit. "
            "Wait a little, or ask your team leader."
        ) % {"count": self.count}


@transaction.atomic
def add_account(
    *,
    username: str,
    name: str,
    email: str = "",
    password: str | None = None,
    language: str = "zh-hans",
    by: Actor,
    at: datetime,
) -> Account:
    """Make an account without any role. Refuses with UsernameTaken, MailAddressTaken. Announces AccountAdded."""
    by.require("access.administer")
    if Account.objects.filter(username=username.strip().lower()).exists():
        raise UsernameTaken(username=username)
    if email and Account.objects.filter(email=email.lower()).exists():
        raise MailAddressTaken(email=email)
    account = Account.objects.create_user(username, email, password, name=name, language=language)
    announce(AccountAdded(staff_id=account.pk), by=by, at=at)
    return account


@transaction.atomic
def choose_language(*, account: Account, language: str, by: Actor, at: datetime) -> None:
    """Keep the language an account reads. Refuses with NotAllowed for others' accounts, UnknownLanguage.

    Announces AccountChanged.
    """
    if by.staff_id != account.pk:
        by.require("access.administer")
    known = [code for code, _name in settings.LANGUAGES]
    if language not in known:
        raise UnknownLanguage(language=language, known=", ".join(known))
    account.language = language
    account.save(update_fields=["language"])
    announce(AccountChanged(staff_id=account.pk, fields=["language"]), by=by, at=at)


@transaction.atomic
def choose_columns(*, account: Account, place: str, columns: Sequence[str], by: Actor, at: datetime) -> None:
    """Keep which columns an account wants in the list called `place`; none: the usual ones again.

    The list passes over columns it does not know. Refuses with NotAllowed for others' accounts. Announces
    AccountChanged.
    """
    if by.staff_id != account.pk:
        raise NotAllowed(permission="access.administer")
    row = Account.objects.select_for_update().get(pk=account.pk)
    chosen = {name: kept for name, kept in row.list_columns.items() if name != place}
    if columns:
        chosen[place] = list(columns)[:_MOST_COLUMNS]
    if chosen == row.list_columns:
        return
    row.list_columns = account.list_columns = chosen
    row.save(update_fields=["list_columns"])
    announce(AccountChanged(staff_id=row.pk, fields=["list_columns"]), by=by, at=at)


@transaction.atomic
def record_export(
    *,
    place: str,
    form: str,
    columns: Sequence[str],
    filters: Mapping[str, Any],
    row_count: int,
    permission: str,
    by: Actor,
    at: datetime,
) -> None:
    """Write down that somebody takes a whole list out of the house, before the first row leaves.

    filters: by name, without anybody's words. Refuses with NotAllowed. Announces ListExported.
    """
    by.require(permission)
    fact = ListExported(
        staff_id=by.staff_id, place=place, form=form, columns=list(columns), filters=dict(filters), row_count=row_count
    )
    announce(fact, by=by, at=at)


@transaction.atomic
def grant_role(
    *,
    account: Account,
    role: Role,
    department_id: int | None = None,
    region_id: int | None = None,
    tier: str | None = None,
    by: Actor,
    at: datetime,
) -> RoleGrant:
    """Give a role within a scope; giving it twice changes nothing. Announces RoleGranted."""
    by.require("access.administer")
    grant, is_new = RoleGrant.objects.get_or_create(
        account=account,
        role=role,
        department_id=department_id,
        region_id=region_id,
        tier=tier,
        defaults={"granted_at": at, "granted_by": by.key},
    )
    if is_new:
        announce(
            RoleGranted(staff_id=account.pk, role=role, department_id=department_id, region_id=region_id, tier=tier),
            by=by,
            at=at,
        )
    return grant


@transaction.atomic
def revoke_role(*, grant: RoleGrant, by: Actor, at: datetime) -> None:
    """Take a role away. Announces RoleRevoked."""
    by.require("access.administer")
    announce(RoleRevoked(staff_id=grant.account_id, role=grant.role), by=by, at=at)
    grant.delete()


@transaction.atomic
def create_token(
    *, account: Account, name: str, scopes: list[str], expires_at: datetime | None = None, by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """Return a new token's row and the token itself, which is shown this once. Refuses with UnknownScope."""
    if by.staff_id != account.pk:
        by.require("access.administer")
    for scope in scopes:
        if scope not in TOKEN_SCOPES:
            raise UnknownScope(scope=scope, known=", ".join(sorted(TOKEN_SCOPES)))
    token = f"yn_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        account=account,
        name=name,
        digest=ApiToken.digest_of(token),
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=expires_at,
    )
    announce(TokenCreated(staff_id=account.pk, token_id=row.pk, scopes=row.scopes), by=by, at=at)
    return row, token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> None:
    """Make a token useless from now on. Announces TokenRevoked."""
    if by.staff_id != token.account_id:
        by.require("access.administer")
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    announce(TokenRevoked(staff_id=token.account_id, token_id=token.pk), by=by, at=at)


def mark_token_used(*, token: ApiToken, on: date) -> None:
    """Write down on which day a token was last used; once a day, so that reading does not become writing."""
    ApiToken.objects.filter(pk=token.pk).exclude(last_used_on=on).update(last_used_on=on)


@transaction.atomic
def record_reveal(*, customer_id: int, field: str, reason: str = "", by: Actor, at: datetime) -> None:
    """Write down that a personal value is being shown in clear; refuses with TooManyReveals above the hourly limit.

    Announces PersonalFieldRevealed. Callers show the value only after this returned.
    """
    by.require("customers.reveal")
    account = Account.objects.select_for_update().get(pk=by.staff_id)
    count = Reveal.objects.filter(account=account, at__gt=at - timedelta(hours=1)).count()
    if count >= _REVEALS_AN_HOUR:
        raise TooManyReveals(count=count)
    Reveal.objects.create(account=account, customer_id=customer_id, field=field, reason=reason[:200], at=at)
    announce(PersonalFieldRevealed(staff_id=account.pk, customer_id=customer_id, field=field), by=by, at=at)
