"""An identity belongs to one customer: the database says so, and this says it to people."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

ONE_CUSTOMER = "an_identity_belongs_to_one_customer"


class IdentityTaken(Refusal):
    """Somebody else has it. Whose it is stays unsaid: the one who asks may not know of that customer."""

    code = "customers.identity_taken"

    def sentence(self) -> str:
        return _(
            "This phone number, mail address or id already belongs to another customer. "
            "Search for it to find that customer, or ask an administrator when you find nobody."
        )


@contextmanager
def refuse_taken_identities() -> Iterator[None]:
    """Turn the database's refusal of a second owner into IdentityTaken; what was written inside is undone."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if is_taken(error):
            raise IdentityTaken from error
        raise


def is_taken(error: IntegrityError) -> bool:
    """Return whether the database refused because an identity has an owner already."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis is not None and diagnosis.constraint_name == ONE_CUSTOMER
