"""The only writers of customers, their identities, companies and imports."""

from .companies import add_company, change_company
from .identities import (
    IdentityTaken,
    add_identity,
    remove_identity,
    reveal_address,
    reveal_identity,
    verify_identity,
)
from .importing import (
    ImportReader,
    cancel_import,
    continue_import,
    run_import_to_end,
    start_import,
)
from .knowing import find_or_add_by_identity
from .people import CustomerDetails, IdentityDraft, UnknownTier, add_customer, change_customer, set_tier

__all__ = [
    "CustomerDetails",
    "IdentityDraft",
    "IdentityTaken",
    "ImportReader",
    "UnknownTier",
    "add_company",
    "add_customer",
    "add_identity",
    "cancel_import",
    "change_company",
    "change_customer",
    "continue_import",
    "find_or_add_by_identity",
    "remove_identity",
    "reveal_address",
    "reveal_identity",
    "run_import_to_end",
    "set_tier",
    "start_import",
    "verify_identity",
]
