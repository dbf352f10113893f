"""Following a mailbox while the worker lives: look, hand over, wait for news, come back after an outage."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event

from yinuo.intake.mail.transport.opening import Mailbox, open_mailbox
from yinuo.intake.mail.transport.refusals import MailServerRefusal
from yinuo.intake.mail.transport.values import Batch, MailboxSettings, Position, Tally, Trouble

_WITHOUT_MENDING = timedelta(minutes=1)


@dataclass(frozen=True)
class Connected:
    """The mailbox is open. renumbered: its UIDVALIDITY differs from the saved position's, so all comes again."""

    renumbered: bool


@dataclass(frozen=True)
class Looked:
    """One look is done; alert when `tally.missing_count` or `tally.unreadable_count` is not 0."""

    tally: Tally
    position: Position


@dataclass(frozen=True)
class Obstructed:
    """Something stands in the way; the next try is after `retry_in`."""

    refusal: MailServerRefusal
    failures_count: int
    retry_in: timedelta


Report = Callable[[Connected | Looked | Obstructed], None]


def watch(
    settings: MailboxSettings,
    position: Position,
    handle: Callable[[Batch], Position],
    stop: Event,
    *,
    report: Report = lambda _event: None,
    spread: Callable[[], float] = random.random,
) -> Position:
    """Hand every mail after `position` to `handle` until `stop` is set; return the last position.

    `handle` keeps the mails and saves the position it returns in one transaction, so each mail is delivered at least
    once: after a crash between keeping and saving, a batch comes again and is dropped by Message-ID.
    What `handle` raises ends the watch. What the server does never ends it: each obstacle is reported and tried
    again with growing pauses, spread at random (`spread` gives 0..1) so that many mailboxes do not return at once.
    """
    return _Watch(settings, position, handle, stop, report, spread).run()


def retry_pause(settings: MailboxSettings, *, failures_count: int, temporary: bool, spread: float) -> timedelta:
    """Return how long to wait after so many failures in a row.

    Doubles from `retry_first` to `retry_longest`; between half and all of it, by `spread` in 0..1. What waiting does
    not mend (a wrong password) starts at a minute, since some providers lock an account after a few tries.
    """
    pace = settings.pace
    first = pace.retry_first if temporary else max(pace.retry_first, min(_WITHOUT_MENDING, pace.retry_longest))
    pause = min(first * 2 ** min(failures_count - 1, 20), pace.retry_longest)
    return pause * (0.5 + spread / 2)


class _Watch:
    def __init__(
        self,
        settings: MailboxSettings,
        position: Position,
        handle: Callable[[Batch], Position],
        stop: Event,
        report: Report,
        spread: Callable[[], float],
    ) -> None:
        self.settings, self.position, self.handle, self.stop = settings, position, handle, stop
        self.report, self.spread = report, spread
        self.failures_count = 0
        self.strikes: Counter[int] = Counter()

    def run(self) -> Position:
        while not self.stop.is_set():
            try:
                with open_mailbox(self.settings) as mailbox:
                    self._follow(mailbox)
            except MailServerRefusal as refusal:
                self._obstructed(refusal)
        return self.position

    def _follow(self, mailbox: Mailbox) -> None:
        self.report(Connected(renumbered=self.position.uid_validity not in (0, mailbox.uid_validity)))
        while not self.stop.is_set():
            self._look(mailbox)
            if self.stop.is_set() or not mailbox.wait(self.stop):
                return

    def _look(self, mailbox: Mailbox) -> None:
        for batch in mailbox.fetch_new(self.position, self.strikes):
            self.position = self.handle(batch)
            mailbox.mark_seen(mail.uid for mail in batch.mails if mail.trouble is not Trouble.UNREADABLE)
            if self.stop.is_set():
                return
        self.failures_count = 0
        self.strikes.clear()
        self.report(Looked(replace(mailbox.tally), self.position))

    def _obstructed(self, refusal: MailServerRefusal) -> None:
        self.failures_count += 1
        self.strikes.update(refusal.details.get("uids", ()))
        pause = retry_pause(
            self.settings, failures_count=self.failures_count, temporary=refusal.temporary, spread=self.spread()
        )
        self.report(Obstructed(refusal, self.failures_count, pause))
        self.stop.wait(pause.total_seconds())
