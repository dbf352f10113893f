"""A mailbox and a way out that are local Maildir folders, behind the same doors as IMAP and SMTP.

A demo or an offline site needs no mail server: incoming mail is dropped into one folder, outgoing mail is written
into another. Like an IMAP server we give each file a number at first sight and keep it in a list beside the mails,
since names alone do not arrive in their own order.
"""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from threading import Event
from typing import BinaryIO, Self

from yinuo.intake.mail.transport.addresses import wire_address
from yinuo.intake.mail.transport.refusals import MailFolderUnreadable, MailServerRefusal
from yinuo.intake.mail.transport.smtp import retry_at
from yinuo.intake.mail.transport.values import (
    Batch,
    Fetched,
    MailboxSettings,
    Outcome,
    OutgoingSettings,
    Position,
    SendingResult,
    Tally,
    Trouble,
)

_LIST_NAME = "yinuo-uids"
_LOOK_SECONDS = 0.2
# A file that came in the same tick of the clock as our look leaves no newer trace; a full look finds it.
_FULL_LOOK_SECONDS = 5
_LINE_BYTES = 64 * 1024
_HEADER_BYTES = 1024 * 1024
_serial = count()


def make_maildir(folder: Path) -> Path:
    """Make `folder` a Maildir (tmp, new, cur) unless it is one; return it."""
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def drop_mail(folder: Path, raw: bytes) -> Path:
    """Put `raw` into the Maildir as a new mail, whole or not at all; return its path. Raises OSError."""
    host = socket.gethostname().replace("/", "_").replace(":", "_")
    name = f"{time.time_ns() / 1e9:.6f}.P{os.getpid()}Q{next(_serial)}R{secrets.token_hex(3)}.{host}"
    draft = folder / "tmp" / name
    try:
        with draft.open("xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        return draft.rename(folder / "new" / name)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


class MaildirMailbox:
    """A Maildir read as if it were a mail server; see ImapMailbox for the meaning of each method."""

    def __init__(self, settings: MailboxSettings) -> None:
        self.settings = settings
        self.tally = Tally()
        self.folder = _folder(settings)
        self._list = _UidList(self.folder / _LIST_NAME)
        self._look()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between looks."""

    def latest(self) -> Position:
        self._look()
        return Position(self.uid_validity, max(self._paths, default=0))

    def fetch_new(self, since: Position, strikes: Mapping[int, int] | None = None) -> Iterator[Batch]:  # noqa: ARG002  a file never breaks the line
        self._look()
        rescan = since.uid_validity not in (0, self.uid_validity)
        after = since.last_uid if since.uid_validity == self.uid_validity else 0
        uids = sorted(uid for uid in self._paths if uid > after)
        self.tally = Tally(on_server_count=self.on_server_count, waiting_count=len(uids))
        held: list[Fetched] = []
        for left_count, uid in zip(reversed(range(len(uids))), uids, strict=True):
            mail = self.refetch(uid)
            self._count(mail)
            held += [mail] if mail else []
            full = len(held) >= self.settings.batch_count
            if full or left_count == 0 or sum(len(one.raw) for one in held) >= self.settings.batch_bytes:
                yield Batch(tuple(held), Position(self.uid_validity, uid), rescan, left_count)
                held = []

    def refetch(self, uid: int) -> Fetched | None:
        if uid not in self._paths:
            return None
        path = self._present(self._paths[uid])
        try:
            status = path.stat()
            received_at = datetime.fromtimestamp(status.st_mtime, UTC)
            if status.st_size <= self.settings.largest_bytes:
                return Fetched(uid, path.read_bytes(), received_at, status.st_size)
            headers = _headers(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            return Fetched(uid, b"", None, 0, Trouble.UNREADABLE, str(error))
        limit = self.settings.largest_bytes // (1024 * 1024)
        answer = f"{status.st_size} bytes; limit {limit} MB"
        return Fetched(uid, headers, received_at, status.st_size, Trouble.TOO_LARGE, answer)

    def wait(self, stop: Event) -> bool:
        until = time.monotonic() + _FULL_LOOK_SECONDS
        while time.monotonic() < until and self._state() == self._looked_state:
            if stop.wait(_LOOK_SECONDS):
                return False
        return not stop.is_set()

    def mark_seen(self, uids: Iterable[int]) -> None:
        """Move the files to `cur` with the flag S, as a mail program does; only where the settings ask for it."""
        for uid in uids if self.settings.mark_seen else ():
            path = self._present(self._paths[uid])
            name, _colon, flags = path.name.partition(":2,")
            if "S" not in flags and path.exists():
                path.rename(self.folder / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")

    def _look(self) -> None:
        """Number what is there; `_paths` holds every present mail by its uid."""
        try:
            self._looked_state = self._state()
            present = {_unique(path): path for path in self._files()}
            self.uid_validity, uids = self._list.numbered(present)
        except OSError as error:
            raise MailFolderUnreadable(host=str(self.folder), port=0, answer=error.strerror or str(error)) from error
        self._paths = {uids[name]: path for name, path in present.items()}
        self.on_server_count = len(self._paths)

    def _files(self) -> Iterator[Path]:
        for name in ("new", "cur"):
            with os.scandir(self.folder / name) as entries:
                yield from (Path(entry.path) for entry in entries if not entry.name.startswith("."))

    def _state(self) -> tuple[int, int]:
        return (self.folder / "new").stat().st_mtime_ns, (self.folder / "cur").stat().st_mtime_ns

    def _present(self, path: Path) -> Path:
        """Return where the file is now: another program may have moved it or changed its flags since our look."""
        if path.exists():
            return path
        return next((one for one in self._files() if _unique(one) == _unique(path)), path)

    def _count(self, mail: Fetched | None) -> None:
        name = (
            {
                None: "fetched_count",
                Trouble.TOO_LARGE: "too_large_count",
                Trouble.UNREADABLE: "unreadable_count",
            }[mail.trouble]
            if mail
            else "gone_count"
        )
        self.tally = replace(self.tally, **{name: getattr(self.tally, name) + 1})


class MaildirSender:
    """Outgoing mail written into a Maildir; see SmtpSender for the meaning of each method."""

    def __init__(self, settings: OutgoingSettings) -> None:
        self.settings = settings
        self.folder = Path(settings.host)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between mails."""

    def check(self) -> None:
        try:
            make_maildir(self.folder)
        except OSError as error:
            raise self._refusal(error) from error

    def send(
        self, message: EmailMessage, *, sender: str, recipients: Iterable[str], at: datetime, tries_count: int = 0
    ) -> SendingResult:
        envelope = tuple(wire_address(one) for one in recipients)
        trace = [f"Return-Path: <{wire_address(sender)}>", *(f"Delivered-To: {one}" for one in envelope)]
        raw = "\r\n".join(trace).encode() + b"\r\n" + message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        try:
            path = drop_mail(make_maildir(self.folder), raw)
        except OSError as error:
            refusal = self._refusal(error)
            later = retry_at(at=at, tries_count=tries_count)
            return SendingResult(Outcome.LATER, (), (), later, False, refusal.code, refusal.sentence(), str(error))
        return SendingResult(Outcome.SENT, envelope, answer=path.name)

    def _refusal(self, error: OSError) -> MailServerRefusal:
        return MailFolderUnreadable(host=str(self.folder), port=0, answer=error.strerror or str(error))


class _UidList:
    """The numbers given so far: a first line `1 <uid_validity>`, then `<uid> <unique name>` in rising order."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def numbered(self, names: Iterable[str]) -> tuple[int, dict[str, int]]:
        """Return the uid validity and the number of every known name, first giving numbers to the new ones."""
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            validity, uids = self._read(file)
            next_uid = max(uids.values(), default=0) + 1
            fresh = sorted(set(names) - set(uids))
            for uid, name in enumerate(fresh, start=next_uid):
                uids[name] = uid
            file.write(b"".join(f"{uids[name]} {name}\n".encode("utf-8", "surrogateescape") for name in fresh))
            file.flush()
            os.fsync(file.fileno())
        return validity, uids

    def _read(self, file: BinaryIO) -> tuple[int, dict[str, int]]:
        """Read the list; an unreadable one starts anew with another validity, so that all mail is looked at again."""
        file.seek(0)
        text = file.read()
        # A crash while writing leaves at most half a last line.
        file.truncate(whole := text.rfind(b"\n") + 1)
        head, *lines = text[:whole].decode("utf-8", "surrogateescape").split("\n")
        try:
            version, validity = map(int, head.split())
            uids = {name: int(uid) for uid, _space, name in (line.partition(" ") for line in lines if line)}
        except ValueError:
            version, validity, uids = 0, 0, {}
        if version == 1:
            return validity, uids
        validity = int(time.time())
        file.truncate(0)
        file.write(f"1 {validity}\n".encode())
        return validity, {}


def _folder(settings: MailboxSettings) -> Path:
    root = Path(settings.host)
    return root if settings.folder.upper() == "INBOX" else root / f".{settings.folder}"


def _unique(path: Path) -> str:
    return path.name.partition(":")[0]


def _headers(path: Path) -> bytes:
    """Return the header block of a file too large to hold."""
    lines = []
    with path.open("rb") as file:
        while (line := file.readline(_LINE_BYTES)).strip() and sum(map(len, lines)) < _HEADER_BYTES:
            lines.append(line)
    return b"".join(lines) + b"\r\n"
