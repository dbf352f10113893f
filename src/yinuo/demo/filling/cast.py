"""The people and things of the company as rows, by the names the invented world uses. Read once for a process."""

from dataclasses import dataclass

from yinuo.access.actors import Actor
from yinuo.access.encryption import blind_index
from yinuo.customers.models import Customer, Identity, IdentityKind
from yinuo.demo.company.organisation import ENGLISH_MAIL, SERVICE_MAIL, STAFF_BY_LOGIN, TEAM_BY_CODE
from yinuo.demo.company.values import Plan
from yinuo.demo.company.world import World
from yinuo.intake.mail.models import Mailbox
from yinuo.organisation.models import Staff, Team


@dataclass(frozen=True)
class Cast:
    """Rows by login, team code, customer number and mail address."""

    staff: dict[str, Staff]
    actors: dict[str, Actor]
    teams: dict[str, Team]
    mailboxes: dict[str, Mailbox]
    customers: dict[str, Customer]

    def team_of(self, login: str) -> Team:
        return self.teams[STAFF_BY_LOGIN[login].team]

    def mailbox_for(self, plan: Plan) -> Mailbox:
        """Return the mailbox a customer writes to: the desk's own where it has one, else that of the language."""
        own = TEAM_BY_CODE[STAFF_BY_LOGIN[plan.owner].team].mailbox
        return self.mailboxes[own or (ENGLISH_MAIL if plan.language == "en" else SERVICE_MAIL)]


def read_cast(world: World) -> Cast:
    """Return the rows of a company that was filled."""
    staff = {one.account.username: one for one in Staff.objects.select_related("account")}
    return Cast(
        staff=staff,
        actors={login: one.account.as_actor() for login, one in staff.items()},
        teams={team.code: team for team in Team.objects.all()},
        mailboxes={mailbox.address: mailbox for mailbox in Mailbox.objects.all()},
        customers=_customers(world),
    )


def _customers(world: World) -> dict[str, Customer]:
    rows = Customer.objects.select_related("region", "company").in_bulk()
    numbers = Identity.objects.filter(kind=IdentityKind.ACCOUNT_NUMBER).values_list("lookup", "customer_id")
    by_lookup = {bytes(lookup): rows[customer_id] for lookup, customer_id in numbers}
    known = ((number, by_lookup.get(blind_index("account_number", number))) for number in world.customer_by_number)
    return {number: row for number, row in known if row is not None}
