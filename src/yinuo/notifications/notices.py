"""Our own part of the digest: what somebody has not read."""

from django.urls import reverse
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor

from .digests import LINES_SHOWN, DigestLine, DigestPart, DigestSpan, digest_part
from .models import Notification
from .queries import shown


def _unread(actor: Actor, span: DigestSpan) -> DigestPart:
    rows = Notification.objects.visible_to(actor).filter(in_digest=True, at__gt=span.since, at__lte=span.at)
    # What reaches its reader by the digest alone is marked as read when the digest is made, before it is written.
    rows = rows.unread() | rows.filter(in_app=False, read_at=span.at)
    found = shown(rows.order_by("-at", "-id")[:LINES_SHOWN], actor=actor)
    lines = [DigestLine(one.sentence, reverse("notification", args=[one.id])) for one in found]
    return DigestPart(_("Not read yet"), lines, rows.count())


digest_part(90, _unread)
