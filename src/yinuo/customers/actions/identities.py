"""The ways by which a customer is reached or recognised, and looking at them in clear."""

from datetime import datetime

from django.db import transaction

from yinuo.access.actions import record_reveal
from yinuo.access.actors import Actor
from yinuo.access.encryption import blind_index
from yinuo.customers import rules
from yinuo.customers.facts import IdentityAdded, IdentityRemoved, IdentityVerified
from yinuo.customers.models import Customer, Identity
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotAllowed, NotFound

from .gates import locked_customer
from .people import identity_row
from .taken import IdentityTaken, refuse_taken_identities


@transaction.atomic
def add_identity(
    *,
    customer: Customer,
    kind: str,
    value: str,
    source: str,
    is_verified: bool = False,
    by: Actor,
    at: datetime,
) -> Identity:
    """Give a customer one more way to be reached; one that is already theirs is returned as it is.

    Customers may add to themselves, unverified. Refuses with IdentityTaken (without saying whose it is), NotFound,
    NotAllowed and the refusals of `rules.normal_identity`. Announces IdentityAdded.
    """
    row = locked_customer(customer.pk, permission="customers.edit", by=by)
    if is_verified and by.customer_id:
        raise NotAllowed(permission="customers.edit")
    identity = rules.normal_identity(kind, value)
    rules.check_deliverable(identity)
    lookup = blind_index(identity.kind, identity.key)
    known = Identity.objects.filter(kind=kind, lookup=lookup).first()
    if known:
        if known.customer_id != row.pk:
            raise IdentityTaken
        return known
    added = identity_row(row, identity, source=source, is_verified=is_verified, lookup=lookup, at=at)
    with refuse_taken_identities():
        added.save()
    announce(IdentityAdded(customer_id=row.pk, identity_id=added.pk, kind=kind, source=source), by=by, at=at)
    return added


@transaction.atomic
def remove_identity(*, identity: Identity, by: Actor, at: datetime) -> None:
    """Take a way to reach a customer away; who writes from it next counts as somebody new.

    Refuses with NotFound, NotAllowed. Announces IdentityRemoved.
    """
    row = locked_customer(identity.customer_id, permission="customers.edit", by=by)
    deleted, _details = Identity.objects.filter(pk=identity.pk, customer=row).delete()
    if not deleted:
        raise NotFound
    announce(IdentityRemoved(customer_id=row.pk, identity_id=identity.pk, kind=identity.kind), by=by, at=at)


@transaction.atomic
def verify_identity(*, identity: Identity, by: Actor, at: datetime) -> None:
    """Write down that an identity was proven to be the customer's own; a second proof changes nothing.

    Customers cannot vouch for themselves: the part of the system that checked their code does.
    Refuses with NotAllowed, NotFound. Announces IdentityVerified.
    """
    if by.customer_id:
        raise NotAllowed(permission="customers.edit")
    row = locked_customer(identity.customer_id, permission="customers.edit", by=by)
    if Identity.objects.filter(pk=identity.pk, customer=row, is_verified=False).update(is_verified=True):
        announce(IdentityVerified(customer_id=row.pk, identity_id=identity.pk, kind=identity.kind), by=by, at=at)


@transaction.atomic
def reveal_identity(*, identity: Identity, reason: str = "", by: Actor, at: datetime) -> str:
    """Return the identity in clear, after the look was written down. Customers see their own without that.

    Refuses with NotFound, NotAllowed, TooManyReveals. Announces PersonalFieldRevealed.
    """
    row = locked_customer(identity.customer_id, permission="customers.reveal", by=by)
    if not by.customer_id:
        record_reveal(customer_id=row.pk, field=identity.kind, reason=reason, by=by, at=at)
    value = Identity.objects.filter(pk=identity.pk, customer=row).values_list("value", flat=True).first()
    if value is None:
        raise NotFound
    return value


@transaction.atomic
def reveal_address(*, customer: Customer, reason: str = "", by: Actor, at: datetime) -> str:
    """Return the postal address in clear, after the look was written down; empty when we have none.

    Refuses with NotFound, NotAllowed, TooManyReveals. Announces PersonalFieldRevealed.
    """
    row = locked_customer(customer.pk, permission="customers.reveal", by=by)
    if not by.customer_id:
        record_reveal(customer_id=row.pk, field="address", reason=reason, by=by, at=at)
    return row.address or ""
