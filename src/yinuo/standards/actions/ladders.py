"""Ladders: who is told when a promise runs out or stays broken. A change is a new version; nothing old is altered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.standards.facts import LadderChanged, LadderChosen
from yinuo.standards.models import Ladder, LadderVersion, RungMoment, RungTarget, Standard

MOST_RUNGS = 8


@dataclass(frozen=True)
class RungDraft:
    """A step about to be saved. moment, target: values of RungMoment and RungTarget; see `Rung` for the others."""

    moment: str
    target: str
    share: Decimal | None = None
    after_minutes: int | None = None
    post_id: int | None = None
    staff_id: int | None = None
    respects_hours: bool = True


class RungsWrong(Refusal):
    """A ladder without rungs, with too many, or with one that does not say when or whom."""

    code = "standards.rungs_wrong"
    status = 422

    def sentence(self) -> str:
        return _(
            "A ladder has one to %(most)s steps. Each says when (a share between 0 and 1 before the promise falls due, "
            "when it is broken, or at least one minute later) and whom it tells: a post or a colleague by name."
        ) % {"most": MOST_RUNGS}


# Near its end the owner is called once more; then attention rises, step by step.
USUAL_RUNGS = (
    RungDraft(RungMoment.BEFORE, RungTarget.OWNER, share=Decimal("0.90"), respects_hours=False),
    RungDraft(RungMoment.AFTER, RungTarget.TEAM_LEADER, after_minutes=30),
    RungDraft(RungMoment.AFTER, RungTarget.MANAGER, after_minutes=120),
)


@transaction.atomic
def save_ladder(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    rungs: Sequence[RungDraft],
    is_default: bool = False,
    by: Actor,
    at: datetime,
) -> LadderVersion:
    """Add a ladder, or give it new rungs as its next version; promises given before keep the rungs they have.

    rungs: in any order; they are numbered in the order in which they are reached. The first ladder is the default.
    Refuses with RungsWrong, NotAllowed. Announces LadderChanged.
    """
    by.require("standards.edit")
    ordered = sorted(rungs, key=_reached)
    if not 1 <= len(ordered) <= MOST_RUNGS or not all(_is_whole(rung) for rung in ordered):
        raise RungsWrong
    is_default = is_default or not Ladder.objects.filter(is_default=True).exclude(code=code).exists()
    if is_default:
        Ladder.objects.filter(is_default=True).exclude(code=code).update(is_default=False)
    ladder, _is_new = Ladder.objects.update_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "is_default": is_default}
    )
    ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
    version = ladder.versions.create(number=ladder.versions.count() + 1, created_at=at, created_by=by.key)
    for number, rung in enumerate(ordered, start=1):
        version.rungs.create(number=number, **asdict(rung))
    announce(LadderChanged(ladder_id=ladder.pk, version_id=version.pk, number=version.number), by=by, at=at)
    return version


@transaction.atomic
def choose_ladder(*, standard: Standard, ladder: Ladder | None, by: Actor, at: datetime) -> None:
    """Let a standard use a ladder of its own; None: the default one. Counts for promises given from now on.

    Announces LadderChosen.
    """
    by.require("standards.edit")
    ladder_id = ladder.pk if ladder else None
    if Standard.objects.filter(pk=standard.pk).exclude(ladder_id=ladder_id).update(ladder_id=ladder_id):
        announce(LadderChosen(standard_id=standard.pk, ladder_id=ladder_id), by=by, at=at)


def _reached(rung: RungDraft) -> tuple[int, Decimal]:
    place = list(RungMoment.values).index(rung.moment) if rung.moment in RungMoment.values else 0
    return place, rung.share or Decimal(rung.after_minutes or 0)


def _is_whole(rung: RungDraft) -> bool:
    says_when: dict[str, bool] = {
        RungMoment.BEFORE: rung.share is not None and 0 < rung.share < 1 and rung.after_minutes is None,
        RungMoment.BROKEN: rung.share is None and rung.after_minutes is None,
        RungMoment.AFTER: rung.share is None and (rung.after_minutes or 0) > 0,
    }
    says_whom = (rung.post_id is not None) == (rung.target == RungTarget.POST) and (rung.staff_id is not None) == (
        rung.target == RungTarget.STAFF
    )
    return says_when.get(rung.moment, False) and says_whom and rung.target in RungTarget.values
