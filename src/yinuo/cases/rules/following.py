"""When a follow-up may be, and what its person may do with it. Pure."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

FURTHEST = timedelta(days=366)


class NoTimeToFollowUp(Refusal):
    code = "cases.no_time_to_follow_up"
    status = 422

    def sentence(self) -> str:
        return _("Choose a time from now until one year ahead.")


class FollowUpEnded(Refusal):
    code = "cases.follow_up_ended"

    def sentence(self) -> str:
        return _("This follow-up is done already.")


def check_time(due_at: datetime, *, at: datetime) -> None:
    """Pass when somebody can be reminded then. Refuses with NoTimeToFollowUp."""
    if not at < due_at <= at + FURTHEST:
        raise NoTimeToFollowUp
