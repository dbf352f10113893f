"""What end-to-end tests of mail share: a worker in threads, mailboxes on real servers, customers with mail programs."""

import email
import email.policy
import re
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Self

from yinuo.cases.tests.cast import SYSTEM
from yinuo.foundation.clock import now
from yinuo.foundation.followers import known_followers
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox
from yinuo.intake.mail.models import Mailbox
from yinuo.intake.mail.tests.peers import MailPeers
from yinuo.organisation.models import Team
from yinuo.web.worker import work


class Worker:
    """`yinuo work` in threads of this process, with every follower at its place before anything happens."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=work, args=[self.stop], name="worker")
        self.stop_seconds = 0.0

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.end()

    def end(self) -> None:
        began = time.monotonic()
        self.stop.set()
        self.thread.join(30)
        self.stop_seconds = self.stop_seconds or time.monotonic() - began
        assert not self.thread.is_alive()


@contextmanager
def working() -> Iterator[Worker]:
    from django.db import connection

    with Worker() as worker:

        def all_begun() -> bool:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM foundation_follower")
                return 0 < len(known_followers()) <= cursor.fetchone()[0]

        until(all_begun, "the followers have begun")
        yield worker


def until(reached: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Wait until `reached()` is true; fails with `what` when it never is."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def draft_for(peers: MailPeers, address: str, **more: object) -> MailboxDraft:
    values: dict[str, object] = {
        "address": address,
        "sender_name": "禾暖客服",
        "in_host": peers.host,
        "in_port": peers.imaps_port,
        "in_username": address,
        "in_password": peers.password,
        "out_host": peers.host,
        "out_port": peers.smtp_port,
        "out_security": "starttls",
        "out_username": address,
        "out_password": peers.password,
    }
    return MailboxDraft(**values | more)  # type: ignore[arg-type]


def open_for_mail(peers: MailPeers, team: Team, address: str, **more: object) -> Mailbox:
    return save_mailbox(draft=draft_for(peers, address, **more), team=team, by=SYSTEM, at=now())


class Person:
    """A customer with a mailbox of their own on the real server, and a mail program."""

    def __init__(self, peers: MailPeers, name: str) -> None:
        self.peers, self.name, self.address = peers, name, peers.new_user("out.test")
        self.count = 0

    def write(self, to: str, text: str, *, subject: str = "洗衣机漏水", **headers: str) -> EmailMessage:
        self.count += 1
        message = EmailMessage()
        message["From"] = f"{self.name} <{self.address}>"
        message["To"] = to
        message["Subject"] = subject
        message["Message-ID"] = f"<{self.count}.{self.address}>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(text)
        self.send(message, to)
        return message

    def send(self, message: EmailMessage, to: str) -> None:
        with smtplib.SMTP(self.peers.host, self.peers.smtp_port, timeout=30) as smtp:
            smtp.sendmail(self.address, [to], message.as_bytes())

    def answer(self, received: EmailMessage, text: str) -> EmailMessage:
        """Answer the way mail programs do: In-Reply-To, References, Re:, and the whole quoted below."""
        quoted = text_of(received).replace("\n", "\n> ")
        return self.write(
            re.search(r"[\w.+-]+@[\w.-]+", str(received["From"]))[0],  # type: ignore[index]
            f"{text}\n\n在 2026年11月2日，{received['From']} 写道：\n> {quoted}",
            subject=f"Re: {received['Subject'].removeprefix('Re: ')}",
            In_Reply_To=str(received["Message-ID"]),
            References=f"{received['References'] or ''} {received['Message-ID']}".strip(),
        )

    def received(self, count: int) -> list[EmailMessage]:
        """Return the first `count` mails in this mailbox, once they are there."""
        return [parsed(raw) for raw in self.peers.await_inbox(self.address, count, seconds=30)]


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
