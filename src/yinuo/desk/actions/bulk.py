"""One act on many cases: the same action on each of them, with a row that says how it went.

A case and its row are written in one transaction under the row's lock. So a worker killed at any point leaves the case
either done or still to do, and several workers share a run. Who acts is asked anew for each case: whoever loses a role
meanwhile is refused from then on.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import add_note, change_owner, close_case, reopen_case, reply
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Incident
from yinuo.cases.queries import part_cases
from yinuo.cases.rules import OUTCOMES, EmptyMessage, UnknownOutcome
from yinuo.desk import rules
from yinuo.desk.facts import BulkRunEnded, BulkRunStarted
from yinuo.desk.models import BulkAct, BulkRow, BulkRun, BulkState
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.models import Staff

log = logging.getLogger("yinuo.desk")
PERMISSIONS = {
    BulkAct.OWNER: "cases.assign",
    BulkAct.NOTE: "cases.note",
    BulkAct.CLOSE: "cases.close",
    BulkAct.REOPEN: "cases.reopen",
    BulkAct.BROADCAST: "cases.declare_incident",
}
# After this a run that was to be done at once, but whose page or process died, is carried on behind.
_LEFT_ALONE = timedelta(seconds=60)


@transaction.atomic
def start_run(
    *,
    act: BulkAct,
    cases: Sequence[Case],
    text: str = "",
    outcome: str = "",
    new_owner: Staff | None = None,
    by: Actor,
    at: datetime,
) -> BulkRun:
    """Write down what shall be done to which cases; nothing is done to them yet.

    Refuses with NotAllowed, NothingChosen, TooManyCases, ReasonMissing, EmptyMessage, UnknownOutcome, NotFound.
    Announces BulkRunStarted.
    """
    by.require(PERMISSIONS[act])
    if by.staff_id is None:
        raise NotFound
    _check_words(act, text.strip(), outcome, new_owner)
    if not cases:
        raise rules.NothingChosen
    if len(cases) > rules.BULK_LIMIT:
        raise rules.TooManyCases(limit=rules.BULK_LIMIT)
    is_short = len(cases) <= rules.BULK_AT_ONCE
    run = BulkRun.objects.create(
        staff_id=by.staff_id,
        act=act,
        new_owner=new_owner if act == BulkAct.OWNER else None,
        outcome=outcome if act == BulkAct.CLOSE else "",
        text=text.strip(),
        made_at=at,
        due_at=at + _LEFT_ALONE if is_short else at,
    )
    BulkRow.objects.bulk_create(
        BulkRow(run=run, case=case, position=position) for position, case in enumerate(cases, start=1)
    )
    announce(BulkRunStarted(staff_id=by.staff_id, run_id=run.pk, act=act, case_count=len(cases)), by=by, at=at)
    return run


@transaction.atomic
def start_broadcast(
    *, incident: Incident, text: str, text_en: str = "", close_as: str = "", by: Actor, at: datetime
) -> BulkRun:
    """Say the same words to the customer of every open case of an incident, each by the road of their own case.

    It is an answer by whoever says it, and keeps the promises to answer. text_en: for customers whose language is
    English; with one text alone everybody gets that. close_as: an outcome, when each case is closed with these words.
    It begins when the time to take it back is over; until then it can be cancelled whole.
    Refuses with NotAllowed, EmptyMessage, UnknownOutcome, NothingChosen, TooManyCases. Announces BulkRunStarted.
    """
    by.require(PERMISSIONS[BulkAct.BROADCAST])
    by.require("cases.reply")
    if by.staff_id is None:
        raise NotFound
    if not text.strip() and not text_en.strip():
        raise EmptyMessage
    if close_as and close_as not in OUTCOMES:
        raise UnknownOutcome(outcome=close_as, known=", ".join(OUTCOMES))
    parts = part_cases(incident, actor=by).open().order_by("next_due_at", "pk")
    case_ids = list(parts.values_list("pk", flat=True)[: rules.BROADCAST_LIMIT + 1])
    if not case_ids:
        raise rules.NothingChosen
    if len(case_ids) > rules.BROADCAST_LIMIT:
        raise rules.TooManyCases(limit=rules.BROADCAST_LIMIT)
    run = BulkRun.objects.create(
        staff_id=by.staff_id,
        act=BulkAct.BROADCAST,
        incident=incident,
        outcome=close_as,
        text=text.strip() or text_en.strip(),
        text_en=text_en.strip(),
        made_at=at,
        due_at=at + rules.UNDO_WINDOW,
    )
    BulkRow.objects.bulk_create(
        BulkRow(run=run, case_id=case_id, position=position) for position, case_id in enumerate(case_ids, start=1)
    )
    started = BulkRunStarted(staff_id=by.staff_id, run_id=run.pk, act=BulkAct.BROADCAST, case_count=len(case_ids))
    announce(started, by=by, at=at)
    return run


def carry_on(run: BulkRun, *, at: datetime, limit: int = rules.BULK_AT_ONCE) -> int:
    """Do the act on up to `limit` cases that still wait, and end the run when none is left; return how many."""
    count = 0
    while count < limit and _do_next(run.pk, at):
        count += 1
    _end_if_nothing_is_left(run.pk, at)
    return count


def carry_on_due_runs(*, at: datetime) -> int:
    """Carry on every run that waits for a worker, each by a part, so that none waits for another's end."""
    due = BulkRun.objects.unfinished().filter(due_at__lte=at).order_by("due_at", "id")
    return sum(carry_on(run, at=at) for run in due)


