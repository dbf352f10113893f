"""An IMAP connection whose reads survive a time-out, so that one line can be waited on for minutes.

The standard library reads through a buffered file object: after the first time-out it refuses to read on, and
bytes waiting in its buffer (or in TLS) are invisible to `select`. Here the buffer is ours.
"""

import imaplib
import re
import select
import socket
import ssl
import time
from threading import Event

_CHUNK_BYTES = 64 * 1024
# One SEARCH answer is one line; two million numbers fit.
_LONGEST_LINE_BYTES = 20 * 1024 * 1024
_STOP_LOOK_SECONDS = 0.5
_NUMBERED = re.compile(rb"\* (\d+) (EXISTS|EXPUNGE)\s*$", re.IGNORECASE)


class Wire(imaplib.IMAP4):
    """`imaplib.IMAP4` over plain TCP or TLS, with `push_awaited`.

    message_count: mails in the open folder, kept current by what the server announces beside its answers.
    has_news: it announced an arrival; whoever acts on it sets it back.
    """

    def __init__(self, host: str, port: int, *, connect_seconds: float, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._unread = bytearray()
        self.message_count = 0
        self.has_news = False
        super().__init__(host, port, timeout=connect_seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = super()._create_socket(timeout)
        if self._tls is None:
            return sock
        try:
            return self._tls.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes."""
        while len(self._unread) < size:
            self._take()
        return self._cut(size)

    def readline(self) -> bytes:
        """Return one line with its end."""
        searched = 0
        while (end := self._unread.find(b"\n", searched)) < 0:
            searched = len(self._unread)
            if searched > _LONGEST_LINE_BYTES:
                raise self.abort(f"a line longer than {_LONGEST_LINE_BYTES} bytes")
            self._take()
        return self._cut(end + 1)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> None:  # type: ignore[override]
        """Encrypt from here on; what the server sent ahead in the open is an attack and ends the connection."""
        typ, answer = self._simple_command("STARTTLS")
        if typ != "OK":
            raise self.error(answer[-1])
        if self._unread:
            raise self.abort("open text after STARTTLS")
        context = ssl_context or ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self._tls_established = True
        self._get_capabilities()

    def sign_in(self, username: str, password: str) -> None:
        """Sign in with any letters; the library's `login` forgets to quote the name and knows only ASCII.

        Raises `error` with the server's words when it refuses.
        """
        if (username + password).isascii():
            typ, answer = self._simple_command("LOGIN", self._quote(username), self._quote(password))
            if typ != "OK":
                raise self.error(answer[-1])
            self.state = "AUTH"
        else:
            self.authenticate("PLAIN", lambda _challenge: f"\0{username}\0{password}".encode())

    def push_awaited(self, seconds: float, stop: Event) -> bool:
        """IDLE until a mail is announced (True), the time is over or `stop` is set (False).

        Raises `error` when the server refuses IDLE, `abort` when the line breaks.
        """
        tag = self._new_tag()
        self.send(tag + b" IDLE\r\n")
        while not (line := self.readline()).startswith(b"+"):
            if line.startswith(tag):
                self.tagged_commands.pop(tag, None)
                raise self.error(line[len(tag) :].strip())
            self._note(line)
        until = time.monotonic() + seconds
        while not self.has_news and not stop.is_set() and (left := until - time.monotonic()) > 0:
            if self._readable(min(left, _STOP_LOOK_SECONDS)):
                self._note(self.readline())
        self.send(b"DONE\r\n")
        while not (line := self.readline()).startswith(tag):
            self._note(line)
        self.tagged_commands.pop(tag, None)
        return self.has_news

    def _note(self, line: bytes) -> None:
        """Take in one announcement made while idling."""
        if line.upper().startswith(b"* BYE"):
            raise self.abort(line.strip())
        if match := _NUMBERED.match(line):
            self._append_untagged(match[2].decode("ascii").upper(), match[1])

    def _append_untagged(self, typ: str, dat: object) -> None:
        if typ == "EXISTS" and isinstance(dat, bytes):
            self.message_count, self.has_news = int(dat), True
        elif typ == "EXPUNGE":
            self.message_count -= 1
        super()._append_untagged(typ, dat)

    def _readable(self, seconds: float) -> bool:
        if b"\n" in self._unread or (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            return True
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def _take(self) -> None:
        chunk = self.sock.recv(_CHUNK_BYTES)
        if not chunk:
            raise self.abort("the server closed the connection")
        self._unread += chunk

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken
