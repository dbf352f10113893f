"""Reading one IMAP folder: every mail once, in the order of arrival, whatever other programs do to it.

We go by UIDVALIDITY and UID and never by the read flag, which belongs to whoever opens the mailbox with another
program. The folder is opened read-only, so nothing in it changes unless `mark_seen` is set.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from threading import Event
from typing import Self

from imap_tools.imap_utf7 import utf7_encode

from yinuo.intake.mail.transport.connecting import answer_text, keep_alive, obstacles_named, tls_context
from yinuo.intake.mail.transport.refusals import (
    ConnectionLost,
    EncryptionFailed,
    EncryptionNeeded,
    FolderNotFound,
    MailServerRefusal,
    ServerRefused,
    ServerTooSlow,
    WrongPassword,
)
from yinuo.intake.mail.transport.values import Batch, Fetched, MailboxSettings, Position, Security, Tally, Trouble
from yinuo.intake.mail.transport.wire import Wire

# After so many broken connections while fetching the same mail alone, that mail is taken to be the reason.
STRIKES_UNTIL_SKIPPED = 5
_SIZES_AT_ONCE = 500
# With these (RFC 5530) a refused sign-in says nothing about the password.
_SERVER_TROUBLE_CODES = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN")


class ImapMailbox:
    """One signed-in connection with its folder open. Use it as a context manager, from one thread.

    Opening raises UnknownHost, ServerUnreachable, ServerTooSlow, CertificateNotTrusted, EncryptionFailed,
    EncryptionNeeded, WrongPassword, FolderNotFound, ServerRefused or ConnectionLost; reading, the last three kinds.
    """

    def __init__(self, settings: MailboxSettings) -> None:
        self.settings = settings
        self.tally = Tally()
        with self._obstacles():
            self._wire = self._connected()
            try:
                self._sign_in()
                self._introduce()
                self._open_folder()
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye when the line still stands; never raises for a line that is gone."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._wire.sock.settimeout(2)
            self._wire.logout()
        with contextlib.suppress(OSError):
            self._wire.shutdown()

    def latest(self) -> Position:
        """Return the position after the newest mail now there: start here to leave all older mail alone."""
        uids = self._uids_after(0)
        return Position(self.uid_validity, uids[-1] if uids else 0)

    def fetch_new(self, since: Position, strikes: Mapping[int, int] | None = None) -> Iterator[Batch]:
        """Yield all mails after `since` in batches; save a batch's position only once its mails are kept.

        strikes: how often the connection broke while fetching a uid. One strike and the mail is fetched alone;
        at STRIKES_UNTIL_SKIPPED it is passed over as UNREADABLE. `self.tally` counts this look.
        Raises ConnectionLost or ServerTooSlow whose `uids` are the mails being fetched.
        """
        rescan = since.uid_validity not in (0, self.uid_validity)
        uids = self._uids_after(0 if since.uid_validity != self.uid_validity else since.last_uid)
        self.tally = Tally(on_server_count=self.on_server_count, waiting_count=len(uids))
        waiting = len(uids)
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            some = uids[start : start + _SIZES_AT_ONCE]
            for group in self._groups(some, self._sizes(some), strikes or {}):
                mails = tuple(self._fetch_group(group, strikes or {}))
                waiting -= len(group)
                self._count(mails, group)
                yield Batch(mails, Position(self.uid_validity, max(group)), rescan=rescan, waiting_count=waiting)

    def refetch(self, uid: int) -> Fetched | None:
        """Return one mail again, for instance an unreadable one after the server was mended; None when it is gone."""
        sizes = self._sizes([uid])
        return next(self._fetch_group({uid: sizes[uid]}, {}), None) if uid in sizes else None

    def wait(self, stop: Event) -> bool:
        """Wait for news; True when it is time to look again, False when `stop` was set.

        Waits by IDLE when the server can, else for `poll_every`.
        """
        if self._wire.has_news:
            return True
        if self._can_idle:
            try:
                with self._obstacles():
                    self._wire.push_awaited(self.settings.pace.idle_for.total_seconds(), stop)
            except ServerRefused:
                self._can_idle = False
            else:
                return not stop.is_set()
        stop.wait(self.settings.pace.poll_every.total_seconds())
        return not stop.is_set()

    def mark_seen(self, uids: Iterable[int]) -> None:
        """Set the read flag; only where the settings ask for it."""
        listed = _uid_set(uids)
        if self.settings.mark_seen and listed:
            with self._obstacles():
                self._wire.uid("STORE", listed, "+FLAGS.SILENT", r"(\Seen)")

    @property
    def on_server_count(self) -> int:
        """All mails in the folder, as last announced."""
        return self._wire.message_count

    # Opening

    def _connected(self) -> Wire:
        settings = self.settings
        context = None if settings.security is Security.PLAIN else tls_context(settings)
        wire = Wire(
            settings.host,
            settings.port,
            connect_seconds=settings.pace.connect_within.total_seconds(),
            tls=context if settings.security is Security.TLS else None,
        )
        try:
            if settings.security is Security.STARTTLS:
                self._encrypt(wire, context)
            keep_alive(wire.sock)
            wire.sock.settimeout(settings.pace.read_within.total_seconds())
        except BaseException:
            wire.sock.close()
            raise
        return wire

    def _encrypt(self, wire: Wire, context: ssl.SSLContext | None) -> None:
        if "STARTTLS" not in wire.capabilities:
            raise EncryptionFailed(answer="no STARTTLS", host=self.settings.host, port=self.settings.port)
        wire.starttls(context)

    def _sign_in(self) -> None:
        settings, wire = self.settings, self._wire
        if "LOGINDISABLED" in wire.capabilities:
            raise EncryptionNeeded(host=settings.host, port=settings.port)
        try:
            wire.sign_in(settings.username, settings.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise self._sign_in_refusal(answer_text(error)) from error

    def _sign_in_refusal(self, answer: str) -> MailServerRefusal:
        where = {"host": self.settings.host, "port": self.settings.port, "answer": answer}
        if "PRIVACYREQUIRED" in answer.upper():
            return EncryptionNeeded(**where)
        if any(f"[{code}" in answer.upper() for code in _SERVER_TROUBLE_CODES):
            return ServerRefused(**where)
        return WrongPassword(username=self.settings.username, **where)

    def _introduce(self) -> None:
        """Ask anew what the server can now do, and give our name.

        NetEase (163.com, 126.com, yeah.net) calls a client "unsafe" and opens no folder until it sent ID (RFC 2971).
        """
        wire = self._wire
        _typ, answer = wire.capability()
        offered = {word.upper() for line in answer if line for word in line.decode("ascii", "replace").split()}
        self._can_idle = self.settings.idle and "IDLE" in offered
        if "ID" in offered:
            wire.xatom("ID", '("name" "Yinuo" "vendor" "Yinuo")')

    def _open_folder(self) -> None:
        settings = self.settings
        name = utf7_encode(settings.folder).replace(b"\\", b"\\\\").replace(b'"', b'\\"').decode("ascii")
        try:
            typ, answer = self._wire.select(f'"{name}"', readonly=not settings.mark_seen)
        except imaplib.IMAP4.readonly:
            typ, answer = self._wire.select(f'"{name}"', readonly=True)
        if typ != "OK":
            details = {"folder": settings.folder, "username": settings.username, "answer": _text(answer[-1])}
            raise FolderNotFound(host=settings.host, port=settings.port, **details)
        self.uid_validity = int((self._wire.response("UIDVALIDITY")[1] or [b"0"])[-1] or 0)

    # Reading

    def _uids_after(self, last_uid: int) -> list[int]:
        with self._obstacles():
            # What the server announced before this search, the search itself will show; what it announces while
            # answering, it may not.
            self._wire.untagged_responses.clear()
            self._wire.noop()
            self._wire.has_news = False
            typ, answer = self._wire.uid("SEARCH", None, f"UID {last_uid + 1}:*")  # type: ignore[arg-type]
            if typ != "OK":
                raise self._wire.error(answer[-1])
        # "n:*" always shows the newest mail, even one before n (RFC 3501 6.4.8).
        return sorted({uid for line in answer if line for uid in map(int, line.split()) if uid > last_uid})

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return the announced size of each mail still there; 0 for one whose size the server cannot tell."""
        with self._obstacles():
            typ, answer = self._wire.uid("FETCH", _uid_set(uids), "(UID RFC822.SIZE)")
        if typ != "OK":
            return dict.fromkeys(uids, 0)
        found = [_attributes(head) for head, _literal in _responses(answer)]
        return {uid: size for uid, size, _at in found if uid in set(uids)}

    def _groups(
        self, uids: Sequence[int], sizes: Mapping[int, int], strikes: Mapping[int, int]
    ) -> Iterator[dict[int, int | None]]:
        """Cut `uids` into what is fetched and handed over at once; None stands for a mail deleted meanwhile."""
        group: dict[int, int | None] = {}
        group_bytes = 0
        for uid in uids:
            size = sizes.get(uid)
            alone = bool(strikes.get(uid)) or (size or 0) > self.settings.largest_bytes
            full = len(group) >= self.settings.batch_count or group_bytes + (size or 0) > self.settings.batch_bytes
            if group and (alone or full):
                yield group
                group, group_bytes = {}, 0
            group[uid] = size
            group_bytes += size or 0
            if alone:
                yield group
                group, group_bytes = {}, 0
        if group:
            yield group

    def _fetch_group(self, group: Mapping[int, int | None], strikes: Mapping[int, int]) -> Iterator[Fetched]:
        present = {uid: size for uid, size in group.items() if size is not None}
        large = {uid for uid, size in present.items() if size > self.settings.largest_bytes}
        struck = {uid for uid in present if strikes.get(uid, 0) >= STRIKES_UNTIL_SKIPPED}
        found = self._fetch(sorted(set(present) - large - struck), "BODY.PEEK[]")
        for uid in sorted(present):
            size = present[uid]
            if uid in struck:
                yield Fetched(uid, b"", None, size, Trouble.UNREADABLE, "the connection broke each time")
            elif uid in large:
                yield from self._fetch_headers(uid, size)
            elif uid in found:
                yield found[uid]
            else:
                yield from self._fetch_alone(uid, size)

    def _fetch(self, uids: Sequence[int], part: str) -> dict[int, Fetched]:
        """Return what the server gives of `uids`; a refusal of the whole request gives nothing."""
        if not uids:
            return {}
        typ, answer = self._ask(uids, part)
        if typ != "OK":
            return {}
        mails = {}
        for head, literal in _responses(answer):
            uid, size, received_at = _attributes(head)
            if uid in uids and literal is not None:
                mails[uid] = Fetched(uid, literal, received_at, size or len(literal))
        return mails

    def _fetch_headers(self, uid: int, size: int) -> Iterator[Fetched]:
        limit = self.settings.largest_bytes // (1024 * 1024)
        for mail in self._fetch([uid], "BODY.PEEK[HEADER]").values():
            yield Fetched(uid, mail.raw, mail.received_at, size, Trouble.TOO_LARGE, f"{size} bytes; limit {limit} MB")
            return
        yield from self._fetch_alone(uid, size)

    def _fetch_alone(self, uid: int, size: int) -> Iterator[Fetched]:
        """Ask once more for a mail its group did not contain: it is there after all, gone, or cannot be read."""
        if size <= self.settings.largest_bytes and (mail := self._fetch([uid], "BODY.PEEK[]").get(uid)):
            yield mail
            return
        with self._obstacles():
            # Only now may the server tell that the mail was deleted (RFC 3501 7.4.1).
            self._wire.noop()
        _typ, answer = self._ask([uid], "UID")
        if not any(_attributes(head)[0] == uid for head, _literal in _responses(answer)):
            return
        _typ, answer = self._ask([uid], "BODY.PEEK[]")
        yield Fetched(uid, b"", None, size, Trouble.UNREADABLE, _text(answer[-1]) or "the server gives no content")

    def _ask(self, uids: Sequence[int], part: str) -> tuple[str, list[object]]:
        wanted = "(UID)" if part == "UID" else f"(UID RFC822.SIZE INTERNALDATE {part})"
        try:
            with self._obstacles(uids=tuple(uids)):
                typ, answer = self._wire.uid("FETCH", _uid_set(uids), wanted)
                return typ, answer
        except (ConnectionLost, ServerTooSlow):
            raise
        except ServerRefused as refused:
            # BAD to this one request; the connection stands.
            return "NO", [refused.answer.encode()]

    def _count(self, mails: Sequence[Fetched], group: Mapping[int, int | None]) -> None:
        tally = self.tally
        troubles = [mail.trouble for mail in mails]
        self.tally = Tally(
            on_server_count=tally.on_server_count,
            waiting_count=tally.waiting_count,
            fetched_count=tally.fetched_count + troubles.count(None),
            too_large_count=tally.too_large_count + troubles.count(Trouble.TOO_LARGE),
            unreadable_count=tally.unreadable_count + troubles.count(Trouble.UNREADABLE),
            gone_count=tally.gone_count + len(group) - len(mails),
        )

    def _obstacles(self, **details: object) -> contextlib.AbstractContextManager[None]:
        return obstacles_named(self.settings.host, self.settings.port, **details)


