"""Whose message is this? The hot path of every channel: one query for a known sender, three for a new one."""

from datetime import datetime

from django.db import connection, transaction

from yinuo.access.actors import Actor
from yinuo.access.encryption import blind_index, encrypt
from yinuo.customers import rules
from yinuo.customers.facts import CustomerAdded, IdentityAdded
from yinuo.customers.models import Customer, Tier
from yinuo.foundation.facts import announce

# How often the owner of an identity may vanish between our look and our write before something is wrong.
_ATTEMPTS = 5

# The customer is written only when the identity is ours: of two first messages at once, the second waits here for the
# first to commit and then writes nothing. Foreign keys are checked at the end of the transaction.
_ADD = """
WITH the_identity AS (
    INSERT INTO customers_identity (customer_id, kind, value, lookup, masked, source, is_verified, added_at)
    VALUES (nextval('customers_customer_id_seq'), %(kind)s, %(value)s, %(lookup)s, %(masked)s, %(source)s, false,
        %(at)s)
    ON CONFLICT (kind, lookup) DO NOTHING
    RETURNING id, customer_id
), the_customer AS (
    INSERT INTO customers_customer (id, name, sort_key, tier, language, city, created_at)
    SELECT customer_id, %(name)s, %(sort_key)s, %(tier)s, %(language)s, '', %(at)s FROM the_identity
)
SELECT id, customer_id FROM the_identity
"""


def find_or_add_by_identity(
    *,
    kind: str,
    value: str,
    name: str = "",
    source: str,
    language: str = "zh-hans",
    by: Actor,
    at: datetime,
) -> tuple[Customer, bool]:
    """Return the customer an identity belongs to, and whether we just made them; never two for one identity.

    name: what the sender calls themselves; without one the masked identity stands for it. The region comes loaded.
    Refuses with NotAllowed and the refusals of `rules.normal_identity`. Announces CustomerAdded, IdentityAdded.
    """
    by.require("customers.edit")
    identity = rules.normal_identity(kind, value)
    lookup = blind_index(kind, identity.key)
    for _attempt in range(_ATTEMPTS):
        if known := _owner_of(kind, lookup):
            return known, False
        # Within a larger transaction no savepoint is needed: nothing here fails halfway.
        with transaction.atomic(savepoint=False):
            if added := _add(identity, lookup, name=name, source=source, language=language, at=at):
                customer, identity_id = added
                announce(
                    CustomerAdded(customer_id=customer.pk, source=source),
                    IdentityAdded(customer_id=customer.pk, identity_id=identity_id, kind=kind, source=source),
                    by=by,
                    at=at,
                )
                return customer, True
    raise RuntimeError(f"an identity of kind {kind} is taken and free by turns; is the isolation READ COMMITTED?")


def _owner_of(kind: str, lookup: bytes) -> Customer | None:
    owners = Customer.objects.filter(identities__kind=kind, identities__lookup=lookup)
    return next(iter(owners.select_related("region").defer("address")[:1]), None)


def _add(
    identity: rules.NormalIdentity, lookup: bytes, *, name: str, source: str, language: str, at: datetime
) -> tuple[Customer, int] | None:
    """Write customer and identity in one statement; None when somebody else was quicker."""
    try:
        shown = rules.clean_name(name)
    except rules.NameMissing:
        shown = identity.masked
    customer = Customer(
        name=shown, sort_key=rules.sort_key(shown), tier=Tier.STANDARD, language=language, created_at=at, region=None
    )
    values = {
        "kind": identity.kind,
        "value": encrypt(identity.value),
        "lookup": lookup,
        "masked": identity.masked,
        "source": source,
        "at": at,
        "name": customer.name,
        "sort_key": customer.sort_key,
        "tier": customer.tier,
        "language": customer.language,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
        row = cursor.fetchone()
    if row is None:
        return None
    identity_id, customer.pk = row
    customer._state.adding, customer._state.db = False, connection.alias  # noqa: SLF001 - the row now exists
    return customer, identity_id
