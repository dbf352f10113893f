"""Handing mails to an SMTP server, one result per mail and per recipient.

A result says what to do next; sending never raises for what the server or the network does. A mail whose fate is
unknown is tried again with the same Message-ID: twice is better than never.
"""

import base64
import contextlib
import re
import smtplib
import socket
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.generator import BytesGenerator
from email.message import EmailMessage
from io import BytesIO
from typing import Self

from yinuo.intake.mail.transport.addresses import needs_utf8, wire_address
from yinuo.intake.mail.transport.connecting import answer_text, keep_alive, obstacles_named, tls_context
from yinuo.intake.mail.transport.refusals import (
    AddressNeedsUTF8,
    EncryptionFailed,
    EncryptionNeeded,
    MailRefused,
    MailServerRefusal,
    RecipientRefused,
    ServerRefused,
    WrongPassword,
)
from yinuo.intake.mail.transport.values import Outcome, OutgoingSettings, RefusedRecipient, Security, SendingResult

_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240))
# Servers close a quiet connection, many after a minute; a fresh one is cheaper than a failure.
_REUSE_SECONDS = 30
_CLOSING = 421
# RFC 5321 4.5.3.1.10: "552 too many recipients" is an old way to say 452.
_TEMPORARY_AT_RECIPIENT = re.compile(rb"too many recipients", re.IGNORECASE)


def retry_at(*, at: datetime, tries_count: int) -> datetime:
    """Return when to try again: 1, 5, 15, 30, 60, 120, then every 240 minutes after the try at `at`.

    tries_count: how many tries came before that one.
    """
    return at + _PAUSES[min(tries_count, len(_PAUSES) - 1)]


class SmtpSender:
    """A way out through one server; connects at the first mail and keeps the line for the next. One thread only."""

    def __init__(self, settings: OutgoingSettings) -> None:
        self.settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._used_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye when the line still stands."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def check(self) -> None:
        """Connect and sign in; raises the MailServerRefusal that stands in the way."""
        with self._obstacles():
            self._line()

    def send(
        self, message: EmailMessage, *, sender: str, recipients: Iterable[str], at: datetime, tries_count: int = 0
    ) -> SendingResult:
        """Hand `message` in for `recipients` and return what became of it.

        sender: the address bounces go to. at: now, aware; tries_count: earlier tries of this mail; both give
        `retry_at`. Raises AddressNotValid for what is no address.
        """
        envelope = [wire_address(one) for one in recipients]
        handing = _Handing(at=at, tries_count=tries_count)
        try:
            with self._obstacles():
                smtp = self._line()
                return self._handed_in(smtp, message, wire_address(sender), envelope, handing)
        except MailServerRefusal as refusal:
            self._drop()
            return handing.later(refusal)

    def _handed_in(
        self, smtp: smtplib.SMTP, message: EmailMessage, sender: str, recipients: Sequence[str], handing: "_Handing"
    ) -> SendingResult:
        international = [one for one in [sender, *recipients] if needs_utf8(one)]
        if international and not smtp.has_extn("smtputf8"):
            details = {"host": self.settings.host, "port": self.settings.port, "answer": "no SMTPUTF8"}
            return handing.refused_whole(AddressNeedsUTF8(address=international[0], **details))
        content = _wire_bytes(message, international=bool(international), eight_bit=smtp.has_extn("8bitmime"))
        code, answer = smtp.mail(sender, _mail_options(smtp, content, international=bool(international)))
        if not _is_ok(code):
            return self._refused(smtp, code, answer, handing)
        for one in recipients:
            code, answer = smtp.rcpt(one)
            if code == _CLOSING:
                raise smtplib.SMTPServerDisconnected(_words(answer))
            handing.recipient(one, code, answer)
        if not handing.accepted:
            smtp.rset()
            return handing.nobody(self.settings.host, self.settings.port)
        code, answer = smtp.docmd("DATA")
        if code != 354:  # noqa: PLR2004
            return self._refused(smtp, code, answer, handing)
        handing.in_doubt = True
        smtp.send(content)
        code, answer = smtp.getreply()
        handing.in_doubt = False
        self._used_at = time.monotonic()
        return handing.done(answer) if _is_ok(code) else self._refused(smtp, code, answer, handing)

    def _refused(self, smtp: smtplib.SMTP, code: int, answer: bytes, handing: "_Handing") -> SendingResult:
        """The server refuses the mail as a whole, for now or for ever."""
        details = {"host": self.settings.host, "port": self.settings.port, "answer": f"{code} {_words(answer)}"}
        if code == _CLOSING or not 400 <= code < 600:  # noqa: PLR2004
            self._drop()
            return handing.later(ServerRefused(**details))
        smtp.rset()
        # 530 and 535 speak of the sign-in, not of this mail.
        if code < 500 or code in (530, 535):  # noqa: PLR2004
            return handing.later(ServerRefused(**details))
        return handing.refused_whole(MailRefused(**details))

    # The line

    def _line(self) -> smtplib.SMTP:
        if self._smtp is not None and time.monotonic() - self._used_at > _REUSE_SECONDS and not self._is_alive():
            self._drop()
        if self._smtp is None:
            self._smtp = self._connected()
            self._used_at = time.monotonic()
        return self._smtp

    def _is_alive(self) -> bool:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            return self._smtp is not None and _is_ok(self._smtp.noop()[0])
        return False

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        settings = self.settings
        own_name = settings.own_hostname or socket.gethostname()
        seconds = settings.pace.connect_within.total_seconds()
        if settings.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, own_name, timeout=seconds, context=tls_context(settings)
            )
        else:
            smtp = smtplib.SMTP(settings.host, settings.port, own_name, timeout=seconds)
        try:
            smtp.ehlo_or_helo_if_needed()
            if settings.security is Security.STARTTLS:
                self._encrypt(smtp)
            keep_alive(smtp.sock)
            smtp.sock.settimeout(settings.pace.read_within.total_seconds())
            if settings.username:
                self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.starttls(context=tls_context(self.settings))
        except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as error:
            answer = answer_text(error)
            raise EncryptionFailed(host=self.settings.host, port=self.settings.port, answer=answer) from error
        smtp.ehlo()

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        settings = self.settings
        where = {"host": settings.host, "port": settings.port}
        try:
            if (settings.username + settings.password).isascii():
                smtp.login(settings.username, settings.password)
            else:
                _sign_in_utf8(smtp, settings)
        except smtplib.SMTPNotSupportedError as error:
            kind = EncryptionNeeded if settings.security is Security.PLAIN else ServerRefused
            raise kind(answer=answer_text(error), **where) from error
        except smtplib.SMTPAuthenticationError as error:
            kind = _sign_in_refusal(error.smtp_code)
            raise kind(username=settings.username, answer=answer_text(error), **where) from error

    def _obstacles(self) -> contextlib.AbstractContextManager[None]:
        return obstacles_named(self.settings.host, self.settings.port)


