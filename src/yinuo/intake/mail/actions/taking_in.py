"""A mail arrives: it is kept as it came, and becomes a message in the right case.

Kept raw first, understood second: whatever goes wrong in between, the bytes and a row that says so remain, and the
mail can be filed again. The same mail twice in one mailbox is one message.
"""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.masking import masked_mail
from yinuo.cases.actions import (
    add_automatic_message,
    add_customer_message,
    add_note,
    belongs_to_new_case,
    open_case,
    store_bytes,
)
from yinuo.cases.actions.attaching import AttachmentDraft, StorageFull
from yinuo.cases.actions.messages import Said
from yinuo.cases.actions.opening import FirstMessage
from yinuo.cases.models import Case, Channel, Participant
from yinuo.cases.store import path_of
from yinuo.customers.actions import find_or_add_by_identity
from yinuo.customers.models import Customer, IdentityKind
from yinuo.customers.rules import NotAMailAddress
from yinuo.foundation.facts import announce
from yinuo.foundation.references import is_reference
from yinuo.foundation.refusals import Refusal
from yinuo.intake.mail.facts import MailStored
from yinuo.intake.mail.house_addresses import HouseAddresses, address_lookup, house_addresses
from yinuo.intake.mail.keys import message_id_keys
from yinuo.intake.mail.lookup import case_named, look_up, subject_of, takes_part
from yinuo.intake.mail.models import Mailbox, StoredMail
from yinuo.intake.mail.reading import (
    Address,
    Attachment,
    Automatic,
    AutomaticKind,
    ParsedMail,
    Recipient,
    ReplyToMode,
    ThreadMatch,
    classify_automatic,
    customer_of,
    find_thread,
    mailbox_id,
    may_auto_reply_to,
    parse_mail,
    participants,
    sender_of,
    split_mail,
    wanted,
)
from yinuo.organisation.models import Team
from yinuo.routing.queries import NobodyToOwn, owner_for

from .bouncing import take_note_of_bounce

log = logging.getLogger("yinuo.mail")
MAIL = Actor.system("mail")

# A machine's mail that answers nothing of ours and asks for nothing: kept, listed, but no case.
_NO_CASE = {
    AutomaticKind.BOUNCE,
    AutomaticKind.DELAY,
    AutomaticKind.DELIVERED,
    AutomaticKind.OUT_OF_OFFICE,
    AutomaticKind.READ_RECEIPT,
    AutomaticKind.OWN_LOOP,
    AutomaticKind.FEEDBACK_REPORT,
}


@dataclass(frozen=True)
class TakenIn:
    """What became of a mail: `state` of its row, or `duplicate`."""

    state: str
    stored_mail_id: int
    case_id: int | None = None


@dataclass(frozen=True)
class _Arrival:
    """A parsed mail with all that is known of its coming."""

    mail: ParsedMail
    mailbox: Mailbox | None
    team: Team
    house: HouseAddresses
    automatic: Automatic
    sender: Address | None
    at: datetime

    @property
    def address(self) -> str:
        return self.mailbox.address.lower() if self.mailbox else ""


def take_in(
    raw: bytes,
    *,
    mailbox: Mailbox | None,
    at: datetime,
    received_at: datetime | None = None,
    source: str = "",
    is_import: bool = False,
    house: HouseAddresses | None = None,
) -> TakenIn:
    """Keep a mail and file it, in one transaction; a mail that was here before changes nothing.

    raw: the bytes as they came. at: now. received_at: when the server had it. house: own addresses, read once for many
    mails. Refuses with StorageFull when there is no room: nothing was stored then, so the mail must come again.
    """
    digest = store_bytes(raw, name="", content_type="message/rfc822").digest
    mail, problem = _read(raw, received_at)
    stored = StoredMail(
        mailbox=mailbox,
        delivery_key=_delivery_key(mail, mailbox, digest),
        digest=digest,
        size=len(raw),
        source=source[:500],
        state=StoredMail.State.KEPT_RAW,
        reason=problem[:500],
        message_id_header=((mail.message_id or "") if mail else "")[:998],
        stored_at=at,
    )
    if known := _known(stored.delivery_key):
        return known
    try:
        return _store(stored, mail, house or house_addresses(), is_import=is_import)
    except StorageFull:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever it is, the mail is kept; a database that is away raises again there
        if isinstance(problem, IntegrityError) and (known := _known(stored.delivery_key)):
            return known  # another worker stored the same delivery meanwhile
        return _keep_raw(stored, _reason(problem, stored))


