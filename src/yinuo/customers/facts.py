"""What can happen to customers and companies. No name, number or address is in it: only ids and words of ours."""

from yinuo.foundation.facts import Fact


class CustomerAdded(Fact):
    """We came to know somebody. `source`: the channel, file or person that brought them."""

    customer_id: int
    source: str


class CustomerChanged(Fact):
    """What we know of somebody was changed; `fields` names what, not to what."""

    customer_id: int
    fields: list[str]


class TierChanged(Fact):
    """A customer moved to another tier."""

    customer_id: int
    before: str
    after: str


class IdentityAdded(Fact):
    """A customer can be reached or recognised in one more way."""

    customer_id: int
    identity_id: int
    kind: str
    source: str


class IdentityRemoved(Fact):
    """A way to reach a customer was taken away."""

    customer_id: int
    identity_id: int
    kind: str


class IdentityVerified(Fact):
    """It was proven that an identity is the customer's own."""

    customer_id: int
    identity_id: int
    kind: str


class CompanyAdded(Fact):
    """We came to know an organisation."""

    company_id: int


class CompanyChanged(Fact):
    """What we know of an organisation was changed."""

    company_id: int
    fields: list[str]


class ImportStarted(Fact):
    """Somebody began to read customers from a file."""

    run_id: int
    row_count: int
    is_dry_run: bool


class ImportFinished(Fact):
    """A file was read to its end."""

    run_id: int
    stored_count: int
    duplicate_count: int
    rejected_count: int
    is_dry_run: bool


class ImportCancelled(Fact):
    """An import was stopped by a person; what was stored stays."""

    run_id: int
    read_count: int


class ImportFailed(Fact):
    """An import could not read on; the run says why and can be continued."""

    run_id: int
    read_count: int
