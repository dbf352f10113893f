"""Answers between Send and the customer: handed in, taken back, sent when their time comes.

The row and its message are written in one transaction under a row lock, so a worker killed at any point leaves the
answer either waiting or sent, never both and never neither.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import AttachmentDraft, check_reply, close_case, reply
from yinuo.cases.actions.ending_tasks import check_no_task_blocks
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case
from yinuo.cases.queries import promises_kept_by_answer
from yinuo.cases.queries.finding import may_work_on
from yinuo.cases.rules import CaseIsClosed, CaseIsMerged, OnlyForTask
from yinuo.desk import rules
from yinuo.desk.facts import ReplyHandedIn, ReplyNotSent, ReplyTakenBack
from yinuo.desk.models import Draft, DraftKind, OutgoingReply, ReplyState
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal

from .drafts import add_to_draft, drop_draft

log = logging.getLogger("yinuo.desk")
_ENDED = ("state", "ended_at", "message", "text", "files", "reason")


@dataclass(frozen=True)
class Written:
    """An answer as its author hands it in; the files are stored already. close_as: an outcome, or empty.

    last_seen_id: the newest message the author had before them, None when unknown.
    """

    text: str
    files: Sequence[AttachmentDraft] = ()
    last_seen_id: int | None = None
    close_as: str = ""
    waits: bool = False


@transaction.atomic
def hand_in_reply(*, case: Case, written: Written, by: Actor, at: datetime) -> OutgoingReply:
    """Take an answer to be sent when it can no longer be taken back (`rules.send_at`); its draft is dropped.

    Everything that can be refused is refused now, as `cases.actions.check_reply` and `close_case` do; an answer with
    no time to wait is sent at once. Announces ReplyHandedIn, or what `reply` announces.
    """
    if not may_work_on(case, by):
        raise OnlyForTask
    check_reply(case=case, said=_said(written, by, at), last_seen_id=written.last_seen_id, by=by)
    if written.close_as:
        by.require("cases.close")
        check_no_task_blocks(case)
    drop_draft(case=case, kind=DraftKind.REPLY, by=by)
    kept = promises_kept_by_answer(case, closes=bool(written.close_as), at=at)
    row = OutgoingReply.objects.create(
        case=case,
        author_id=by.staff_id,
        text=written.text,
        files=[asdict(file) for file in written.files],
        close_as=written.close_as,
        waits=written.waits and not written.close_as,
        made_at=at,
        send_at=rules.send_at(pressed_at=at, due_at=[promise.due_at for promise in kept]),
    )
    if row.send_at <= at:
        _send(row, by=by, at=at)
    else:
        handed_in = ReplyHandedIn(case_id=case.pk, staff_id=row.author_id, reply_id=row.pk, send_at=row.send_at)
        announce(handed_in, by=by, at=at)
    return row


@transaction.atomic
def take_back_reply(*, case: Case, reply_id: int, typed: str = "", by: Actor, at: datetime) -> Draft:
    """Make an answer that waits, or could not be sent, its author's draft again, before what they `typed` meanwhile.

    Refuses with NotFound, NotItsAuthor, AlreadySent, CaseIsClosed. Announces ReplyTakenBack.
    """
    row = OutgoingReply.objects.select_for_update(of=("self",)).filter(pk=reply_id, case=case).first()
    if row is None:
        raise NotFound
    if row.author_id != by.staff_id:
        raise rules.NotItsAuthor(name=row.author.name)
    if row.state not in {ReplyState.WAITING, ReplyState.FAILED}:
        raise rules.AlreadySent
    if row.state == ReplyState.FAILED and not case.is_open:
        # There it stands to be read; as a draft of a closed case nobody would see it.
        raise CaseIsClosed(reference=case.reference)
    draft = add_to_draft(case=case, text=row.text, files=row.files, typed=typed, by=by, at=at)
    _end(row, ReplyState.TAKEN_BACK, at=at)
    announce(ReplyTakenBack(case_id=case.pk, staff_id=row.author_id, reply_id=row.pk), by=by, at=at)
    return draft


def send_due_replies(*, at: datetime) -> int:
    """Send every answer whose time has come, the oldest first; return how many were sent or could not be.

    Several workers share the work by row locks.
    """
    count = 0
    while _send_next(at):
        count += 1
    return count


@transaction.atomic
def _send_next(at: datetime) -> bool:
    row = (
        OutgoingReply.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("case", "author__account")
        .filter(state=ReplyState.WAITING, send_at__lte=at)
        .order_by("send_at", "id")
        .first()
    )
    if row is None:
        return False
    account = row.author.account
    with translation.override(account.language):
        try:
            with transaction.atomic():
                # Who left the house keeps their roles in the books, but acts no more.
                by = account.as_actor() if account.is_active else Actor.staff(account.pk)
                _send(row, by=by, at=at)
        except CaseIsMerged:
            # Merged between looking and sending: it goes out of the case that lives on, at the next look.
            row.case_id = Case.objects.values_list("merged_into_id", flat=True).get(pk=row.case_id)
            row.save(update_fields=["case"])
        except Refusal as refusal:
            _fail(row, refusal.sentence(), code=refusal.code, at=at)
        except OperationalError:
            raise  # The database was away or busy: the answer waits and is tried again.
        except Exception:  # One answer that cannot be sent must not hold up all others; its author is told.
            log.exception("reply could not be sent", extra={"reply": row.pk})
            _fail(row, _("Something went wrong on our side. Please send it again."), code="fault", at=at)
    return True


def _send(row: OutgoingReply, *, by: Actor, at: datetime) -> None:
    """Do what the author asked for: the answer, and the closing or the waiting with it."""
    written = Written(row.text, [AttachmentDraft(**file) for file in row.files])
    message = reply(case=row.case, said=_said(written, by, at), wait=row.waits, by=by, at=at)
    if row.close_as:
        close_case(case=row.case, outcome=row.close_as, by=by, at=at)
    row.message = message
    _end(row, ReplyState.SENT, at=at)


def _fail(row: OutgoingReply, sentence: str, *, code: str, at: datetime) -> None:
    row.state, row.ended_at, row.reason, row.message = ReplyState.FAILED, at, sentence[:500], None
    row.save(update_fields=["state", "ended_at", "reason", "message"])
    announce(
        ReplyNotSent(case_id=row.case_id, staff_id=row.author_id, reply_id=row.pk, code=code),
        by=Actor.system("clock"),
        at=at,
    )


def _end(row: OutgoingReply, state: ReplyState, *, at: datetime) -> None:
    # The words stand in the message or the draft now: one copy of what concerns a customer is enough.
    row.state, row.ended_at, row.text, row.files, row.reason = state, at, "", [], ""
    row.save(update_fields=_ENDED)


def _said(written: Written, by: Actor, at: datetime) -> Said:
    return Said(written.text, at, author_name=by.name, attachments=written.files)
