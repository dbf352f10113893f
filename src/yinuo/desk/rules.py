"""Decisions of the desk: how long an answer may still be taken back, how much one act may touch. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

UNDO_WINDOW = timedelta(seconds=10)
SAFETY = timedelta(seconds=1)
# How many cases one act may touch: what goes wrong with them must still be put right by hand on one afternoon.
BULK_LIMIT = 500
# Of an incident every customer must hear, and nothing of it is to be put right by hand.
BROADCAST_LIMIT = 5000
# A page says every 20 s that it is open, and at most every 3 s that somebody types in it.
HERE_FOR = timedelta(seconds=45)
TYPING_FOR = timedelta(seconds=6)
# So many are done while the person waits; more are carried out behind.
BULK_AT_ONCE = 20


class AlreadySent(Refusal):
    """The window is over: the customer has the answer, or its author has taken it back before."""

    code = "desk.already_sent"

    def sentence(self) -> str:
        return _("This answer can no longer be taken back: it has gone out. Send a further one to correct it.")


class DraftMovedOn(Refusal):
    """A draft saved too late: it was sent, taken back or changed elsewhere since the typing began."""

    code = "desk.draft_moved_on"

    def sentence(self) -> str:
        return _("This draft was sent or changed elsewhere meanwhile. Open the case again to see it.")


class NotItsAuthor(Refusal):
    code = "desk.not_its_author"
    status = 403

    def sentence(self) -> str:
        return _("Only %(name)s, who wrote this answer, can take it back.") % self.details


class NothingChosen(Refusal):
    code = "desk.nothing_chosen"
    status = 422

    def sentence(self) -> str:
        return _("No case is chosen. Choose some in the queue first.")


class TooManyCases(Refusal):
    code = "desk.too_many_cases"
    status = 422

    def sentence(self) -> str:
        return _("That is more than %(limit)s cases at once. Narrow the queue by a filter and go on in parts.") % {
            "limit": self.limit
        }


class ReasonMissing(Refusal):
    code = "desk.reason_missing"
    status = 422

    def sentence(self) -> str:
        return _("Write a short reason: it stands in each of the cases.")


class RunHasEnded(Refusal):
    code = "desk.run_has_ended"

    def sentence(self) -> str:
        return _("This has come to its end already; there is nothing left to cancel.")


def send_at(*, pressed_at: datetime, due_at: Iterable[datetime]) -> datetime:
    """Return when an answer leaves whose author pressed Send at `pressed_at`.

    due_at: when the promises fall due that this answer keeps. The answer waits UNDO_WINDOW, but leaves SAFETY before
    the first of them; with no room for that it leaves at once. Never before `pressed_at`.
    Source: docs/rules/undo-send.md.
    """
    latest = min((due - SAFETY for due in due_at), default=None)
    wished = pressed_at + UNDO_WINDOW
    return wished if latest is None else max(pressed_at, min(wished, latest))


def is_typing(typing_at: datetime | None, *, at: datetime) -> bool:
    """Return whether somebody who typed at `typing_at` still does."""
    return typing_at is not None and at - typing_at < TYPING_FOR
