"""Why a chosen case is not repaired."""

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal


class NotUnderStandard(Refusal):
    """The case is promised by another standard than the one that is repaired."""

    code = "cases.not_under_standard"

    def sentence(self) -> str:
        return _("Case %(reference)s is under another standard.") % self.details


class NothingWouldMove(Refusal):
    """The case has the times of the newest version already."""

    code = "cases.nothing_would_move"

    def sentence(self) -> str:
        return _("No time of case %(reference)s would move; it stays as it is.") % self.details
