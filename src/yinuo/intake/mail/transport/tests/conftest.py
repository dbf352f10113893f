"""Settings that reach the private servers, and a mailbox watched in the background."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Self

import pytest

from yinuo.intake.mail.tests.peers import MailPeers, mail_servers
from yinuo.intake.mail.transport.values import (
    START,
    Batch,
    Fetched,
    MailboxSettings,
    OutgoingSettings,
    Pace,
    Position,
    Security,
)
from yinuo.intake.mail.transport.watching import Connected, Looked, Obstructed, watch

__all__ = ["mail_servers"]

HASTE = Pace(
    connect_within=timedelta(seconds=5),
    read_within=timedelta(seconds=10),
    poll_every=timedelta(seconds=0.2),
    idle_for=timedelta(seconds=60),
    retry_first=timedelta(seconds=0.05),
    retry_longest=timedelta(seconds=0.3),
)


def mail(number: int | str, *, subject: str = "屏幕碎了", body: str = "请帮我换新") -> bytes:
    return (
        f"From: 王 <wang@out.test>\r\nTo: support@yinuo.test\r\nMessage-ID: <m{number}@out.test>\r\n"
        f"Subject: {subject}\r\n\r\n{body} {number}\r\n"
    ).encode()


def numbers_of(mails: list[Fetched] | tuple[Fetched, ...]) -> list[str]:
    """Return which of `mail(1)`, `mail(2)`, … these are."""
    return [one.raw.partition(b"Message-ID: <m")[2].partition(b"@")[0].decode() for one in mails]


class Watched:
    """A mailbox followed in a thread; keeps what it was handed."""

    def __init__(self, settings: MailboxSettings, position: Position = START) -> None:
        self.settings, self.position = settings, position
        self.mails: list[Fetched] = []
        self.events: list[Connected | Looked | Obstructed] = []
        self.stop = threading.Event()
        self.fault: Exception | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def until(self, reached: Callable[[], bool], seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not reached():
            assert self.fault is None, self.fault
            assert time.monotonic() < end, f"{len(self.mails)} mails, {self.events}"
            time.sleep(0.01)

    def _run(self) -> None:
        try:
            watch(self.settings, self.position, self._handle, self.stop, report=self.events.append)
        except Exception as fault:  # noqa: BLE001  the test thread shows it
            self.fault = fault

    def _handle(self, batch: Batch) -> Position:
        self.mails += batch.mails
        self.position = batch.position
        return batch.position


@pytest.fixture
def mailbox(mail_servers: MailPeers) -> MailboxSettings:
    """An empty mailbox on the real server, over TLS."""
    return MailboxSettings(
        host=mail_servers.host,
        port=mail_servers.imaps_port,
        security=Security.TLS,
        username=mail_servers.new_user(),
        password=mail_servers.password,
        ca_file=mail_servers.ca_file,
        pace=HASTE,
    )


@pytest.fixture
def outgoing(mail_servers: MailPeers) -> OutgoingSettings:
    return OutgoingSettings(
        host=mail_servers.host,
        port=mail_servers.smtp_port,
        security=Security.STARTTLS,
        username="support@yinuo.test",
        password=mail_servers.password,
        ca_file=mail_servers.ca_file,
        pace=HASTE,
        own_hostname="desk.yinuo.test",
    )


@pytest.fixture
def watched(mailbox: MailboxSettings) -> Iterator[Watched]:
    with Watched(mailbox) as watching:
        yield watching


def hasty(settings: MailboxSettings, **changes: object) -> MailboxSettings:
    return replace(settings, **changes)