@transaction.atomic
def _store(stored: StoredMail, mail: ParsedMail | None, house: HouseAddresses, *, is_import: bool) -> TakenIn:
    """File the mail and store its row, which is written last and once."""
    if mail:
        _file(stored, _arrival(stored, mail, house, stored.stored_at), is_import=is_import, wants_case=False)
    stored.save(force_insert=True)
    _announce(stored, stored.stored_at)
    return TakenIn(stored.state, stored.pk, stored.case_id)


@transaction.atomic
def _keep_raw(stored: StoredMail, reason: str) -> TakenIn:
    """Store the row of a mail that could not be filed, with the reason in words."""
    stored.pk = None
    stored.state, stored.reason, stored.case, stored.message = StoredMail.State.KEPT_RAW, reason[:500], None, None
    stored.may_acknowledge = False
    stored.save(force_insert=True)
    _announce(stored, stored.stored_at)
    return TakenIn(stored.state, stored.pk)


def _reason(problem: Exception, stored: StoredMail) -> str:
    if isinstance(problem, Refusal):
        return problem.sentence()
    log.error("mail could not be filed", exc_info=problem, extra={"digest": stored.digest})
    return f"{type(problem).__name__}: {problem}"


def _known(delivery_key: str) -> TakenIn | None:
    row = StoredMail.objects.filter(delivery_key=delivery_key).values_list("pk", "case_id").first()
    return TakenIn("duplicate", *row) if row else None


def file_stored_again(*, stored: StoredMail, by: Actor, at: datetime) -> TakenIn:
    """Try once more to file a mail whose bytes are here; a mail that is filed already stays as it is."""
    by.require("mail.replay")
    raw = path_of(stored.digest).read_bytes()
    with transaction.atomic():
        stored = StoredMail.objects.select_for_update(of=("self",)).select_related("mailbox").get(pk=stored.pk)
        if stored.state == StoredMail.State.FILED:
            return TakenIn(stored.state, stored.pk, stored.case_id)
        mail, problem = _read(raw, None)
        if mail is None:
            StoredMail.objects.filter(pk=stored.pk).update(reason=problem[:500])
            return TakenIn(stored.state, stored.pk)
        try:
            with transaction.atomic():
                _file(stored, _arrival(stored, mail, house_addresses(), at), is_import=False, wants_case=True)
        except Exception as obstacle:  # noqa: BLE001 - somebody wanted it filed, so it now needs a look
            reason = _reason(obstacle, stored)[:500]
            StoredMail.objects.filter(pk=stored.pk).update(state=StoredMail.State.KEPT_RAW, reason=reason)
            return TakenIn(StoredMail.State.KEPT_RAW, stored.pk)
        stored.save()
        _announce(stored, at)
    return TakenIn(stored.state, stored.pk, stored.case_id)


def _read(raw: bytes, received_at: datetime | None) -> tuple[ParsedMail | None, str]:
    try:
        return parse_mail(raw, received_at), ""
    except Refusal as refusal:
        return None, refusal.sentence()
    except Exception as fault:  # the mail is kept and shown; one broken mail never blocks a mailbox
        log.exception("mail could not be parsed", extra={"size": len(raw)})
        return None, f"{type(fault).__name__}: {fault}"


def _delivery_key(mail: ParsedMail | None, mailbox: Mailbox | None, digest: str) -> str:
    """Return the key under which a mail counts once: per mailbox its Message-ID, or the bytes when it has none."""
    place = str(mailbox.pk) if mailbox else "import"
    name = mailbox_id(mail, place) if mail else f"{place}:raw:{digest}"
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _arrival(stored: StoredMail, mail: ParsedMail, house: HouseAddresses, at: datetime) -> _Arrival:
    automatic = classify_automatic(mail, house.domains, house.mailboxes)
    sender = sender_of(mail, ReplyToMode.USE_ADDRESS_KEEP_NAME, automatic)
    team = stored.mailbox.team if stored.mailbox else Team.objects.filter(is_fallback=True).first()
    if team is None:
        raise NobodyToOwn(team=_("imported mails"))
    return _Arrival(mail, stored.mailbox, team, house, automatic, sender, at)


