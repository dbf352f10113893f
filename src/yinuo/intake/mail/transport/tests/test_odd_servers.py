"""Servers that do not behave: each a recorded conversation, played by a small fake."""

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from yinuo.intake.mail.transport.imap import ImapMailbox
from yinuo.intake.mail.transport.refusals import ConnectionLost, EncryptionFailed, EncryptionNeeded
from yinuo.intake.mail.transport.tests.conftest import HASTE, Watched, mail, numbers_of
from yinuo.intake.mail.transport.values import START, MailboxSettings, Security
from yinuo.intake.mail.transport.watching import Looked, Obstructed

Answer = Callable[[bytes, bytes], bytes]


class FakeImap:
    """Answers each command with what `answers(tag, rest)` gives; an empty answer closes the line."""

    def __init__(self, answers: Answer, greeting: bytes = b"* OK [CAPABILITY IMAP4rev1] ready\r\n") -> None:
        self.answers, self.greeting = answers, greeting
        self.commands: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> "FakeImap":  # noqa: PYI034
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def settings(self) -> MailboxSettings:
        return MailboxSettings("127.0.0.1", self.port, Security.PLAIN, "wang", "pw", pace=HASTE)

    def _listen(self) -> None:
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._talk, args=(line,)))
            self._threads[-1].start()

    def _talk(self, line: socket.socket) -> None:
        with closing(line), line.makefile("rb") as file:
            line.sendall(self.greeting)
            for command in file:
                tag, _space, rest = command.strip().partition(b" ")
                self.commands.append(rest)
                answer = self.answers(tag, rest)
                if not answer:
                    return
                line.sendall(answer)


def ordinary(tag: bytes, rest: bytes, *, capabilities: bytes = b"IMAP4rev1 IDLE") -> bytes:  # noqa: PLR0911  one answer a command
    """A server with one mail that does all it is asked."""
    done = tag + b" OK done\r\n"
    verb = rest.upper()
    if verb.startswith(b"CAPABILITY"):
        return b"* CAPABILITY " + capabilities + b"\r\n" + done
    if verb.startswith(b"EXAMINE"):
        return b"* 1 EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\n" + done
    if verb.startswith(b"UID SEARCH"):
        return b"* SEARCH 4\r\n" + done
    if b"BODY.PEEK[]" in verb:
        raw = mail(1)
        # The uid after the content, a flag change of another program in between, and no size: all allowed.
        return b"* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {%d}\r\n%b UID 4)\r\n" % (len(raw), raw) + done
    if b"RFC822.SIZE" in verb:
        return b"* 1 FETCH (UID 4 RFC822.SIZE 10)\r\n" + done
    if verb.startswith(b"LOGOUT"):
        return b"* BYE\r\n" + done
    return done


def test_an_answer_in_another_order_and_with_a_wrong_size_is_understood():
    with FakeImap(ordinary) as server, ImapMailbox(server.settings()) as box:
        (batch,) = box.fetch_new(START)

    assert numbers_of(batch.mails) == ["1"]
    assert (batch.position.uid_validity, batch.position.last_uid) == (9, 4)
    assert batch.mails[0].received_at is None


def test_a_server_that_offers_idle_but_refuses_it_is_polled():
    def refusing(tag: bytes, rest: bytes) -> bytes:
        return tag + b" BAD no idle\r\n" if rest == b"IDLE" else ordinary(tag, rest)

    with FakeImap(refusing) as server, Watched(server.settings()) as watched:
        watched.until(lambda: sum(isinstance(event, Looked) for event in watched.events) >= 3)

    assert server.commands.count(b"IDLE") == 1
    assert not any(isinstance(event, Obstructed) for event in watched.events)


def test_a_server_without_idle_is_never_asked_to():
    def without(tag: bytes, rest: bytes) -> bytes:
        return ordinary(tag, rest, capabilities=b"IMAP4rev1")

    with FakeImap(without) as server, Watched(server.settings()) as watched:
        watched.until(lambda: sum(isinstance(event, Looked) for event in watched.events) >= 2)

    assert b"IDLE" not in server.commands


def test_a_server_that_wants_to_know_us_is_told_our_name_before_the_folder_is_opened():
    def netease(tag: bytes, rest: bytes) -> bytes:
        return ordinary(tag, rest, capabilities=b"IMAP4rev1 ID")

    with FakeImap(netease) as server, ImapMailbox(server.settings()):
        pass

    names = [command.split()[0] for command in server.commands]
    assert names.index(b"ID") < names.index(b"EXAMINE")


def test_text_sent_ahead_of_encryption_ends_the_connection():
    def injecting(tag: bytes, rest: bytes) -> bytes:
        if rest == b"STARTTLS":
            return tag + b" OK go\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n"
        return ordinary(tag, rest, capabilities=b"IMAP4rev1 STARTTLS")

    with FakeImap(injecting) as server, pytest.raises(ConnectionLost):
        ImapMailbox(replace(server.settings(), security=Security.STARTTLS))


def test_a_password_is_never_sent_in_the_open_when_encryption_was_asked_for():
    with FakeImap(ordinary) as server, pytest.raises(EncryptionFailed):
        ImapMailbox(replace(server.settings(), security=Security.STARTTLS))

    assert not any(b"pw" in command for command in server.commands)


def test_a_server_that_takes_no_open_password_asks_for_encryption():
    def strict(tag: bytes, rest: bytes) -> bytes:
        return ordinary(tag, rest, capabilities=b"IMAP4rev1 LOGINDISABLED")

    with FakeImap(strict) as server, pytest.raises(EncryptionNeeded):
        ImapMailbox(server.settings())

    assert not any(b"pw" in command for command in server.commands)


def test_a_line_that_breaks_in_the_middle_of_a_mail_names_the_mail():
    def breaking(tag: bytes, rest: bytes) -> bytes:
        return b"" if b"BODY.PEEK[]" in rest else ordinary(tag, rest)

    with FakeImap(breaking) as server, ImapMailbox(server.settings()) as box, pytest.raises(ConnectionLost) as caught:
        list(box.fetch_new(START))

    assert caught.value.uids == (4,)