class _Handing:
    """What is known so far about the mail being handed in."""

    def __init__(self, *, at: datetime, tries_count: int) -> None:
        self.retry_at = retry_at(at=at, tries_count=tries_count)
        self.accepted: list[str] = []
        self.refused: list[RefusedRecipient] = []
        self.in_doubt = False

    def recipient(self, address: str, code: int, answer: bytes) -> None:
        if _is_ok(code):
            self.accepted.append(address)
            return
        temporary = code < 500 or (code == 552 and bool(_TEMPORARY_AT_RECIPIENT.search(answer)))  # noqa: PLR2004
        self.refused.append(RefusedRecipient(address, temporary, code, _words(answer)))

    def done(self, answer: bytes) -> SendingResult:
        outcome = Outcome.PARTLY if self.refused else Outcome.SENT
        return SendingResult(
            outcome, tuple(self.accepted), tuple(self.refused), self._retry_at_if_some(), answer=_words(answer)
        )

    def nobody(self, host: str, port: int) -> SendingResult:
        addresses = ", ".join(one.address for one in self.refused)
        answer = "; ".join(f"{one.code} {one.answer}" for one in self.refused)
        details = {"host": host, "port": port, "answer": answer}
        if self._retry_at_if_some() is not None:
            return self.later(ServerRefused(**details))
        return self.refused_whole(RecipientRefused(address=addresses, **details))

    def later(self, refusal: MailServerRefusal) -> SendingResult:
        return SendingResult(
            Outcome.LATER,
            (),
            tuple(self.refused),
            self.retry_at,
            self.in_doubt,
            refusal.code,
            refusal.sentence(),
            refusal.answer,
        )

    def refused_whole(self, refusal: MailServerRefusal) -> SendingResult:
        return SendingResult(
            Outcome.REFUSED,
            (),
            tuple(self.refused),
            problem_code=refusal.code,
            sentence=refusal.sentence(),
            answer=refusal.answer,
        )

    def _retry_at_if_some(self) -> datetime | None:
        return self.retry_at if any(one.temporary for one in self.refused) else None


def _sign_in_refusal(code: int) -> type[MailServerRefusal]:
    if code == 538:  # noqa: PLR2004
        return EncryptionNeeded
    return ServerRefused if code < 500 else WrongPassword  # noqa: PLR2004


def _sign_in_utf8(smtp: smtplib.SMTP, settings: OutgoingSettings) -> None:
    """AUTH PLAIN in UTF-8 (RFC 4616); the standard library only knows ASCII passwords."""
    if "PLAIN" not in smtp.esmtp_features.get("auth", "").split():
        raise smtplib.SMTPNotSupportedError("the server has no AUTH PLAIN, which this password needs")
    token = base64.b64encode(f"\0{settings.username}\0{settings.password}".encode()).decode("ascii")
    code, answer = smtp.docmd("AUTH", f"PLAIN {token}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, answer)


def _mail_options(smtp: smtplib.SMTP, content: bytes, *, international: bool) -> list[str]:
    options = []
    if smtp.has_extn("size"):
        options.append(f"SIZE={len(content)}")
    if smtp.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if international:
        options.append("SMTPUTF8")
        smtp.command_encoding = "utf-8"
    return options


def _wire_bytes(message: EmailMessage, *, international: bool, eight_bit: bool) -> bytes:
    """Return the mail as sent after DATA: CRLF, dots doubled, final dot; blind copies stay blind."""
    policy = message.policy.clone(linesep="\r\n", utf8=international, cte_type="8bit" if eight_bit else "7bit")
    blind = [(name, value) for name, value in message.raw_items() if name.lower() == "bcc"]
    buffer = BytesIO()
    del message["Bcc"]
    try:
        BytesGenerator(buffer, policy=policy).flatten(message)
    finally:
        for name, value in blind:
            message.set_raw(name, value)
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", buffer.getvalue())
    ended = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _is_ok(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004


def _words(answer: bytes) -> str:
    return " ".join(answer.decode("utf-8", "replace").split())[:300]
