"""What may be promised, moved and kept by hand. Pure."""

from datetime import datetime

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

# What a person gives the customer besides what the standard gives by itself.
GIVEN_KINDS = ("call_back", "visit", "parts", "own")


class KindNotGiven(Refusal):
    """Answers and solutions are promised by the standard, tasks by the team that does them."""

    code = "cases.kind_not_given"
    status = 422

    def sentence(self) -> str:
        return _("This cannot be promised by hand. Choose one of: %(known)s.") % self.details


class TimeInThePast(Refusal):
    code = "cases.time_in_the_past"
    status = 422

    def sentence(self) -> str:
        return _("This time has passed already. Choose a later one.")


class SubjectMissing(Refusal):
    """A word of one's own must say what it is about, for who keeps it may be somebody else."""

    code = "cases.promise_subject_missing"
    status = 422

    def sentence(self) -> str:
        return _("Say in a few words what you promised.")


class PromiseEnded(Refusal):
    code = "cases.promise_ended"

    def sentence(self) -> str:
        return _("This promise has ended already. Give a new one if you still owe something.")


class PromiseAlreadyBroken(Refusal):
    """A time that has passed cannot be moved: it would look as if we had been on time."""

    code = "cases.promise_already_broken"

    def sentence(self) -> str:
        return _("The promised time has passed, so it can no longer be kept or moved. Answer the customer.")


class ReplacedTooOften(Refusal):
    code = "cases.replaced_too_often"
    status = 403

    def sentence(self) -> str:
        return (
            _("This time was moved %(count)s times already. Ask your team leader to agree another one.") % self.details
        )


class ConsentMissing(Refusal):
    """Nobody moves a customer's time behind their back."""

    code = "cases.consent_missing"
    status = 422

    def sentence(self) -> str:
        return _("Say whether the customer agreed, or have them told now.")


class ReasonMissing(Refusal):
    code = "cases.promise_reason_missing"
    status = 422

    def sentence(self) -> str:
        return _("Say why.")


class NothingReclassified(Refusal):
    code = "cases.nothing_reclassified"
    status = 422

    def sentence(self) -> str:
        return _("The case is classified like that already.")


class UnknownClass(Refusal):
    code = "cases.unknown_class"
    status = 422

    def sentence(self) -> str:
        return _("%(value)s is not known here. Choose one of: %(known)s.") % self.details


def check_given(*, kind: str, due_at: datetime | None, subject: str, at: datetime) -> None:
    """Pass when a person may promise this. due_at None: the standard gives the time.

    Refuses with KindNotGiven, SubjectMissing, TimeInThePast.
    """
    if kind not in GIVEN_KINDS:
        raise KindNotGiven(known=", ".join(GIVEN_KINDS))
    if kind == "own" and (not subject.strip() or due_at is None):
        raise SubjectMissing if not subject.strip() else TimeInThePast
    if due_at is not None and due_at <= at:
        raise TimeInThePast


def check_replaced(
    *,
    was_due_at: datetime,
    is_paused: bool,
    due_at: datetime,
    reason: str,
    consent: str,
    moved_count: int,
    limit: int,
    is_leader: bool,
    at: datetime,
) -> None:
    """Pass when another time may take the place of a promised one.

    moved_count: how often this promise was moved before. Refuses with PromiseAlreadyBroken, TimeInThePast,
    ReasonMissing, ConsentMissing, ReplacedTooOften.
    """
    if not is_paused and was_due_at < at:
        raise PromiseAlreadyBroken
    if due_at <= at:
        raise TimeInThePast
    if not reason.strip():
        raise ReasonMissing
    if consent not in ("agreed", "told"):
        raise ConsentMissing
    if moved_count >= limit and not is_leader:
        raise ReplacedTooOften(count=moved_count)