@transaction.atomic
def cancel_run(*, run: BulkRun, by: Actor, at: datetime) -> BulkRun:
    """Leave undone what is not done yet; what is done stays.

    Refuses with NotFound, RunHasEnded. Announces BulkRunEnded.
    """
    found = BulkRun.objects.visible_to(by).select_for_update().filter(pk=run.pk).first()
    if found is None:
        raise NotFound
    if found.finished_at is not None:
        raise rules.RunHasEnded
    found.cancelled_at = at
    found.save(update_fields=["cancelled_at"])
    # Waits for the case that is being done just now; that one is done.
    found.rows.filter(state=BulkState.WAITING).update(state=BulkState.CANCELLED, ended_at=at)
    _end_if_nothing_is_left(found.pk, at)
    found.refresh_from_db()
    return found


def _check_words(act: BulkAct, text: str, outcome: str, new_owner: Staff | None) -> None:
    if act == BulkAct.CLOSE and outcome not in OUTCOMES:
        raise UnknownOutcome(outcome=outcome, known=", ".join(OUTCOMES))
    if act == BulkAct.NOTE and not text:
        raise EmptyMessage
    if act in {BulkAct.OWNER, BulkAct.REOPEN} and not text:
        raise rules.ReasonMissing
    if act == BulkAct.OWNER and new_owner is None:
        raise NotFound


@transaction.atomic
def _do_next(run_id: int, at: datetime) -> bool:
    row = (
        BulkRow.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("case", "run__new_owner", "run__staff__account")
        .filter(run_id=run_id, state=BulkState.WAITING)
        .order_by("position")
        .first()
    )
    if row is None:
        return False
    account = row.run.staff.account
    # Who left the house keeps their roles in the books, but acts no more.
    by = account.as_actor() if account.is_active else Actor.staff(account.pk)
    with translation.override(account.language):
        try:
            with transaction.atomic():
                _ACTS[BulkAct(row.run.act)](row, by, at)
        except Refusal as refusal:
            _end_row(row, BulkState.REFUSED, at, code=refusal.code, sentence=refusal.sentence())
        except OperationalError:
            raise  # The database was away or busy: the case waits and is tried again.
        except Exception:  # One case that cannot be done must not hold up all others; whoever began it is told.
            log.exception("case of a bulk run failed", extra={"run": run_id, "case": row.case_id})
            _end_row(row, BulkState.FAILED, at, code="fault", sentence=_("Something went wrong on our side."))
        else:
            _end_row(row, BulkState.DONE, at)
    return True


def _end_row(row: BulkRow, state: BulkState, at: datetime, *, code: str = "", sentence: str = "") -> None:
    row.state, row.ended_at, row.code, row.sentence = state, at, code, sentence[:500]
    row.save(update_fields=["state", "ended_at", "code", "sentence"])


@transaction.atomic
def _end_if_nothing_is_left(run_id: int, at: datetime) -> None:
    run = BulkRun.objects.select_for_update().get(pk=run_id)
    counts = dict(run.rows.values_list("state").annotate(count=Count("id")).order_by())
    if run.finished_at is not None or counts.get(BulkState.WAITING):
        return
    run.finished_at = at
    run.save(update_fields=["finished_at"])
    ended = BulkRunEnded(
        staff_id=run.staff_id,
        run_id=run.pk,
        done_count=counts.get(BulkState.DONE, 0),
        refused_count=counts.get(BulkState.REFUSED, 0) + counts.get(BulkState.FAILED, 0),
        cancelled_count=counts.get(BulkState.CANCELLED, 0),
    )
    announce(ended, by=Actor.system("clock"), at=at)


def _change_owner(row: BulkRow, by: Actor, at: datetime) -> None:
    assert row.run.new_owner is not None  # constraint a_new_owner_is_named_when_the_owner_changes
    change_owner(case=row.case, to=row.run.new_owner, reason=row.run.text, by=by, at=at)


def _add_note(row: BulkRow, by: Actor, at: datetime) -> None:
    add_note(case=row.case, said=Said(row.run.text, at, author_name=row.run.staff.name), by=by, at=at)


def _close(row: BulkRow, by: Actor, at: datetime) -> None:
    close_case(case=row.case, outcome=row.run.outcome, summary=row.run.text, by=by, at=at)


def _reopen(row: BulkRow, by: Actor, at: datetime) -> None:
    reopen_case(case=row.case, reason=row.run.text, by=by, at=at)


def _broadcast(row: BulkRow, by: Actor, at: datetime) -> None:
    by.require(PERMISSIONS[BulkAct.BROADCAST])
    run = row.run
    text = run.text_en if run.text_en and row.case.language.startswith("en") else run.text
    reply(case=row.case, said=Said(text, at, author_name=run.staff.name), by=by, at=at)
    if run.outcome:
        close_case(case=row.case, outcome=run.outcome, by=by, at=at)


_ACTS: dict[BulkAct, Callable[[BulkRow, Actor, datetime], None]] = {
    BulkAct.OWNER: _change_owner,
    BulkAct.NOTE: _add_note,
    BulkAct.CLOSE: _close,
    BulkAct.REOPEN: _reopen,
    BulkAct.BROADCAST: _broadcast,
}
