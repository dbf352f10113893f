"""Reads of customers for lists and for the desk. Identities come masked; clear values only from `reveal_identity`.

Nothing here counts cases or orders: those live in later folders.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from re import escape

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q

from yinuo.access.actors import Actor
from yinuo.access.encryption import blind_index
from yinuo.foundation.refusals import NotFound
from yinuo.foundation.words import SHORTEST, can_use_index, with_pairs, word_indexed
from yinuo.organisation.models import Region

from . import rules
from .importing.report import table_of_rejected
from .models import Customer, CustomerQuerySet, Identity, IdentityKind, ImportRun, RejectedRow

# In C collation this stands behind every letter, digit and blank that a sort key can hold.
_AFTER_LETTERS = "\uffff"
_WORD_LENGTH = 3
_MOST_IDS = 1_000


@dataclass(frozen=True)
class MaskedIdentity:
    """An identity as anybody may see it who sees the customer."""

    id: int
    kind: str
    masked: str
    is_verified: bool

    @property
    def kind_label(self) -> str:
        return str(IdentityKind(self.kind).label)


@dataclass(frozen=True)
class Person:
    """A customer's name as lists show it."""

    name: str
    is_vip: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class CustomerPage:
    """One page of a list. `next_after` is what to pass as `after` for the next page; None on the last one."""

    customers: tuple[Customer, ...]
    next_after: int | None


@dataclass(frozen=True)
class CustomerProfile:
    """What the desk shows of a person. The address itself comes from `reveal_address`."""

    customer: Customer
    identities: tuple[MaskedIdentity, ...]
    has_address: bool

    @cached_property
    def since_on(self) -> date:
        """Return the day they registered, or else the day we came to know them."""
        return self.customer.registered_on or self.customer.created_at.date()


def visible_customers(
    actor: Actor,
    *,
    search: str = "",
    tier: str | None = None,
    region: Region | None = None,
    after: int | None = None,
    limit: int = 50,
) -> CustomerPage:
    """Return a page of the customers this actor may know of, in the order of their names in pinyin.

    search: a part of a name (Chinese or pinyin), or a whole phone number, mail address, account number or open id.
    after: the id of the last customer of the page before; ids, so that no name stands in an address line.
    Each customer has `company`, `region` and `shown_identities` (masked) loaded: a fixed number of queries a page.
    """
    rows = found_customers(Customer.objects.visible_to(actor), search)
    if tier:
        rows = rows.filter(tier=tier)
    if region:
        rows = rows.filter(region=region)
    if after is not None:
        rows = _behind(rows, after)
    rows = rows.select_related("company", "region").defer("address").prefetch_related(shown_identities())
    found = list(rows.order_by("sort_key", "id")[: limit + 1])
    return CustomerPage(tuple(found[:limit]), found[limit - 1].pk if len(found) > limit else None)


def customers_found(actor: Actor, words: str, *, limit: int) -> list[Customer]:
    """Return the first customers this actor may see who fit what somebody is typing, with their masked identities.

    words: a part of a name (Chinese or pinyin), or a whole phone number, mail address, account number or open id.
    Each way of looking has its own index, so none is joined to another by OR. Ordered by name.
    """
    text = " ".join(words.split())
    if len(text) < SHORTEST:
        return []
    rows = with_pairs(Customer.objects.visible_to(actor), "name").order_by()
    ids = list(rows.filter(pk__in=_ids_by_identity(text)).values_list("pk", flat=True))
    if not ids and can_use_index(text):
        ids = list(rows.filter(word_indexed("name", text)).values_list("pk", flat=True)[:limit])
    if text.isascii():
        key = rules.sort_key(text)
        by_pinyin = rows.filter(sort_key__gte=key, sort_key__lt=key + _AFTER_LETTERS)
        ids += by_pinyin.order_by("sort_key", "id").values_list("pk", flat=True)[:limit]
    found = rows.filter(pk__in=ids).select_related("company").defer("address").prefetch_related(shown_identities())
    return list(found.order_by("sort_key", "id")[:limit])


def customer_profile(actor: Actor, customer_id: int) -> CustomerProfile:
    """Return what the desk shows of one person, in two queries. Refuses with NotFound, also for the invisible."""
    rows = Customer.objects.visible_to(actor).filter(pk=customer_id).select_related("company", "region")
    has_address = ExpressionWrapper(Q(address__isnull=False), output_field=BooleanField())
    customer = rows.defer("address").annotate(has_address=has_address).prefetch_related(shown_identities()).first()
    if customer is None:
        raise NotFound
    shown = tuple(
        MaskedIdentity(row.pk, row.kind, row.masked, row.is_verified)
        for row in customer.shown_identities  # type: ignore[attr-defined]  # from the prefetch
    )
    return CustomerProfile(customer, shown, customer.has_address)


