"""Mailboxes: how each fares, adding, changing, trying the connection, switching off."""

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yinuo.access.actors import Actor
from yinuo.foundation.clock import now
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox
from yinuo.intake.mail.actions.configuring import MailboxAddressTaken
from yinuo.intake.mail.models import Mailbox
from yinuo.intake.mail.transport.opening import open_mailbox, open_sender

from .doors import done, put_refusal, settings_page, show
from .mailbox_form import MailboxForm


@dataclass(frozen=True)
class Tried:
    """How trying one direction went, as a sentence."""

    direction: str
    is_well: bool
    sentence: str


@settings_page("mail.configure", "GET", "POST")
def mailboxes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the mailboxes; POST adds one."""
    if request.method == "POST":
        return _save(request, actor, None)
    rows = Mailbox.objects.select_related("team").order_by("-is_active", "address")
    return show(request, actor, "mailboxes", {"mailboxes": rows}, here="mailboxes")


@settings_page("mail.configure", "GET")
def new_mailbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the empty form."""
    return _form_page(request, actor, MailboxForm())


@settings_page("mail.configure", "GET", "POST")
def mailbox(request: HttpRequest, actor: Actor, mailbox_id: int) -> HttpResponse:
    """Show a mailbox's settings; POST changes them."""
    row = _mailbox(mailbox_id)
    if request.method == "POST":
        return _save(request, actor, row)
    return _form_page(request, actor, MailboxForm(mailbox=row))


@settings_page("mail.configure", "POST")
def check_mailbox(request: HttpRequest, actor: Actor, mailbox_id: int | None = None) -> HttpResponse:
    """Connect with what is typed, both ways, and say what the servers answered. Nothing is saved or fetched."""
    row = _mailbox(mailbox_id) if mailbox_id else None
    form = MailboxForm(request.POST, mailbox=row)
    tried = tried_both_ways(form)
    if request.headers.get("HX-Request") == "true" and tried:
        return render(request, "settings/_tried.html", {"tried": tried})
    return _form_page(request, actor, form, tried=tried, status=200 if tried else 422)


@settings_page("mail.configure", "POST")
def mailbox_activity(request: HttpRequest, actor: Actor, mailbox_id: int) -> HttpResponse:
    """Switch a mailbox off, or on again: `is_active` 1 or 0."""
    row = _mailbox(mailbox_id)
    names = [name for name in MailboxDraft.__dataclass_fields__ if not name.endswith("_password")]
    draft = MailboxDraft(**{name: getattr(row, name) for name in names})
    is_active = request.POST.get("is_active") == "1"
    save_mailbox(draft=replace(draft, is_active=is_active), team=row.team, mailbox=row, by=actor, at=now())
    sentence = _("%(address)s is in use again.") if is_active else _("%(address)s is switched off.")
    return done(request, sentence % {"address": row.address}, "settings_mailboxes")


def tried_both_ways(form: MailboxForm) -> list[Tried]:
    """Connect with what is typed, both ways, and return how it went; nothing is tried with a wrong form."""
    return [_try_incoming(form), _try_outgoing(form)] if form.is_valid() else []


def _save(request: HttpRequest, actor: Actor, row: Mailbox | None) -> HttpResponse:
    form = MailboxForm(request.POST, mailbox=row)
    if form.is_valid():
        try:
            saved = save_mailbox(draft=form.draft(), team=form.cleaned_data["team"], mailbox=row, by=actor, at=now())
        except MailboxAddressTaken as refusal:
            put_refusal(form, refusal, "address")
        else:
            return done(request, _("%(address)s is saved.") % {"address": saved.address}, "settings_mailboxes")
    return _form_page(request, actor, form, status=422)


def _form_page(
    request: HttpRequest, actor: Actor, form: MailboxForm, *, tried: list[Tried] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "mailbox": form.mailbox, "tried": tried or []}
    return show(request, actor, "mailbox", context, here="mailboxes", status=status)


def _mailbox(mailbox_id: int) -> Mailbox:
    row = Mailbox.objects.select_related("team").filter(pk=mailbox_id).first()
    if row is None:
        raise NotFound
    return row


def _try_incoming(form: MailboxForm) -> Tried:
    direction = _("Fetching mail")
    try:
        with open_mailbox(form.incoming()) as opened:
            count = opened.on_server_count
    except Refusal as refusal:
        return Tried(direction, is_well=False, sentence=refusal.sentence())
    sentence = ngettext(
        "Connected and signed in; %(count)s mail lies in the folder.",
        "Connected and signed in; %(count)s mails lie in the folder.",
        count,
    ) % {"count": count}
    return Tried(direction, is_well=True, sentence=sentence)


def _try_outgoing(form: MailboxForm) -> Tried:
    direction = _("Sending mail")
    try:
        with open_sender(form.outgoing()) as sender:
            sender.check()
    except Refusal as refusal:
        return Tried(direction, is_well=False, sentence=refusal.sentence())
    return Tried(direction, is_well=True, sentence=_("Connected and signed in. No mail was sent."))
