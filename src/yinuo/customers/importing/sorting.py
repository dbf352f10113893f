"""Who of the people in these rows is new, who is known already, and which rows contradict what we know."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from yinuo.access.encryption import blind_index
from yinuo.customers.models import Identity, IdentityKind

from .files import Row
from .rows import RowDraft, RowRejected

# An identity as it is found: its kind and its blind index.
Key = tuple[str, bytes]


@dataclass(frozen=True)
class Owner:
    """To whom an identity belongs. `mark` tells owners apart: an id, or the first key of somebody this file brings."""

    mark: int | Key
    name: str


KnownOwners = dict[Key, Owner]


@dataclass
class Sorted:
    """What a batch of rows comes to. Each accepted draft comes with the keys of its identities, in their order."""

    accepted: list[tuple[RowDraft, list[Key]]] = field(default_factory=list)
    duplicate_count: int = 0
    rejected: list[tuple[Row, str]] = field(default_factory=list)


def sort_out(
    rows: Iterable[Row], draft_of: Callable[[Row], RowDraft], *, also_known: KnownOwners | None = None
) -> Sorted:
    """Return which rows bring somebody new, how many name a customer we have, and which are refused, with reasons.

    A row whose identities belong to one customer of the same name, or whose account number is known, is a duplicate.
    One whose identities belong to somebody of another name, or to several customers, is refused: taking it for a
    duplicate would lose a person without a word.
    also_known: people earlier rows would have brought (dry run); those of these rows are added to it.
    """
    found = Sorted()
    drafts: list[tuple[Row, RowDraft, list[Key]]] = []
    for row in rows:
        try:
            draft = draft_of(row)
        except RowRejected as refusal:
            found.rejected.append((row, refusal.sentence()))
        else:
            keys = [(one.kind, blind_index(one.kind, one.key)) for one in draft.identities]
            drafts.append((row, draft, keys))
    earlier = {} if also_known is None else also_known
    known = _owners([key for _row, _draft, keys in drafts for key in keys]) | earlier
    for row, draft, keys in drafts:
        owners = {known[key] for key in keys if key in known}
        if not owners:
            found.accepted.append((draft, keys))
            added = dict.fromkeys(keys, Owner(mark=keys[0], name=draft.name))
            known |= added
            earlier |= added
        elif reason := _contradiction(draft, keys, owners, known):
            found.rejected.append((row, reason))
        else:
            found.duplicate_count += 1
    return found


def _owners(keys: list[Key]) -> KnownOwners:
    """Return the owners of those identities that are known, in one query."""
    wanted = Q(pk__in=[])
    for kind in {kind for kind, _lookup in keys}:
        wanted |= Q(kind=kind, lookup__in=[lookup for other, lookup in keys if other == kind])
    rows = Identity.objects.filter(wanted).values_list("kind", "lookup", "customer_id", "customer__name")
    return {(kind, bytes(lookup)): Owner(customer_id, name) for kind, lookup, customer_id, name in rows}


def _contradiction(draft: RowDraft, keys: list[Key], owners: set[Owner], known: KnownOwners) -> str:
    if len(owners) > 1:
        return _(
            "The identities in this row belong to different customers we know. Check which of them is right, "
            "and leave the others out."
        )
    same_account = any(kind == IdentityKind.ACCOUNT_NUMBER and (kind, lookup) in known for kind, lookup in keys)
    if same_account or draft.name.casefold() == next(iter(owners)).name.casefold():
        return ""
    return _(
        "A phone number or mail address in this row belongs to a customer with another name. "
        "Leave it out if both share it, or correct the name."
    )
