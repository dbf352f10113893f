"""Follows every active mailbox in a thread of its own; of several workers one holds a mailbox at a time."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.encryption import PersonalKeyMissing
from yinuo.cases.actions.attaching import StorageFull
from yinuo.foundation.clock import now
from yinuo.foundation.facts import announce

from .actions import keep_raw, take_in, take_in_too_large
from .facts import MailboxCleared, MailboxObstructed
from .house_addresses import HouseAddresses, house_addresses
from .models import Mailbox
from .settings_of import incoming_settings, position_of
from .transport.values import Batch, Fetched, MailboxSettings, Position, Trouble
from .transport.watching import Connected, Looked, Obstructed, watch

log = logging.getLogger("yinuo.mail")
MAIL = Actor.system("mail")
# The first half of an advisory lock's key: "a mailbox is being followed".
_LOCK_SPACE = 0x794E
_LOOK_FOR_CHANGES_SECONDS = 3.0
_STOP_SECONDS = 8.0


@dataclass
class _Watcher:
    settings: MailboxSettings
    thread: threading.Thread
    stop: threading.Event


class MailboxWatchers:
    """Starts, restarts and stops the threads as mailboxes are added, changed and switched off."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self._watchers: dict[int, _Watcher] = {}

    def run(self) -> None:
        """Keep the threads in step with the settings until told to stop."""
        while not self.stop.is_set():
            close_old_connections()
            try:
                self._step()
            except Exception:  # the database may be away for a moment; the next look tries again
                log.exception("mailboxes could not be read")
            self.stop.wait(_LOOK_FOR_CHANGES_SECONDS)
        for watcher in self._watchers.values():
            watcher.stop.set()
        end = time.monotonic() + _STOP_SECONDS
        for watcher in self._watchers.values():
            watcher.thread.join(timeout=max(0.0, end - time.monotonic()))
        connection.close()

    def _step(self) -> None:
        wanted = _wanted()
        for pk, watcher in list(self._watchers.items()):
            if wanted.get(pk) != watcher.settings or not watcher.thread.is_alive():
                watcher.stop.set()
                del self._watchers[pk]
        for pk, settings in wanted.items():
            if pk not in self._watchers:
                self._watchers[pk] = _start(pk, settings)


def _wanted() -> dict[int, MailboxSettings]:
    """Return the settings of every active mailbox; one whose password cannot be read says so and stops no other."""
    wanted = {}
    for mailbox in Mailbox.objects.filter(is_active=True).defer("in_password", "out_password"):
        try:
            wanted[mailbox.pk] = incoming_settings(mailbox)
        except PersonalKeyMissing as refusal:
            _Reporter(mailbox.pk).obstructed(refusal.code, refusal.sentence(), now())
    return wanted


def _start(mailbox_id: int, settings: MailboxSettings) -> _Watcher:
    stop = threading.Event()
    thread = threading.Thread(
        target=_follow, args=(mailbox_id, settings, stop), name=f"mailbox-{mailbox_id}", daemon=True
    )
    thread.start()
    return _Watcher(settings, thread, stop)