def _file(stored: StoredMail, arrival: _Arrival, *, is_import: bool, wants_case: bool) -> None:
    """Decide where the mail belongs and put it there; fills in the row."""
    keys = message_id_keys()
    address = arrival.sender.address if arrival.sender else ""
    found = look_up(wanted(arrival.mail, keys, is_reference), sender=address)
    recipient = Recipient(address, arrival.address, is_staff=address in arrival.house.staff)
    match = find_thread(arrival.mail, found, recipient, keys=keys, is_reference=is_reference)
    stored.automatic = "" if not arrival.automatic.is_automatic else str(arrival.automatic.kind)
    stored.reason = match.reason[:500]
    stored.state = StoredMail.State.FILED
    if arrival.sender:
        stored.sender = json.dumps({"name": arrival.sender.name, "address": arrival.sender.address}, ensure_ascii=False)
    if arrival.automatic.kind is AutomaticKind.BOUNCE:
        match = take_note_of_bounce(arrival.automatic, match, keys=keys, at=arrival.at)
    if match.case_reference and match.trusted:
        _join(stored, arrival, match)
    elif arrival.automatic.kind in _NO_CASE and not wants_case:
        stored.state = StoredMail.State.LEFT_OUT
        stored.reason = f"{arrival.automatic.kind}: {arrival.automatic.sign}"[:500]
    else:
        _open(stored, arrival, match, follows=None)
        allowed = may_auto_reply_to(
            arrival.mail, arrival.house.mailboxes, own_domains=arrival.house.domains, is_import=is_import
        )
        stored.may_acknowledge = allowed.is_allowed and bool(arrival.mailbox and arrival.mailbox.acknowledges)


def _join(stored: StoredMail, arrival: _Arrival, match: ThreadMatch) -> None:
    assert match.case_reference
    case = case_named(match.case_reference)
    said = _said(stored, arrival)
    if not arrival.automatic.counts_as_customer_reply:
        message = add_automatic_message(case=case, said=said, by=MAIL, at=arrival.at)
    elif match.is_internal or (arrival.sender and arrival.sender.address in arrival.house.staff):
        message = add_note(case=case, said=said, by=MAIL, at=arrival.at)
    elif belongs_to_new_case(case, said, at=arrival.at):
        _open(stored, arrival, match, follows=case)
        return
    else:
        message = add_customer_message(
            case=case, said=said, channel=Channel.MAIL, address=arrival.address, by=MAIL, at=arrival.at
        )
    case = message.case  # merged into another one between looking and writing, it is that one
    stored.case, stored.message = case, message
    if arrival.sender and arrival.automatic.counts_as_customer_reply:
        _add_writer(case, arrival.sender, arrival)


def _open(stored: StoredMail, arrival: _Arrival, match: ThreadMatch, *, follows: Case | None) -> None:
    mail = arrival.mail
    customer = _customer(arrival)
    choice = owner_for(arrival.team)
    said = _said(stored, arrival)
    opened = open_case(
        customer=customer,
        first=FirstMessage(
            text=said.text,
            subject=subject_of(mail),
            said_at=said.at,
            author_name=said.author_name,
            html=said.html,
            quoted=said.quoted,
            source_key=said.source_key,
            address=arrival.address,
            attachments=said.attachments,
        ),
        channel=Channel.MAIL,
        team=choice.team,
        owner=choice.owner,
        owner_reason=choice.reason,
        case_class=arrival.mailbox.case_class if arrival.mailbox else "routine",
        language=language_of(f"{mail.subject} {said.text}"),
        follows=follows,
        by=MAIL,
        at=arrival.at,
    )
    stored.case_id, stored.message_id = opened.case_id, opened.message_id
    _add_participants(opened.case_id, arrival)
    if match.named_reference and match.is_quarantined:
        # Somebody else's case was named: nothing joins it, yet whoever reads this one should know.
        note = Said(text=match.reason, at=arrival.at, author_name="")
        add_note(case=Case(pk=opened.case_id), said=note, by=MAIL, at=arrival.at)


