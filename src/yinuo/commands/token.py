"""`yinuo token`: keys for programs that use the API."""

import argparse
import json
import sys
from datetime import timedelta

NAME = "token"
HELP = "make or revoke a token for the API"


def arguments(parser: argparse.ArgumentParser) -> None:
    doings = parser.add_subparsers(dest="doing", metavar="WHAT", required=True)
    create = doings.add_parser("create", help="make a token and print it; it is shown this once")
    create.add_argument("--user", required=True, help="whose rights it has at most")
    create.add_argument(
        "--scope", action="append", required=True, help="such as cases:write; a list with commas, or repeated"
    )
    create.add_argument("--name", default="command line")
    create.add_argument("--days", type=int, help="how long it is valid; for ever when absent")
    create.add_argument("--json", action="store_true", help="print the result as JSON")
    revoke = doings.add_parser("revoke", help="make a token useless")
    revoke.add_argument("id", type=int)


def run(options: argparse.Namespace) -> int:
    from yinuo.commands.starting import prepare_tables, say, start_django

    if options.doing == "create" and options.days is not None and options.days < 1:
        sys.stderr.write("yinuo token create: --days must be 1 or more.\n")
        return 2
    start_django()
    prepare_tables()
    from yinuo.access.actions import create_token, revoke_token
    from yinuo.access.actors import Actor
    from yinuo.access.models import Account, ApiToken
    from yinuo.commands.refusals import NoSuchAccount, NoSuchToken
    from yinuo.foundation.clock import now

    at, by = now(), Actor.system("command-line")
    if options.doing == "revoke":
        token_row = ApiToken.objects.filter(pk=options.id).first()
        if token_row is None:
            raise NoSuchToken(number=options.id)
        revoke_token(token=token_row, by=by, at=at)
        say(f"Token {options.id} is revoked.")
        return 0
    account = Account.objects.filter(username=options.user.lower()).first()
    if account is None:
        raise NoSuchAccount(username=options.user)
    scopes = [scope.strip() for words in options.scope for scope in words.split(",") if scope.strip()]
    expires_at = at + timedelta(days=options.days) if options.days else None
    row, token = create_token(account=account, name=options.name, scopes=scopes, expires_at=expires_at, by=by, at=at)
    say(json.dumps({"id": row.pk, "token": token, "scopes": row.scopes}) if options.json else token)
    return 0
