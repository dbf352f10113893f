"""Which promise survives when two cases become one, and what may be joined. Pure.

Source: docs/rules/merging.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

from .promises import SINGLE_KINDS, LivePromise

# An answer keeps all of these, so of two cases only the earliest of them is a time somebody waits for.
_TO_ANSWER = ("first_response", "next_answer", "next_update")
MERGED = "merged"
# Why a promise ended that was carried by a merge which was undone.
MERGE_UNDONE = "the merge was undone"
# Subjects at least so alike are shown as what could be the same.
ALIKE = 0.4


class CaseIsMerged(Refusal):
    """Nothing more happens in a case that went into another."""

    code = "cases.case_is_merged"

    def sentence(self) -> str:
        return _("Case %(reference)s was merged into %(into)s. Go on there.") % self.details


class SameCase(Refusal):
    code = "cases.same_case"
    status = 422

    def sentence(self) -> str:
        return _("%(reference)s is this case itself. Choose another one.") % self.details


class OtherCustomer(Refusal):
    """The two cases are of different customers, and nobody has said yet that both may read what is said."""

    code = "cases.other_customer"

    def sentence(self) -> str:
        return _(
            "%(source)s is a case of %(source_customer)s, %(target)s one of %(target_customer)s. Confirm who will read "
            "the answers before you merge them."
        ) % (self.details)


class NotMerged(Refusal):
    code = "cases.not_merged"

    def sentence(self) -> str:
        return _("This merge was undone before; there is nothing left to undo.")


class MergedFurther(Refusal):
    """The target went into a third case since: that merge must be undone first."""

    code = "cases.merged_further"

    def sentence(self) -> str:
        return _("%(reference)s was merged into %(into)s since. Undo that merge first.") % self.details


class AlreadyLinked(Refusal):
    code = "cases.already_linked"

    def sentence(self) -> str:
        return _("These two cases are linked like this already.")


class NothingToSplit(Refusal):
    """No message of the customer was chosen, or none that stands in this case."""

    code = "cases.nothing_to_split"
    status = 422

    def sentence(self) -> str:
        return _("Choose at least one message of the customer in this case.")


@dataclass(frozen=True)
class JoinedPromises:
    """What becomes of the live promises of two cases. carried: of the source, given to the target with their times;
    displaced: of the target, of the same kind as a carried one and later.
    """

    carried: list[LivePromise]
    displaced: list[LivePromise]


def joined_promises(source: Sequence[LivePromise], target: Sequence[LivePromise]) -> JoinedPromises:
    """Return which times of the source go on in the target: those earlier than what the target owes of their sort.

    All promises that an answer keeps are one sort, the resolution is one of its own; of each the earliest of the source
    counts. Equal times are not carried: the target keeps its own clocks. Of the other kinds (a visit, a call back, a
    word of one's own) each was promised for itself, and every one goes on.
    """
    carried = [promise for promise in source if promise.kind not in SINGLE_KINDS]
    for sort in dict.fromkeys(_sort(promise) for promise in source if promise.kind in SINGLE_KINDS):
        earliest = _earliest(source, sort)
        own = _earliest(target, sort)
        if earliest is not None and (own is None or earliest.due_at < own.due_at):
            carried.append(earliest)
    kinds = {promise.kind for promise in carried} & SINGLE_KINDS
    return JoinedPromises(carried, [promise for promise in target if promise.kind in kinds])


def likeness(one: str, other: str) -> float:
    """Return how alike two subjects are, 0 to 1: the share of neighbouring pairs of signs that both have (Dice)."""
    pairs, others = _pairs(one), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0


def _pairs(text: str) -> set[str]:
    signs = "".join(sign for sign in text.lower() if sign.isalnum())
    return {signs[place : place + 2] for place in range(len(signs) - 1)}


def _sort(promise: LivePromise) -> str:
    return "answer" if promise.kind in _TO_ANSWER else promise.kind


def _earliest(promises: Iterable[LivePromise], sort: str) -> LivePromise | None:
    return min((one for one in promises if _sort(one) == sort), key=lambda one: (one.due_at, one.id), default=None)
