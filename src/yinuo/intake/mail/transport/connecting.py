"""Turning what sockets and TLS throw into refusals with a sentence."""

import contextlib
import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from yinuo.intake.mail.transport.refusals import (
    CertificateNotTrusted,
    ConnectionLost,
    EncryptionFailed,
    MailServerRefusal,
    ServerRefused,
    ServerTooSlow,
    ServerUnreachable,
    UnknownHost,
)
from yinuo.intake.mail.transport.values import MailboxSettings, OutgoingSettings

# The first that fits; each error stands before its base class.
_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[MailServerRefusal]], ...] = (
    (ssl.SSLCertVerificationError, CertificateNotTrusted),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), ConnectionLost),
    (ssl.SSLError, EncryptionFailed),
    (TimeoutError, ServerTooSlow),
    ((socket.gaierror, UnicodeError), UnknownHost),
    ((imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected, ConnectionResetError, BrokenPipeError), ConnectionLost),
    ((imaplib.IMAP4.error, smtplib.SMTPException), ServerRefused),
)


def tls_context(settings: MailboxSettings | OutgoingSettings) -> ssl.SSLContext:
    """Return the system's trust plus `ca_file`; host names and certificates are always checked."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file is not None:
        context.load_verify_locations(cafile=str(settings.ca_file))
    return context


def keep_alive(sock: socket.socket) -> None:
    """Let the system notice a dead line while we wait for news."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4)):
        option = getattr(socket, name, None)
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


@contextlib.contextmanager
def obstacles_named(host: str, port: int, **details: Any) -> Iterator[None]:
    """Raise a MailServerRefusal in place of whatever the network or the protocol library raises inside."""
    try:
        yield
    except MailServerRefusal:
        raise
    except (OSError, UnicodeError, imaplib.IMAP4.error, smtplib.SMTPException) as error:
        raise obstacle(error, host=host, port=port, **details) from error


def obstacle(error: Exception, *, host: str, port: int, **details: Any) -> MailServerRefusal:
    """Return the refusal that names this error."""
    answer = answer_text(error)
    if isinstance(error, ssl.SSLError):
        answer = getattr(error, "verify_message", "") or error.reason or answer
    kind = next((kind for errors, kind in _KINDS if isinstance(error, errors)), ServerUnreachable)
    return kind(host=host, port=port, answer=answer, **details)


def answer_text(error: Exception) -> str:
    """Return the other side's words as one readable line."""
    first = getattr(error, "smtp_error", None) or (error.args[-1] if error.args else "")
    if isinstance(first, bytes):
        first = first.decode("utf-8", "replace")
    return " ".join(str(first).split())[:300] or type(error).__name__