def customer_of_identity(actor: Actor, *, kind: str, value: str) -> Customer | None:
    """Return the visible customer to whom an identity belongs, or None. Refuses as `rules.normal_identity` does."""
    identity = rules.normal_identity(kind, value)
    rows = Customer.objects.visible_to(actor).defer("address").select_related("region")
    return rows.filter(identities__kind=kind, identities__lookup=blind_index(kind, identity.key)).first()


def mail_address_of(customer_id: int) -> str | None:
    """Return the address to which the system sends mail to a customer: a verified one first, then the oldest.

    For machinery that delivers; people look through `reveal_identity`.
    """
    rows = Identity.objects.filter(customer_id=customer_id, kind=IdentityKind.MAIL)
    return rows.order_by("-is_verified", "id").values_list("value", flat=True).first()


def import_runs(actor: Actor, *, limit: int = 50) -> list[ImportRun]:
    """Return the newest imports; none for those who may not import."""
    if not actor.may("customers.import"):
        return []
    return list(ImportRun.objects.order_by("-id")[:limit])


def rejected_rows(actor: Actor, run: ImportRun) -> Iterator[RejectedRow]:
    """Yield the rows of a file that were not imported, in the file's order. Refuses with NotAllowed."""
    actor.require("customers.import")
    return run.rejected_rows.order_by("line_number").iterator()


def rejected_rows_table(actor: Actor, run: ImportRun) -> Iterator[str]:
    """Yield the rejected rows as the lines of a CSV file: line number, reason, then the row as it was.

    The first sign tells spreadsheets that it is UTF-8. Mended, the file can be imported again as it is.
    Refuses with NotAllowed.
    """
    return table_of_rejected(run.header, rejected_rows(actor, run))


def found_customers(rows: CustomerQuerySet, search: str) -> CustomerQuerySet:
    """Return those with a part of the name (Chinese or pinyin), or a whole phone number, mail address or other id."""
    text = " ".join(search.split())
    if not text:
        return rows
    # Identities are looked up first: joining both conditions by OR would read the whole table.
    ids = _ids_by_identity(text)
    if ids:
        return rows.filter(pk__in=ids)
    return rows.filter(_name_like(text))


def ids_by_name(word: str) -> list[int] | CustomerQuerySet:
    """Return the ids of the customers with this word in their names, to be compared with; a subquery when too many.

    As numbers they let an index on the comparing column join the search; as a subquery inside an OR they do not.
    """
    rows = Customer.objects.filter(_name_like(word)).values_list("pk", flat=True)
    ids = list(rows[: _MOST_IDS + 1])
    return ids if len(ids) <= _MOST_IDS else rows


def shown_identities() -> Prefetch:
    """Return what loads the identities of customers, masked, as `shown_identities`; their values are not even read."""
    masked = Identity.objects.defer("value").order_by("kind", "id")
    return Prefetch("identities", queryset=masked, to_attr="shown_identities")


def _ids_by_identity(text: str) -> list[int]:
    meant = Q(pk__in=[])
    for identity in rules.identities_meant(text):
        meant |= Q(kind=identity.kind, lookup=blind_index(identity.kind, identity.key))
    return list(Identity.objects.filter(meant).values_list("customer_id", flat=True)) if meant else []


def _name_like(text: str) -> Q:
    """Return the filter on names, in ways the trigram index answers: it knows three characters, or an end of the name.

    `~*` can use it; LIKE on UPPER(), which icontains makes, cannot. A word without capitals needs no regular
    expression: LIKE looks through many names ten times as fast. A single character in the middle is looked for without
    the index.
    """
    if len(text) >= _WORD_LENGTH:
        has_capitals = text.lower() != text.upper()
        by_name = Q(name__iregex=escape(text)) if has_capitals else Q(name__contains=text)
    else:
        by_name = Q(name__startswith=text) | Q(name__endswith=text)
        if text.isascii():
            by_name |= Q(name__istartswith=text)
    if not text.isascii():
        return by_name if len(text) > 1 else by_name | Q(name__contains=text)
    key = rules.sort_key(text)
    return by_name | Q(sort_key__gte=key, sort_key__lt=key + _AFTER_LETTERS)


def _behind(rows: CustomerQuerySet, after: int) -> CustomerQuerySet:
    key = Customer.objects.filter(pk=after).values_list("sort_key", flat=True).first()
    if key is None:
        raise NotFound
    return rows.filter(Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=after), sort_key__gte=key)
