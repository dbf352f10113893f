"""Telling staff of something: once for each event and person, by the ways they chose."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from yinuo.access.actors import Actor
from yinuo.foundation.facts import RecordedFact, announce
from yinuo.notifications import rules
from yinuo.notifications.facts import StaffNotified
from yinuo.notifications.kinds import Kind, kind_called
from yinuo.notifications.models import Told
from yinuo.notifications.queries import push_listeners, ways_of, wishes_of
from yinuo.organisation.models import Staff


@dataclass(frozen=True)
class Notice:
    """Something to tell one person. key: names the event, the same whenever it is told again. actor: who did it."""

    kind: str
    staff_id: int
    subject_id: int
    key: str
    at: datetime
    actor: str = ""
    moment: datetime | None = None

    @classmethod
    def of_fact(
        cls, fact: RecordedFact, *, kind: Kind, staff_id: int, subject_id: int, moment: datetime | None = None
    ) -> "Notice":
        """Return the notice of something in the log: told again, it has the same key."""
        key = f"fact:{fact.tx}-{fact.id}"
        return cls(kind.code, staff_id, subject_id, key, at=fact.at, actor=fact.actor, moment=moment)


@dataclass(frozen=True)
class _Row:
    """One notification about to be stored, with the events that stand in it, the oldest first."""

    notices: Sequence[Notice]
    ways: rules.Ways
    push_after: datetime | None


# Several workers may tell one person of one thing at once: whoever comes second adds to the row of the first.
_STORE = """
INSERT INTO notifications_notification AS old
    (staff_id, kind, subject_type, subject_id, count, first_at, at, moment, actor, in_app, in_digest, push_after)
SELECT * FROM unnest(
    %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::int[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[], %s::text[], %s::bool[], %s::bool[], %s::timestamptz[])
ON CONFLICT (staff_id, kind, subject_type, subject_id) WHERE read_at IS NULL DO UPDATE SET
    count = old.count + excluded.count,
    first_at = least(old.first_at, excluded.first_at),
    at = greatest(old.at, excluded.at),
    moment = excluded.moment,
    actor = excluded.actor,
    in_app = excluded.in_app,
    in_digest = excluded.in_digest,
    push_after = excluded.push_after
RETURNING id, staff_id, kind, subject_id
"""


@transaction.atomic
def notify(*, notices: Iterable[Notice], by: Actor, at: datetime) -> int:
    """Tell people of events by the ways they chose; return how many events were told.

    Left out: their own acts, who has left, events they were told of before, kinds they switched off. Of one event a
    person hears once: the first notice counts. Announces StaffNotified for what appears in a centre.
    """
    wanted = _untold(_first_for_each(notices))
    if not wanted:
        return 0
    rows = _rows(wanted, at)
    if not rows:
        return 0
    ids = _store(rows)
    Told.objects.bulk_create(
        Told(notification_id=pk, staff_id=notice.staff_id, key=notice.key)
        for pk, row in zip(ids, rows, strict=True)
        for notice in row.notices
    )
    announce(
        *(
            StaffNotified(staff_id=row.notices[0].staff_id, notification_id=pk, kind=row.notices[0].kind)
            for pk, row in zip(ids, rows, strict=True)
            if row.ways.app
        ),
        by=by,
        at=at,
    )
    return sum(len(row.notices) for row in rows)


def _first_for_each(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices but for those of own acts and for second ones of an event to the same person."""
    first: dict[tuple[int, str], Notice] = {}
    for notice in notices:
        if not rules.is_own_act(notice.actor, notice.staff_id):
            first.setdefault((notice.staff_id, notice.key), notice)
    return list(first.values())


def _untold(notices: Sequence[Notice]) -> list[Notice]:
    if not notices:
        return []
    staff_ids = {notice.staff_id for notice in notices}
    here = set(Staff.objects.working().filter(pk__in=staff_ids).values_list("pk", flat=True))
    keys = {notice.key for notice in notices}
    told = set(Told.objects.filter(staff_id__in=here, key__in=keys).values_list("staff_id", "key"))
    return [one for one in notices if one.staff_id in here and (one.staff_id, one.key) not in told]


def _rows(notices: Sequence[Notice], at: datetime) -> list[_Row]:
    """Group by person, kind and thing, and decide the ways; always in the same order, so that no two wait in a ring."""
    together: dict[tuple[int, str, int], list[Notice]] = defaultdict(list)
    for notice in notices:
        together[notice.staff_id, notice.kind, notice.subject_id].append(notice)
    staff_ids = {notice.staff_id for notice in notices}
    ways, wishes, listeners = ways_of(staff_ids), wishes_of(staff_ids, at=at), push_listeners(staff_ids)
    rows = [_row(together[place], ways, wishes, listeners, at) for place in sorted(together)]
    return [row for row in rows if not row.ways.is_silent]


def _row(
    notices: Sequence[Notice],
    chosen: Mapping[tuple[int, str], rules.Ways],
    wishes: Mapping[int, tuple[rules.QuietWish, Sequence[rules.PlannedShift]]],
    listeners: Collection[int],
    at: datetime,
) -> _Row:
    staff_id, kind = notices[0].staff_id, kind_called(notices[0].kind)
    ways = chosen.get((staff_id, kind.code), kind.default)
    if not (ways.push and staff_id in listeners):
        return _Row(notices, rules.Ways(app=ways.app, push=False, digest=ways.digest), None)
    quiet, shifts = wishes[staff_id]
    return _Row(notices, ways, rules.push_at(quiet, at=at, is_urgent=kind.is_urgent, shifts=shifts))


def _store(rows: Sequence[_Row]) -> list[int]:
    """Store the rows, or add them to what is unread; return their ids in the same order."""
    values = [
        (
            row.notices[-1].staff_id,
            row.notices[-1].kind,
            kind_called(row.notices[-1].kind).subject,
            row.notices[-1].subject_id,
            len(row.notices),
            min(notice.at for notice in row.notices),
            max(notice.at for notice in row.notices),
            row.notices[-1].moment,
            row.notices[-1].actor,
            row.ways.app,
            row.ways.digest,
            row.push_after,
        )
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [list(column) for column in zip(*values, strict=True)])
        ids = {tuple(place): pk for pk, *place in cursor.fetchall()}
    return [ids[row.notices[0].staff_id, row.notices[0].kind, row.notices[0].subject_id] for row in rows]
