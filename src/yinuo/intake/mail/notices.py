"""What those who look after mailboxes are told of them."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.notifications.kinds import ShownSubject, kind, subject
from yinuo.notifications.rules import Ways

from .models import Mailbox


def _mailboxes(actor: Actor) -> "QuerySet[Mailbox]":
    return Mailbox.objects.all() if actor.may("mail.configure") else Mailbox.objects.none()


def _visible(actor: Actor) -> "QuerySet[Mailbox, int]":
    return _mailboxes(actor).values_list("pk", flat=True)


def _shown(actor: Actor, ids: Collection[int]) -> dict[int, ShownSubject]:
    rows = _mailboxes(actor).filter(pk__in=ids).values_list("pk", "address", "problem")
    return {pk: ShownSubject(address, reverse("settings_mailbox", args=[pk]), problem) for pk, address, problem in rows}


subject("mailbox", visible=_visible, shown=_shown)

OBSTRUCTED = kind(
    "mail.mailbox_obstructed",
    subject="mailbox",
    label=_("A mailbox cannot be read"),
    sentence=lambda name, _count: gettext("The mailbox %(name)s cannot be read") % {"name": name},
    icon="plug-connected",
    permission="mail.configure",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
CLEARED = kind(
    "mail.mailbox_cleared",
    subject="mailbox",
    label=_("A mailbox is read again"),
    sentence=lambda name, _count: gettext("The mailbox %(name)s is read again") % {"name": name},
    icon="mail-opened",
    permission="mail.configure",
    default=Ways(app=True, push=False, digest=False),
)