def _follow(mailbox_id: int, settings: MailboxSettings, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            if _hold(mailbox_id):
                _watch(mailbox_id, settings, stop)
            stop.wait(_LOOK_FOR_CHANGES_SECONDS)
    except Exception:  # the thread ends, the next step starts a new one from the saved position
        log.exception("mailbox could not be followed", extra={"mailbox": mailbox_id})
    finally:
        connection.close()


def _watch(mailbox_id: int, settings: MailboxSettings, stop: threading.Event) -> None:
    """Follow the mailbox until told to stop, or until a mail cannot be kept: that says so on the mailbox's row."""
    mailbox = Mailbox.objects.select_related("team").get(pk=mailbox_id)
    reporter = _Reporter(mailbox_id)
    try:
        watch(settings, position_of(mailbox), _Handler(mailbox).handle, stop, report=reporter)
    except StorageFull as refusal:
        reporter.obstructed(refusal.code, refusal.sentence(), now())
    except OSError as problem:
        log.exception("mail could not be kept", extra={"mailbox": mailbox_id})
        sentence = _("Mails cannot be kept (%(reason)s). Check that Yinuo may write to its folder; nothing is lost.")
        reporter.obstructed("mail.not_kept", sentence % {"reason": problem.strerror or type(problem).__name__}, now())


def _hold(mailbox_id: int) -> bool:
    """Take the lock of a mailbox for as long as this thread's connection lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, mailbox_id])
        return bool(cursor.fetchone()[0])


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def handle(self, batch: Batch) -> Position:
        """Keep every mail of the batch, then the position; a crash in between repeats mails, which are known then."""
        house = house_addresses()
        position = batch.position
        for fetched in batch.mails:
            self._keep(fetched, position.uid_validity, house)
        Mailbox.objects.filter(pk=self.mailbox.pk).update(
            uid_validity=position.uid_validity, last_uid=position.last_uid, received_at=now()
        )
        return position

    def _keep(self, fetched: Fetched, uid_validity: int, house: HouseAddresses) -> None:
        place = {"mailbox": self.mailbox, "uid_validity": uid_validity, "at": now()}
        if fetched.trouble is Trouble.UNREADABLE:
            log.error("mail could not be fetched", extra={"mailbox": self.mailbox.pk, "uid": fetched.uid})
            sentence = _("The mail server does not give this mail (%(answer)s). File it again once that is mended.")
            keep_raw(fetched, reason=sentence % {"answer": fetched.answer}, **place)
            return
        try:
            if fetched.trouble is Trouble.TOO_LARGE:
                take_in_too_large(fetched, house=house, **place)
            else:
                take_in(fetched.raw, mailbox=self.mailbox, at=now(), received_at=fetched.received_at, house=house)
        except (StorageFull, OSError, OperationalError, InterfaceError):
            raise  # nothing is wrong with this mail: it comes again when there is room, or the database is back
        except Exception as fault:  # one broken mail never blocks a mailbox: it is kept, shown and replayable
            log.exception("mail could not be taken in", extra={"mailbox": self.mailbox.pk, "uid": fetched.uid})
            keep_raw(fetched, reason=type(fault).__name__, **place)


class _Reporter:
    """Writes on the mailbox's row how the last look went; a change of state is a fact."""

    def __init__(self, mailbox_id: int) -> None:
        self.mailbox_id = mailbox_id

    def __call__(self, event: Connected | Looked | Obstructed) -> None:
        at = now()
        if isinstance(event, Obstructed):
            self.obstructed(event.refusal.code, event.refusal.sentence(), at)
        elif isinstance(event, Looked):
            self._looked(at)
            if event.tally.missing_count:
                log.error("mails are missing", extra={"mailbox": self.mailbox_id, "count": event.tally.missing_count})

    @transaction.atomic
    def obstructed(self, code: str, sentence: str, at: datetime) -> None:
        """Show the sentence on the mailbox; a sentence that is new is a fact."""
        mailbox = Mailbox.objects.select_for_update().only("problem", "problem_since").get(pk=self.mailbox_id)
        if mailbox.problem != sentence:
            announce(MailboxObstructed(mailbox_id=mailbox.pk, code=code), by=MAIL, at=at)
        since = mailbox.problem_since or at
        Mailbox.objects.filter(pk=mailbox.pk).update(problem=sentence, problem_since=since, looked_at=at)

    @transaction.atomic
    def _looked(self, at: datetime) -> None:
        cleared = Mailbox.objects.filter(pk=self.mailbox_id).exclude(problem="").update(problem="", problem_since=None)
        if cleared:
            announce(MailboxCleared(mailbox_id=self.mailbox_id), by=MAIL, at=at)
        Mailbox.objects.filter(pk=self.mailbox_id).update(looked_at=at)
