"""What may be said, and how it looks in one line. Pure."""

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

PREVIEW_LENGTH = 200
SUBJECT_LENGTH = 998


class EmptyMessage(Refusal):
    code = "cases.empty_message"
    status = 422

    def sentence(self) -> str:
        return _("The message is empty. Write something, or attach a file.")


class NewMessagesArrived(Refusal):
    """The customer wrote while the answer was being written."""

    code = "cases.new_messages_arrived"

    def sentence(self) -> str:
        return _("%(count)s new messages came since you opened this case. Read them, then send again.") % self.details


def preview_of(text: str) -> str:
    """Return how a message begins, on one line, for the queue."""
    return " ".join(text.split())[:PREVIEW_LENGTH]
