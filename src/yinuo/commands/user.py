"""`yinuo user`: accounts from the command line, above all the first administrator."""

import argparse
import getpass
import json
import secrets
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yinuo.access.models import Account
    from yinuo.access.roles import Role
    from yinuo.organisation.models import Department, Team

NAME = "user"
HELP = "add an account, give or take roles, set a password, list accounts"


def arguments(parser: argparse.ArgumentParser) -> None:
    doings = parser.add_subparsers(dest="doing", metavar="WHAT", required=True)
    add = doings.add_parser("add", help="add an account for a member of staff")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="the person's name")
    add.add_argument("--email", default="")
    add.add_argument("--role", action="append", default=[], help="agent, team_leader, … (may be repeated)")
    add.add_argument("--department", help="code of the department; needed unless there is exactly one")
    add.add_argument("--team", action="append", default=[], help="code of a team to join (may be repeated)")
    add.add_argument("--password", help="asked for when absent; '-' makes one and prints it")
    add.add_argument("--json", action="store_true", help="print the result as JSON")
    password = doings.add_parser("password", help="set somebody's password")
    password.add_argument("username")
    password.add_argument("--password", help="asked for when absent; '-' makes one and prints it")
    roles = doings.add_parser("role", help="give somebody a role")
    roles.add_argument("username")
    roles.add_argument("role")
    doings.add_parser("list", help="list accounts with their roles")


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import prepare_tables, start_django

    start_django()
    prepare_tables()
    return {"add": _add, "password": _set_password, "role": _give_role, "list": _list}[options.doing](options)


def _add(options: argparse.Namespace) -> int:
    from django.db import transaction

    from yinuo.access.actors import Actor
    from yinuo.commands.beginning import fallback_team, first_standard
    from yinuo.commands.starting import say
    from yinuo.foundation.clock import now
    from yinuo.organisation.actions import StaffDetails, add_staff, join_team

    at, by = now(), Actor.system("command-line")
    roles = tuple(_role(word) for word in options.role)
    password, is_made = _password(options)
    with transaction.atomic():
        fallback = fallback_team(by=by, at=at)
        first_standard(by=by, at=at)
        details = StaffDetails(name=options.name, department=_department(options.department))
        staff = add_staff(
            username=options.username,
            email=options.email,
            details=details,
            roles=roles,
            password=password,
            by=by,
            at=at,
        )
        teams = [_team(code) for code in options.team]
        # Somebody must own what no team has: until another one is there, whoever was added first.
        if not teams and not fallback.staff.filter(left_at=None).exists():
            teams = [fallback]
        for team in teams:
            join_team(staff=staff, team=team, by=by, at=at)
    result = {
        "id": staff.pk,
        "username": staff.account.username,
        "roles": [str(role) for role in roles],
        "teams": [team.code for team in teams],
    }
    if is_made:
        result["password"] = password
    say(json.dumps(result, ensure_ascii=False) if options.json else _sentence(result))
    return 0


def _sentence(result: dict[str, object]) -> str:
    teams = f" Team: {', '.join(map(str, result['teams']))}." if result["teams"] else ""  # type: ignore[call-overload]
    made = f" Password: {result['password']}" if "password" in result else ""
    return f"Account {result['username']} was added.{teams}{made}"


def _set_password(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import say

    account = _account(options.username)
    password, is_made = _password(options)
    account.set_password(password)
    account.save(update_fields=["password"])
    say(f"The password of {account.username} was set." + (f" It is {password}" if is_made else ""))
    return 0


def _give_role(options: argparse.Namespace) -> int:
    from yinuo.access.actions import grant_role
    from yinuo.access.actors import Actor
    from yinuo.commands.starting import say
    from yinuo.foundation.clock import now

    account = _account(options.username)
    grant_role(account=account, role=_role(options.role), by=Actor.system("command-line"), at=now())
    say(f"{account.username} is now {options.role}.")
    return 0


def _list(_options: argparse.Namespace) -> int:
    from yinuo.access.models import Account
    from yinuo.commands.starting import say

    for account in Account.objects.prefetch_related("grants").order_by("username"):
        roles = ", ".join(sorted({grant.role for grant in account.grants.all()})) or "no role"
        say(f"{account.username}\t{account.name}\t{roles}")
    return 0


def _account(username: str) -> "Account":
    from yinuo.access.models import Account
    from yinuo.commands.refusals import NoSuchAccount

    account = Account.objects.filter(username=username.lower()).first()
    if account is None:
        raise NoSuchAccount(username=username)
    return account


def _role(word: str) -> "Role":
    from yinuo.access.roles import Role

    if word not in Role.values:
        sys.stderr.write(f"{word} is not a role. Choose from: {', '.join(Role.values)}.\n")
        raise SystemExit(2)
    return Role(word)


def _department(code: str | None) -> "Department":
    from yinuo.organisation.models import Department

    found = list(Department.objects.filter(code=code) if code else Department.objects.all()[:2])
    if len(found) != 1:
        known = ", ".join(Department.objects.values_list("code", flat=True))
        sys.stderr.write(f"Name one department with --department: {known}.\n")
        raise SystemExit(2)
    return found[0]


def _team(code: str) -> "Team":
    from yinuo.organisation.models import Team

    team = Team.objects.filter(code=code).first()
    if team is None:
        known = ", ".join(Team.objects.values_list("code", flat=True))
        sys.stderr.write(f"{code} is not a team. Choose from: {known}.\n")
        raise SystemExit(2)
    return team


def _password(options: argparse.Namespace) -> tuple[str, bool]:
    if options.password == "-":  # noqa: S105 - the word that asks for one
        return secrets.token_urlsafe(12), True
    if options.password:
        return options.password, False
    return getpass.getpass("Password: "), False