_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_RECEIVED = re.compile(
    rb'\bINTERNALDATE "([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
# Short or empty bodies may come as a quoted string or NIL in place of a literal.
_QUOTED_BODY = re.compile(rb'\bBODY\[[^\]]*\] (NIL|"(?:[^"\\]|\\.)*")', re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _responses(answer: Iterable[object]) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield each FETCH answer as (its attributes without the content, its content or None).

    imaplib gives [(head, literal), tail, …] and plain bytes for an answer without literal.
    """
    head, literal = b"", None
    for part in answer:
        if isinstance(part, tuple):
            head, literal = head + part[0] + b" ", part[1]
        elif isinstance(part, bytes):
            whole = head + part
            if literal is None and (quoted := _QUOTED_BODY.search(whole)):
                # NIL is no content at all, Dovecot's answer for a mail deleted a moment ago.
                literal = None if quoted[1].upper() == b"NIL" else re.sub(rb"\\(.)", rb"\1", quoted[1][1:-1])
            yield whole, literal
            head, literal = b"", None


def _attributes(head: bytes) -> tuple[int, int, datetime | None]:
    uid, size = _UID.search(head), _SIZE.search(head)
    return int(uid[1]) if uid else 0, int(size[1]) if size else 0, _received_at(head)


def _received_at(head: bytes) -> datetime | None:
    match = _RECEIVED.search(head)
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = (part.decode() for part in match.groups())
    ahead = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == "-" else 1)
    try:
        number = _MONTHS.index(month.lower()) + 1
        local = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=timezone(ahead))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _uid_set(uids: Iterable[int]) -> str:
    """Return `uids` as IMAP writes them, runs joined: 3:7,9."""
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def _text(answer: object) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else ""
