"""Reads of notifications: what a person's centre shows, and what they want to be told how."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yinuo.access.actors import Actor
from yinuo.organisation.models import Shift, Staff
from yinuo.organisation.queries import our_zone

from .kinds import Kind, ShownSubject, kind_called, kinds_for, known_subjects
from .models import KindChoice, Notification, NotificationQuerySet, PushSubscription, TellingWish
from .rules import PlannedShift, QuietWish, Ways

# The bell says "99+" beyond; counting further would cost without telling more.
MOST_COUNTED = 100
# Shifts further ahead say nothing about tonight.
_SHIFTS_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class ShownNotification:
    """A notification as its reader sees it. who: the name of who did it, or empty."""

    id: int
    kind: Kind
    sentence: str
    detail: str
    url: str
    who: str
    count: int
    at: datetime
    moment: datetime | None
    is_read: bool


def centre(actor: Actor) -> NotificationQuerySet:
    """Return what a person's centre holds, the newest first."""
    return Notification.objects.visible_to(actor).in_centre().order_by("-at", "-id")


def unread_count(actor: Actor) -> int:
    """Return how many unread notifications the bell shows, never more than MOST_COUNTED."""
    return centre(actor).unread().order_by()[:MOST_COUNTED].count()


def shown(rows: Iterable[Notification], *, actor: Actor) -> list[ShownNotification]:
    """Return rows as their reader may see them, in the language of the moment; what is not theirs to see is left out.

    The number of queries does not grow with the rows.
    """
    rows = list(rows)
    subjects = _shown_subjects(rows, actor)
    names = _names_of(rows, actor)
    return [
        _shown(row, subjects[row.subject_type, row.subject_id], names.get(row.actor, ""))
        for row in rows
        if (row.subject_type, row.subject_id) in subjects
    ]


def _shown(row: Notification, about: ShownSubject, who: str) -> ShownNotification:
    kind = kind_called(row.kind)
    return ShownNotification(
        id=row.pk,
        kind=kind,
        sentence=kind.sentence(about.name, row.count),
        detail=about.detail,
        url=about.url,
        who=who,
        count=row.count,
        at=row.at,
        moment=row.moment,
        is_read=row.read_at is not None,
    )


def _shown_subjects(rows: Sequence[Notification], actor: Actor) -> dict[tuple[str, int], ShownSubject]:
    found: dict[tuple[str, int], ShownSubject] = {}
    for subject in known_subjects():
        ids = {row.subject_id for row in rows if row.subject_type == subject.name}
        if ids:
            found |= {(subject.name, pk): one for pk, one in subject.shown(actor, ids).items()}
    return found


def _names_of(rows: Sequence[Notification], actor: Actor) -> dict[str, str]:
    """Return the names of colleagues by their actor's key."""
    ids = {int(row.actor.removeprefix("staff:")) for row in rows if row.actor.startswith("staff:")}
    people = Staff.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "name") if ids else ()
    return {f"staff:{pk}": name for pk, name in people}


def ways_of(staff_ids: Collection[int]) -> dict[tuple[int, str], Ways]:
    """Return the ways that people chose, by person and kind; what is not in it is as the kind's default says."""
    rows = KindChoice.objects.filter(staff_id__in=staff_ids)
    return {(row.staff_id, row.kind): Ways(app=row.app, push=row.push, digest=row.digest) for row in rows}


def own_ways(actor: Actor) -> list[tuple[Kind, Ways]]:
    """Return the kinds this person can be told of, each with the ways they chose or the kind's default."""
    staff_id = actor.staff_id or 0
    chosen = ways_of([staff_id])
    return [(kind, chosen.get((staff_id, kind.code), kind.default)) for kind in kinds_for(actor)]


def own_wish(actor: Actor) -> TellingWish:
    """Return when this person wants to be told; never quiet and without a digest until they say otherwise."""
    row = TellingWish.objects.filter(staff_id=actor.staff_id).first()
    return row or TellingWish(staff_id=actor.staff_id, zone=our_zone().key)


def wishes_of(staff_ids: Collection[int], *, at: datetime) -> dict[int, tuple[QuietWish, Sequence[PlannedShift]]]:
    """Return when each of these people is not to be disturbed, with their shifts that have not ended at `at`."""
    wishes = {wish.staff_id: quiet_wish(wish) for wish in TellingWish.objects.filter(staff_id__in=staff_ids)}
    by_shift = [pk for pk, wish in wishes.items() if wish.outside_shifts]
    shifts: Mapping[int, list[PlannedShift]] = defaultdict(list)
    if by_shift:
        for row in Shift.objects.filter(
            staff_id__in=by_shift, during__endswith__gt=at, during__startswith__lt=at + _SHIFTS_AHEAD
        ):
            shifts[row.staff_id].append(PlannedShift(row.during.lower, row.during.upper))
    undisturbed = QuietWish(zone=our_zone().key)
    return {pk: (wishes.get(pk, undisturbed), shifts[pk]) for pk in staff_ids}


def push_listeners(staff_ids: Collection[int]) -> set[int]:
    """Return who of these people has a browser that shows pushes."""
    return set(PushSubscription.objects.filter(staff_id__in=staff_ids).values_list("staff_id", flat=True))


def quiet_wish(wish: TellingWish) -> QuietWish:
    """Return the wish as the rules take it."""
    return QuietWish(
        zone=wish.zone,
        begins=wish.quiet_begins,
        ends=wish.quiet_ends,
        outside_shifts=wish.quiet_outside_shifts,
        urgent_breaks=wish.urgent_breaks_quiet,
    )
