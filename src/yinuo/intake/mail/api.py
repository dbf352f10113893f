"""Mail for other programs: what came and needs a look, and the mailboxes without their passwords."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from yinuo.access.api import ApiRequest
from yinuo.foundation.api import Code, Given, Id, Order, Page, PageWish, bounded, page_of
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound
from yinuo.organisation.models import Team
from yinuo.standards.models import CaseClass

from .actions import MailboxDraft, file_again
from .actions import save_mailbox as save_mailbox_action
from .models import Mailbox, Security, StoredMail

router = Router(tags=["mail"])
_NEWEST_FIRST = Order("mails", "stored_at", is_falling=True)


class NeedsALook(StrEnum):
    """Why a mail is not simply filed: it could not be understood, or it is a machine's that asks for nothing."""

    KEPT_RAW = "kept_raw"
    LEFT_OUT = "left_out"


class MailOut(BaseModel):
    """A mail that is not simply filed."""

    id: int
    mailbox: str | None = Field(description="Address of the mailbox; null when it was imported from a file.")
    state: StoredMail.State
    reason: str
    automatic: str = Field(description="Which machine's mail it is; empty for a person's.")
    size: int = Field(description="Bytes.")
    stored_at: datetime


class ReplayOut(BaseModel):
    """What became of a mail that was tried again."""

    state: StoredMail.State
    case_id: int | None


class MailboxOut(BaseModel):
    """One of our mail addresses. Passwords are never shown."""

    id: int
    address: str
    sender_name: str
    team: str
    case_class: CaseClass
    is_active: bool
    acknowledges: bool
    in_security: Security
    in_host: str
    in_port: int
    in_username: str
    in_folder: str
    out_security: Security
    out_host: str
    out_port: int
    out_username: str
    looked_at: datetime | None
    problem: str = Field(description="Why the last look failed; empty when it went well.")


Host = bounded(255)


class MailboxIn(Given):
    """A mailbox as it shall be. Passwords left out or null: what is stored stays."""

    address: bounded(254, shortest=3) = Field(pattern=r"^[^\s@\x00]+@[^\s@\x00]+$", examples=["service@example.com"])
    sender_name: bounded(120, shortest=1)
    team: Code
    case_class: CaseClass = CaseClass.ROUTINE
    is_active: bool = True
    acknowledges: bool = True
    in_security: Security = Security.TLS
    in_host: Host
    in_port: int = Field(993, ge=1, le=65535)
    in_username: bounded(254) = ""
    in_password: bounded(500) | None = None
    in_folder: bounded(120, shortest=1) = "INBOX"
    out_security: Security = Security.TLS
    out_host: Host
    out_port: int = Field(465, ge=1, le=65535)
    out_username: bounded(254) = ""
    out_password: bounded(500) | None = None


class MailFilters(BaseModel):
    """Which mails are wanted."""

    state: NeedsALook = NeedsALook.KEPT_RAW


@router.get("/mails", response=Page[MailOut], operation_id="list_mails_needing_a_look")
def list_mails_needing_a_look(
    request: ApiRequest, filters: Query[MailFilters], wish: Query[PageWish]
) -> dict[str, Any]:
    """List the mails that are not simply filed, the newest first.

    Scope `mail:read`. Neither sender nor text is in it.
    """
    request.actor.require("mail.view")
    rows = StoredMail.objects.exclude(state=StoredMail.State.FILED).filter(state=filters.state.value)
    return page_of(rows.select_related("mailbox").defer("sender"), _NEWEST_FIRST, wish, _mail_out)


@router.post("/mails/{mail_id}/replays", response={201: ReplayOut}, operation_id="replay_mail")
def replay_mail(request: ApiRequest, mail_id: Path[Id]) -> ReplayOut:
    """Try once more to file a mail; one that is filed already stays as it is.

    Scope `mail:write`. Refuses `not_found`.
    """
    request.actor.require("mail.replay")
    stored = StoredMail.objects.filter(pk=mail_id).first()
    if stored is None:
        raise NotFound
    taken = file_again(stored=stored, by=request.actor, at=now())
    return ReplayOut(state=taken.state, case_id=taken.case_id)


@router.get("/mailboxes", response=Page[MailboxOut], operation_id="list_mailboxes")
def list_mailboxes(request: ApiRequest, wish: Query[PageWish]) -> dict[str, Any]:
    """List the mailboxes without their passwords.

    Scope `mail:write`, of a role that configures mail.
    """
    request.actor.require("mail.configure")
    rows = Mailbox.objects.select_related("team").defer("in_password", "out_password")
    return page_of(rows, Order("mailboxes"), wish, _mailbox_out)


@router.post("/mailboxes", response={201: MailboxOut}, operation_id="add_mailbox")
def add_mailbox(request: ApiRequest, body: MailboxIn) -> MailboxOut:
    """Add a mailbox; its mail is fetched from now on.

    Scope `mail:write`, of a role that configures mail. Refuses `mail.address_taken`, and `not_found` for a team that
    is not there.
    """
    return _save(request, body, None)


@router.put("/mailboxes/{mailbox_id}", response=MailboxOut, operation_id="change_mailbox")
def change_mailbox(request: ApiRequest, mailbox_id: Path[Id], body: MailboxIn) -> MailboxOut:
    """Change a mailbox; another server or folder begins at its beginning, known mails stay one.

    Scope `mail:write`, of a role that configures mail. Refuses `not_found`, `mail.address_taken`.
    """
    request.actor.require("mail.configure")
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    if mailbox is None:
        raise NotFound
    return _save(request, body, mailbox)


def _save(request: ApiRequest, body: MailboxIn, mailbox: Mailbox | None) -> MailboxOut:
    request.actor.require("mail.configure")
    team = Team.objects.filter(code=body.team).first()
    if team is None:
        raise NotFound
    draft = MailboxDraft(**body.model_dump(exclude={"team"}))
    return _mailbox_out(save_mailbox_action(draft=draft, team=team, mailbox=mailbox, by=request.actor, at=now()))


def _mail_out(row: StoredMail) -> MailOut:
    return MailOut(
        id=row.pk,
        mailbox=row.mailbox.address if row.mailbox else None,
        state=row.state,
        reason=row.reason,
        automatic=row.automatic,
        size=row.size,
        stored_at=row.stored_at,
    )


def _mailbox_out(row: Mailbox) -> MailboxOut:
    return MailboxOut(
        id=row.pk,
        address=row.address,
        sender_name=row.sender_name,
        team=row.team.code,
        case_class=row.case_class,
        is_active=row.is_active,
        acknowledges=row.acknowledges,
        in_security=row.in_security,
        in_host=row.in_host,
        in_port=row.in_port,
        in_username=row.in_username,
        in_folder=row.in_folder,
        out_security=row.out_security,
        out_host=row.out_host,
        out_port=row.out_port,
        out_username=row.out_username,
        looked_at=row.looked_at,
        problem=row.problem,
    )
