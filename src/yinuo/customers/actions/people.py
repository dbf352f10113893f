"""Adding and changing people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.encryption import blind_index
from yinuo.customers import rules
from yinuo.customers.facts import CustomerAdded, CustomerChanged, IdentityAdded, TierChanged
from yinuo.customers.models import Company, Customer, Identity, Tier
from yinuo.foundation.facts import Fact, announce
from yinuo.foundation.refusals import NotAllowed, Refusal
from yinuo.organisation.models import Region

from .gates import locked_customer
from .taken import refuse_taken_identities

# What customers may change of themselves; the rest is ours to say.
_OWN_FIELDS = frozenset({"name", "sort_key", "language", "city", "address"})


@dataclass(frozen=True)
class CustomerDetails:
    """What we know of a person besides identities. `tier` is a code of `Tier`; `language` zh-hans or en."""

    name: str
    tier: str = Tier.STANDARD
    language: str = "zh-hans"
    company: Company | None = None
    region: Region | None = None
    city: str = ""
    address: str = field(default="", repr=False)
    registered_on: date | None = None


@dataclass(frozen=True)
class IdentityDraft:
    """An identity as somebody wrote it; `kind` is mail, phone, open_id or account_number."""

    kind: str
    value: str = field(repr=False)
    is_verified: bool = False


class UnknownTier(Refusal):
    code = "customers.unknown_tier"
    status = 422

    def sentence(self) -> str:
        return _("%(tier)s is not a tier. Choose from: %(known)s.") % {
            "tier": self.tier,
            "known": ", ".join(Tier.values),
        }


@transaction.atomic
def add_customer(
    *,
    details: CustomerDetails,
    identities: Sequence[IdentityDraft] = (),
    source: str,
    by: Actor,
    at: datetime,
) -> Customer:
    """Store a new customer with the ways to reach them. `source`: the channel, file or person that brought them.

    Refuses with NameMissing, UnknownTier, IdentityTaken and the refusals of `rules.normal_identity`.
    Announces CustomerAdded and an IdentityAdded for each identity.
    """
    by.require("customers.edit")
    customer = customer_row(details, at=at)
    normal = {}
    for draft in identities:
        identity = rules.normal_identity(draft.kind, draft.value)
        rules.check_deliverable(identity)
        normal[identity.kind, identity.key] = (identity, draft.is_verified)
    customer.save()
    with refuse_taken_identities():
        rows = [
            identity_row(customer, identity, source=source, is_verified=is_verified, at=at)
            for identity, is_verified in normal.values()
        ]
        Identity.objects.bulk_create(rows)
    announce(*facts_of_adding(customer, rows, source=source), by=by, at=at)
    return customer


@transaction.atomic
def change_customer(*, customer: Customer, details: CustomerDetails, by: Actor, at: datetime) -> Customer:
    """Write down what we now know of a person; the tier in `details` is not looked at, `set_tier` changes it.

    Customers may change only themselves, and of that only name, language, city and address.
    Refuses with NotFound, NotAllowed, NameMissing. Announces CustomerChanged with the names of the changed fields.
    """
    row = locked_customer(customer.pk, permission="customers.edit", by=by)
    wanted = _columns(details)
    changed = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    if by.customer_id and not _OWN_FIELDS.issuperset(changed):
        raise NotAllowed(permission="customers.edit")
    if not changed:
        return row
    for name in changed:
        setattr(row, name, wanted[name])
    row.save(update_fields=changed)
    fields = [name.removesuffix("_id") for name in changed if name != "sort_key"]
    announce(CustomerChanged(customer_id=row.pk, fields=fields), by=by, at=at)
    return row


@transaction.atomic
def set_tier(*, customer: Customer, tier: str, by: Actor, at: datetime) -> Customer:
    """Move a customer to another tier; running cases keep the promises they have.

    Refuses with UnknownTier, NotFound, NotAllowed. Announces TierChanged.
    """
    _check_tier(tier)
    if by.customer_id:
        raise NotAllowed(permission="customers.edit")
    row = locked_customer(customer.pk, permission="customers.edit", by=by)
    if row.tier == tier:
        return row
    before, row.tier = row.tier, tier
    row.save(update_fields=["tier"])
    announce(TierChanged(customer_id=row.pk, before=before, after=tier), by=by, at=at)
    return row


def customer_row(details: CustomerDetails, *, at: datetime) -> Customer:
    """Return an unsaved customer from what is known; used wherever customers are made, one or many at a time."""
    _check_tier(details.tier)
    return Customer(tier=details.tier, created_at=at, **_columns(details))


def identity_row(
    customer: Customer,
    identity: rules.NormalIdentity,
    *,
    source: str,
    is_verified: bool,
    lookup: bytes | None = None,
    at: datetime,
) -> Identity:
    """Return an unsaved identity of a saved customer. `lookup`: its blind index, when it was computed before."""
    return Identity(
        customer=customer,
        kind=identity.kind,
        value=identity.value,
        lookup=lookup or blind_index(identity.kind, identity.key),
        masked=identity.masked,
        source=source,
        is_verified=is_verified,
        added_at=at,
    )


def facts_of_adding(customer: Customer, identities: Sequence[Identity], *, source: str) -> list[Fact]:
    """Return what has happened when a customer with these identities was added."""
    return [
        CustomerAdded(customer_id=customer.pk, source=source),
        *(
            IdentityAdded(customer_id=customer.pk, identity_id=row.pk, kind=row.kind, source=row.source)
            for row in identities
        ),
    ]


def _columns(details: CustomerDetails) -> dict[str, object]:
    """Return the columns of a customer, the tier left out, as they are stored."""
    name = rules.clean_name(details.name)
    return {
        "name": name,
        "sort_key": rules.sort_key(name),
        "language": details.language,
        "company_id": details.company.pk if details.company else None,
        "region_id": details.region.pk if details.region else None,
        "city": details.city.strip(),
        "address": details.address.strip() or None,
        "registered_on": details.registered_on,
    }


def _check_tier(tier: str) -> None:
    if tier not in Tier.values:
        raise UnknownTier(tier=tier)
