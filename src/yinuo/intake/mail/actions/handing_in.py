"""What every mail of ours shares on its way out, an answer and a letter alike: which mailbox, one worker, one try.

A worker killed between handing over and writing it down leaves the row due: it goes again, with the same Message-ID,
so that a mail taken twice shows once in most programs.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection

from yinuo.foundation.refusals import Refusal
from yinuo.intake.mail.models import Mailbox
from yinuo.intake.mail.transport.compose import OutgoingMail, compose
from yinuo.intake.mail.transport.opening import Sender
from yinuo.intake.mail.transport.smtp import retry_at
from yinuo.intake.mail.transport.values import Outcome, SendingResult

log = logging.getLogger("yinuo.mail")
BATCH = 20
GIVE_UP_AFTER = timedelta(days=4)
# The first half of an advisory lock's key: "mail is being sent from a mailbox".
LOCK_SPACE = 0x794F


def default_mailbox() -> Mailbox | None:
    """Return the mailbox for what belongs to none: the fallback team's, else the oldest that is in use."""
    return Mailbox.objects.filter(is_active=True).order_by("-team__is_fallback", "pk").first()


@contextmanager
def holding(mailbox_id: int) -> Iterator[bool]:
    """Hold a mailbox's way out while a batch goes through it; yields False when another worker holds it.

    The lock is the connection's: a killed worker gives it back at once, and what it did not finish is due as before.
    Row locks would not do: their transaction would hold back every follower while a slow server is spoken to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, mailbox_id])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, mailbox_id])


def hand_in(
    written: Callable[[], OutgoingMail], sender: Sender, *, tries_count: int, at: datetime, named: dict[str, int]
) -> SendingResult:
    """Write a mail and hand it in once; never raises, so that one that cannot be written holds up no other.

    written: makes the mail. tries_count: earlier tries. named: ids that find it in the log.
    """
    try:
        mail = written()
        return sender.send(
            compose(mail),
            sender=mail.sender.address,
            recipients=[person.address for person in (*mail.to, *mail.cc)],
            at=at,
            tries_count=tries_count,
        )
    except Refusal as refusal:
        # A name or address that no mail may carry: trying again would not help.
        return SendingResult(Outcome.REFUSED, problem_code=refusal.code, sentence=refusal.sentence())
    except Exception as fault:  # one mail that cannot be written must not hold up the others
        log.exception("mail could not be sent", extra=named)
        later = retry_at(at=at, tries_count=tries_count)
        return SendingResult(Outcome.LATER, retry_at=later, sentence=type(fault).__name__)
