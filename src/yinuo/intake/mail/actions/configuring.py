"""Adding and changing mailboxes. Passwords are stored encrypted and never shown again."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import Refusal
from yinuo.intake.mail.facts import MailboxConfigured
from yinuo.intake.mail.models import Mailbox
from yinuo.organisation.models import Team


class MailboxAddressTaken(Refusal):
    code = "mail.address_taken"

    def sentence(self) -> str:
        return _("There is already a mailbox %(address)s. Change that one instead.") % self.details


@dataclass(frozen=True)
class MailboxDraft:
    """Everything about a mailbox that people set. Passwords None: keep what is stored."""

    address: str
    sender_name: str
    in_host: str
    out_host: str
    case_class: str = "routine"
    is_active: bool = True
    acknowledges: bool = True
    in_security: str = "tls"
    in_port: int = 993
    in_username: str = ""
    in_password: str | None = None
    in_folder: str = "INBOX"
    out_security: str = "tls"
    out_port: int = 465
    out_username: str = ""
    out_password: str | None = None


@transaction.atomic
def save_mailbox(
    *, draft: MailboxDraft, team: Team, mailbox: Mailbox | None = None, by: Actor, at: datetime
) -> Mailbox:
    """Add a mailbox, or change one. Another server or folder begins at its beginning; known mails stay one.

    Refuses with MailboxAddressTaken. Announces MailboxConfigured.
    """
    by.require("mail.configure")
    address = draft.address.strip().lower()
    if Mailbox.objects.filter(address=address).exclude(pk=mailbox.pk if mailbox else None).exists():
        raise MailboxAddressTaken(address=address)
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk) if mailbox else Mailbox()
    before = (row.in_host, row.in_username, row.in_folder)
    for name, value in asdict(draft).items():
        if value is not None:
            setattr(row, name, value)
    row.address, row.team = address, team
    if before != (row.in_host, row.in_username, row.in_folder):
        row.uid_validity = row.last_uid = 0
    row.problem, row.problem_since = "", None
    row.save()
    announce(MailboxConfigured(mailbox_id=row.pk), by=by, at=at)
    return row
