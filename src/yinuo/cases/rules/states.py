"""Open and closed: what may be done in which state, and how a case may end. Pure."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

REOPEN_WINDOW = timedelta(days=14)


class CaseIsClosed(Refusal):
    code = "cases.case_is_closed"

    def sentence(self) -> str:
        return _("Case %(reference)s is closed. Reopen it first.") % self.details


class CaseIsOpen(Refusal):
    code = "cases.case_is_open"

    def sentence(self) -> str:
        return _("Case %(reference)s is already open.") % self.details


class OwnerNotInTeam(Refusal):
    code = "cases.owner_not_in_team"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s no longer works here. Choose another owner.") % self.details


class UnknownOutcome(Refusal):
    code = "cases.unknown_outcome"
    status = 422

    def sentence(self) -> str:
        return _("%(outcome)s is not an outcome. Choose one of: %(known)s.") % self.details


OUTCOMES = (
    "solved",
    "explained",
    "replaced",
    "refunded",
    "repaired",
    "not_reachable",
    "withdrawn",
    "duplicate",
    "spam",
)


def may_reopen(*, closed_at: datetime, at: datetime) -> bool:
    """Return whether a message still belongs to the closed case: within the window after its last closure."""
    return at - closed_at <= REOPEN_WINDOW
