"""A mail server for trying things out: takes mail by SMTP on the loopback and drops it into a Maildir.

It asks nobody who they are, so it binds to this machine only. With `security="maildir"` on both ends the demo
sends and receives without any outside server; what Yinuo sends lies in another Maildir, which a page can show.
"""

import logging
from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from yinuo.intake.mail.transport.maildir import drop_mail, make_maildir

_LARGEST_BYTES = 60 * 1024 * 1024
_log = logging.getLogger(__name__)


class Postbox:
    """Takes every mail on `host`:`port` into `folder` while open. Port 0 picks a free one; see `port` afterwards."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.folder = folder
        self.host = host
        self.port = port
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def open(self) -> None:
        """Begin to listen. Raises OSError when the port is taken or the folder cannot be made."""
        make_maildir(self.folder)
        self._controller = _FreePortController(
            _IntoMaildir(self.folder),
            hostname=self.host,
            port=self.port,
            data_size_limit=_LARGEST_BYTES,
            enable_SMTPUTF8=True,
            ident="Yinuo",
        )
        self._controller.start()
        self.port = self._controller.port

    def close(self) -> None:
        """Stop listening; what was taken is on disk already."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _FreePortController(Controller):
    def _trigger_server(self) -> None:
        """Learn the port the system chose before the base class tries the connection."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class _IntoMaildir:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        trace = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {one}" for one in envelope.rcpt_tos)]
        try:
            drop_mail(self.folder, "\r\n".join(trace).encode() + b"\r\n" + content)
        except OSError as error:
            _log.exception("the postbox cannot write to its folder")
            return f"452 4.3.1 cannot be stored now: {error.strerror}"
        return "250 2.0.0 stored"
