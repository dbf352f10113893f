"""An expected 'no': what happened, why, and what the person can do next.

A refusal is part of the business, so it is never logged as an error. Pages, the API and the command
line all show the same sentence; API clients and tests rely on `code`. Anything else that goes wrong
is a fault and keeps its own exception type.
"""

from typing import Any

from django.utils.translation import gettext as _


class Refusal(Exception):
    """Base of every refusal; a subclass sets `code` and `status` and overrides `sentence`."""

    code = "refused"
    status = 409

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.code)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["details"][name]
        except KeyError:
            raise AttributeError(name) from None

    def sentence(self) -> str:
        """Return the translated sentence a person reads: what happened, why, what to do next."""
        raise NotImplementedError(f"{type(self).__name__} has no sentence")

    def as_json(self) -> dict[str, Any]:
        """Return the one shape every door answers with: `{code, message, data}`."""
        return {"code": self.code, "message": self.sentence(), "data": {k: _plain(v) for k, v in self.details.items()}}

    def __str__(self) -> str:
        return self.sentence()


class NotAllowed(Refusal):
    """The person may see the thing but not do this to it."""

    code = "not_allowed"
    status = 403

    def sentence(self) -> str:
        return _("Your role does not allow this. Ask your team leader or an administrator.")


class NotFound(Refusal):
    """It does not exist, or this person may not know that it exists: both answer the same."""

    code = "not_found"
    status = 404

    def sentence(self) -> str:
        return _("This was not found. It may have been removed, or it is not yours to see.")


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
