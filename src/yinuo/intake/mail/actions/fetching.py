"""Mails that could not be taken in whole: kept with their place on the server, so that none is passed over in silence.

A mail larger than the mailbox allows becomes a case like any other, with a sentence in place of its text. A mail that
the server does not give is a row without bytes; filing it again fetches it again.
"""

import hashlib
import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.cases.actions import store_bytes
from yinuo.foundation.facts import announce
from yinuo.intake.mail.facts import MailStored
from yinuo.intake.mail.house_addresses import HouseAddresses
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.intake.mail.settings_of import incoming_settings
from yinuo.intake.mail.transport.opening import open_mailbox
from yinuo.intake.mail.transport.values import Fetched

from .taking_in import MAIL, TakenIn, file_stored_again, take_in

_PLACE = re.compile(r"uid (\d+) of (\d+)")
# What tells how the body was written must not describe the sentence that stands in its place.
_BODY_FIELDS = (b"content-", b"mime-version:")


def take_in_too_large(
    fetched: Fetched, *, mailbox: Mailbox, uid_validity: int, house: HouseAddresses, at: datetime
) -> TakenIn:
    """File a mail of which only the headers were fetched: its customer gets a case and an answer like everybody."""
    note = _("[This mail has %(size)s MB, more than is fetched. Its text and files are still in the mailbox %(box)s.]")
    text = note % {"size": f"{fetched.size_bytes / 1_000_000:.0f}", "box": mailbox.address}
    return take_in(
        _headers_with_text(fetched.raw, text),
        mailbox=mailbox,
        at=at,
        received_at=fetched.received_at,
        source=_place(fetched.uid, uid_validity),
        house=house,
    )


def keep_raw(fetched: Fetched, *, mailbox: Mailbox, uid_validity: int, reason: str, at: datetime) -> TakenIn:
    """Keep what there is of a mail that cannot be read or stored otherwise, once, for a person to look at."""
    draft = store_bytes(fetched.raw, name="", content_type="message/rfc822")
    name = f"{mailbox.pk}:place:{uid_validity}:{fetched.uid}"
    stored = StoredMail(
        mailbox=mailbox,
        delivery_key=hashlib.sha256(name.encode()).hexdigest(),
        digest=draft.digest,
        size=fetched.size_bytes or draft.size,
        source=_place(fetched.uid, uid_validity),
        state=StoredMail.State.KEPT_RAW,
        reason=reason.replace("\0", "")[:500],
        stored_at=at,
    )
    try:
        with transaction.atomic():
            stored.save(force_insert=True)
            _announce(stored, at)
    except IntegrityError:
        return TakenIn("duplicate", StoredMail.objects.get(delivery_key=stored.delivery_key).pk)
    return TakenIn(stored.state, stored.pk)


def file_again(*, stored: StoredMail, by: Actor, at: datetime) -> TakenIn:
    """Try once more to file a mail that was kept raw or left out; one that was never fetched is fetched first.

    Refuses with NotAllowed, with StorageFull, and with a MailServerRefusal when the server cannot be reached.
    """
    by.require("mail.replay")
    place = _PLACE.fullmatch(stored.source)
    is_empty = stored.digest == hashlib.sha256().hexdigest()
    if place and is_empty and stored.mailbox and stored.state == StoredMail.State.KEPT_RAW:
        return _fetch_again(stored, stored.mailbox, int(place[1]), int(place[2]), at)
    return file_stored_again(stored=stored, by=by, at=at)


def _fetch_again(stored: StoredMail, mailbox: Mailbox, uid: int, uid_validity: int, at: datetime) -> TakenIn:
    with open_mailbox(incoming_settings(mailbox)) as opened:
        fetched = opened.refetch(uid) if opened.uid_validity == uid_validity else None
    if fetched and fetched.trouble:
        StoredMail.objects.filter(pk=stored.pk).update(reason=fetched.answer[:500])
        return TakenIn(stored.state, stored.pk)
    if fetched is None:
        reason = _("It is no longer at its place in the mailbox. If it is there elsewhere, it comes by itself.")
        StoredMail.objects.filter(pk=stored.pk).update(state=StoredMail.State.LEFT_OUT, reason=reason)
        return TakenIn(StoredMail.State.LEFT_OUT, stored.pk)
    taken = take_in(fetched.raw, mailbox=mailbox, at=at, received_at=fetched.received_at, source=stored.source)
    # The mail has a row of its own now; this one only remembers that it was late.
    state = StoredMail.State.FILED if taken.case_id else StoredMail.State.LEFT_OUT
    StoredMail.objects.filter(pk=stored.pk).update(state=state, case_id=taken.case_id, reason=_("Fetched later."))
    return taken


def _place(uid: int, uid_validity: int) -> str:
    return f"uid {uid} of {uid_validity}"


def _headers_with_text(headers: bytes, text: str) -> bytes:
    kept: list[bytes] = []
    is_kept = True
    for line in headers.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            is_kept = not line.lower().startswith(_BODY_FIELDS)
        if is_kept and line:
            kept.append(line)
    body = b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return b"\n".join([*kept, body]) + text.encode() + b"\n"


def _announce(stored: StoredMail, at: datetime) -> None:
    fact = MailStored(case_id=None, stored_mail_id=stored.pk, mailbox_id=stored.mailbox_id, state=str(stored.state))
    announce(fact, by=MAIL, at=at)
