"""Mails that were not simply filed: why, their text as it came, filing once more."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.masking import masked_mail
from yinuo.access.scopes import within_scopes
from yinuo.cases.pages.files import FILE_POLICY, FileIsGone
from yinuo.cases.store import path_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.intake.mail.actions import file_again
from yinuo.intake.mail.models import StoredMail
from yinuo.web.components.lists import Place

from .doors import done, refused, settings_page, show

_PAGE = 50
_PREVIEW_BYTES = 16_000
_TEXT_BYTES = 200_000
_STATES = (StoredMail.State.KEPT_RAW, StoredMail.State.LEFT_OUT)
# Signs that move the cursor, turn the direction of writing or ring bells would let a mail lie about its text.
_CONTROLS = (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN = dict.fromkeys((code for code in _CONTROLS if chr(code) not in "\t\n"), "�")


@dataclass(frozen=True)
class ShownMail:
    """One line of the list; the sender is masked."""

    id: int
    stored_at: datetime
    state: str
    is_raw: bool
    reason: str
    sender: str
    mailbox: str
    size: int


@settings_page("mail.replay", "GET")
def mails(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the mails that need a look, newest first."""
    state = request.GET.get("state", "")
    rows = _visible(actor).filter(state__in=[state] if state in _STATES else _STATES)
    found = list(_after(rows, request.GET.get("before", ""))[: _PAGE + 1])
    page = found[:_PAGE]
    context = {
        "mails": [_shown(row) for row in page],
        "chips": _chips(state),
        "older_url": _older_url(state, page[-1]) if len(found) > _PAGE else "",
        "newest_url": reverse("settings_mails") if request.GET.get("before") else "",
    }
    return show(request, actor, "mails", context, here="mails")


@settings_page("mail.replay", "GET")
def mail(request: HttpRequest, actor: Actor, mail_id: int) -> HttpResponse:
    """Show one mail: what became of it, and the beginning of its text as it came."""
    row = _mail(actor, mail_id)
    context = {"mail": _shown(row), "text": _text(row, _PREVIEW_BYTES), "is_cut": row.size > _PREVIEW_BYTES}
    return show(request, actor, "mail", context, here="mails")


@settings_page("mail.replay", "GET")
@FILE_POLICY
def mail_text(_request: HttpRequest, actor: Actor, mail_id: int) -> HttpResponse:
    """Show up to 200 kB of the mail's own bytes as plain text, on a page that can do nothing."""
    row = _mail(actor, mail_id)
    text = _text(row, _TEXT_BYTES)
    if row.size > _TEXT_BYTES:
        text += "\n\n" + _("… cut here. Download the mail to read the rest.")
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})


@settings_page("mail.replay", "GET")
@FILE_POLICY
def mail_file(_request: HttpRequest, actor: Actor, mail_id: int) -> HttpResponseBase:
    """Hand out the mail as an .eml file to keep."""
    row = _mail(actor, mail_id)
    path = _path(row)
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"mail-{row.pk}.eml", content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@settings_page("mail.replay", "POST")
def mail_filing(request: HttpRequest, actor: Actor, mail_id: int) -> HttpResponse:
    """Try once more to make the mail a message."""
    row = _mail(actor, mail_id)
    try:
        _path(row)
        taken = file_again(stored=row, by=actor, at=now())
    except Refusal as refusal:
        return refused(request, refusal, "settings_mail", row.pk)
    if taken.state == StoredMail.State.FILED:
        return done(request, _("The mail is filed."), "settings_mails")
    row.refresh_from_db()
    return refused(request, StillNotFiled(reason=row.reason), "settings_mail", row.pk)


class StillNotFiled(Refusal):
    """The mail was read again and is as unfit as before."""

    code = "web.still_not_filed"

    def sentence(self) -> str:
        return _("The mail still could not be filed: %(reason)s Read it below and answer its sender by a new case.") % (
            self.details
        )


def _visible(actor: Actor) -> QuerySet[StoredMail]:
    """Return the mails of mailboxes within the actor's scopes; imports belong to whoever has no limit."""
    scope = within_scopes(
        actor,
        "mail.replay",
        department="mailbox__team__department_id",
        region="mailbox__team__region_id",
        tier=None,
    )
    return StoredMail.objects.select_related("mailbox").filter(scope).order_by("-stored_at", "-id")


def _mail(actor: Actor, mail_id: int) -> StoredMail:
    row = _visible(actor).filter(pk=mail_id, state__in=_STATES).first()
    if row is None:
        raise NotFound
    return row


def _after(rows: QuerySet[StoredMail], position: str) -> QuerySet[StoredMail]:
    instant, _comma, number = position.partition(",")
    try:
        stored_at, last_id = datetime.fromisoformat(instant), int(number)
    except ValueError:
        return rows
    if stored_at.tzinfo is None:
        return rows
    return rows.filter(Q(stored_at__lt=stored_at) | Q(stored_at=stored_at, pk__lt=last_id))


def _older_url(state: str, last: StoredMail) -> str:
    query = QueryDict(mutable=True)
    if state:
        query["state"] = state
    query["before"] = f"{last.stored_at.isoformat()},{last.pk}"
    return f"{reverse('settings_mails')}?{query.urlencode()}"


def _chips(state: str) -> list[Place]:
    address = reverse("settings_mails")
    places = [Place(_("All"), address, is_current=state not in _STATES)]
    return places + [Place(str(one.label), f"{address}?state={one}", is_current=state == one) for one in _STATES]


def _shown(row: StoredMail) -> ShownMail:
    sender = json.loads(row.sender) if row.sender else {}
    address = sender.get("address", "") if isinstance(sender, dict) else ""
    return ShownMail(
        id=row.pk,
        stored_at=row.stored_at,
        state=row.get_state_display(),
        is_raw=row.state == StoredMail.State.KEPT_RAW,
        reason=row.reason,
        sender=masked_mail(address) if address else "",
        mailbox=row.mailbox.address if row.mailbox else _("Import"),
        size=row.size,
    )


def _path(row: StoredMail) -> Path:
    path = path_of(row.digest)
    if not path.exists():
        raise FileIsGone(name=f"mail-{row.pk}.eml")
    return path


def _text(row: StoredMail, limit: int) -> str:
    with _path(row).open("rb") as file:
        content = file.read(limit)
    for charset in ("utf-8", "gb18030"):
        try:
            # A sign cut in two at the limit is no reason to take another charset.
            text = content.decode(charset, errors="strict") if len(content) < limit else _cut(content, charset)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").translate(_SHOWN)
    return content.decode("latin-1").replace("\r\n", "\n").translate(_SHOWN)


def _cut(content: bytes, charset: str) -> str:
    for spare in range(4):
        try:
            return content[: len(content) - spare].decode(charset)
        except UnicodeDecodeError:
            continue
    raise UnicodeDecodeError(charset, content, 0, 1, "not in this charset")
