"""Which addresses are ours: mailboxes and colleagues. Read once for a batch of mails."""

from dataclasses import dataclass

from yinuo.access.encryption import blind_index
from yinuo.access.models import Account
from yinuo.customers.models import IdentityKind
from yinuo.customers.rules import NotAMailAddress, normal_identity

from .models import Mailbox


@dataclass(frozen=True)
class HouseAddresses:
    """Lower-case addresses and domains of the house."""

    mailboxes: frozenset[str]
    staff: frozenset[str]
    domains: frozenset[str]


def house_addresses() -> HouseAddresses:
    """Return the addresses as they are now."""
    mailboxes = frozenset(address.lower() for address in Mailbox.objects.values_list("address", flat=True))
    active = Account.objects.filter(is_active=True).exclude(email="")
    staff = frozenset(address.lower() for address in active.values_list("email", flat=True))
    return HouseAddresses(mailboxes, staff - mailboxes, frozenset(one.partition("@")[2] for one in mailboxes))


def address_lookup(address: str) -> bytes:
    """Return the blind index of a mail address, the one its identity has; odd ones count as they are."""
    try:
        key = normal_identity(IdentityKind.MAIL, address).key
    except NotAMailAddress:
        key = address.lower()
    return blind_index(IdentityKind.MAIL, key)