def _customer(arrival: _Arrival) -> Customer:
    person = customer_of(arrival.mail, arrival.sender, arrival.house.mailboxes, arrival.house.staff)
    if person is None:
        # Nobody to answer to, yet a person may have written it: the mail's own id keeps such senders apart.
        return _known_as(IdentityKind.OPEN_ID, f"mail:{arrival.mail.derived_id}", arrival.mail.header("from"), arrival)
    name = person.name or person.address.partition("@")[0]
    try:
        return _known_as(IdentityKind.MAIL, person.address, name, arrival)
    except NotAMailAddress:
        # What no mail address may look like, blanks and all: its hash still tells the same sender again.
        digest = hashlib.sha256(person.address.lower().encode("utf-8", "surrogatepass")).hexdigest()
        return _known_as(IdentityKind.OPEN_ID, f"mail:{digest[:40]}", name, arrival)


def _known_as(kind: str, value: str, name: str, arrival: _Arrival) -> Customer:
    customer, _is_new = find_or_add_by_identity(
        kind=kind, value=value, name=name[:120], source="mail", by=MAIL, at=arrival.at
    )
    return customer


def _add_participants(case_id: int, arrival: _Arrival) -> None:
    others = [
        person
        for person in participants(arrival.mail, arrival.house.mailboxes)
        if person.address not in arrival.house.staff
        and (not arrival.sender or person.address != arrival.sender.address)
    ]
    Participant.objects.bulk_create(
        [_participant(case_id, person, arrival.at) for person in others], ignore_conflicts=True
    )


def _add_writer(case: Case, writer: Address, arrival: _Arrival) -> None:
    """Whoever holds a mail of ours and answers it takes part from now on, unless they are the customer or one of us."""
    if writer.address in arrival.house.staff | arrival.house.mailboxes or takes_part(case, writer.address):
        return
    Participant.objects.bulk_create([_participant(case.pk, writer, arrival.at)], ignore_conflicts=True)


def _participant(case_id: int, person: Address, at: datetime) -> Participant:
    return Participant(
        case_id=case_id,
        name=person.name[:120],
        address=person.address,
        lookup=address_lookup(person.address),
        masked=masked_mail(person.address)[:120],
        added_at=at,
    )


def _said(stored: StoredMail, arrival: _Arrival) -> Said:
    mail = arrival.mail
    split = split_mail(mail.text, mail.html, has_plain_text=mail.has_plain_text)
    visible = split.visible or mail.text.strip()
    folded = "" if not split.visible else split.quoted + split.signature
    drafts = tuple(_draft(file) for file in mail.attachments)
    if not visible and not drafts:
        visible = subject_of(mail) or "—"
    sender = arrival.sender
    return Said(
        text=visible,
        at=min(mail.date, arrival.at) if mail.date else arrival.at,
        author_name=(sender.name or sender.address.partition("@")[0]) if sender else "",
        html=mail.html or "",
        quoted=folded.strip("\n"),
        source_key=f"mail:{stored.delivery_key}",
        attachments=drafts,
    )


def _draft(file: Attachment) -> AttachmentDraft:
    return store_bytes(
        file.content,
        name=file.filename,
        content_type=file.sniffed_type or file.content_type,
        content_id=file.content_id or "",
        is_inline=file.is_inline,
    )


def language_of(text: str) -> str:
    """Return the language to answer in: Chinese when a good part of the letters is Han, otherwise English."""
    letters = [sign for sign in text[:2000] if sign.isalpha()]
    han = sum("\u4e00" <= sign <= "\u9fff" for sign in letters)
    return "zh-hans" if not letters or han * 5 >= len(letters) else "en"


def _announce(stored: StoredMail, at: datetime) -> None:
    announce(
        MailStored(
            case_id=stored.case_id, stored_mail_id=stored.pk, mailbox_id=stored.mailbox_id, state=str(stored.state)
        ),
        by=MAIL,
        at=at,
    )
