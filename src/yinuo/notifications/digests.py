"""What a daily digest says. Later folders declare parts in their `notices.py`; unread notifications are a part of ours.

A digest leaves the house by mail: a line holds a case number, a sort of promise and a time, nobody's name and words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor

LINES_SHOWN = 10


@dataclass(frozen=True)
class DigestSpan:
    """The time a digest speaks of: news since `since`, what is ahead from `at` until `ends`, on the clock of `zone`."""

    since: datetime
    at: datetime
    ends: datetime
    zone: str

    def clock(self, at: datetime) -> str:
        """Return an instant as it reads in a digest: the time today, otherwise with its day."""
        local, today = at.astimezone(ZoneInfo(self.zone)), self.at.astimezone(ZoneInfo(self.zone)).date()
        day = "" if local.date() == today else formats.date_format(local, "MONTH_DAY_FORMAT") + " "
        return f"{day}{local:%H:%M}"


@dataclass(frozen=True)
class DigestLine:
    """One line and where it leads."""

    text: str
    url: str


@dataclass(frozen=True)
class DigestPart:
    """What one part has to say: its first lines, and how many there are in all."""

    title: str
    lines: Sequence[DigestLine] = field(default_factory=list)
    count: int = 0


Read = Callable[[Actor, DigestSpan], DigestPart]
_PARTS: dict[int, Read] = {}


def digest_part(place: int, read: Read) -> None:
    """Declare a part; parts stand in the order of their places, 10 to 90."""
    if place in _PARTS:
        raise ValueError(f"two parts of the digest want the place {place}")
    _PARTS[place] = read


def digest_parts(actor: Actor, span: DigestSpan) -> list[DigestPart]:
    """Return the parts that have something to say to this person, in the language of the moment."""
    return [part for part in (_PARTS[place](actor, span) for place in sorted(_PARTS)) if part.count]


def digest_text(parts: Sequence[DigestPart]) -> str:
    """Return the parts as the text of a mail, with addresses one can click and the way to switch it off."""
    blocks: list[Any] = [_block(part) for part in parts]
    wishes = settings.SITE_URL + reverse("settings_notifications")
    blocks.append(
        _("You asked for this mail on working days. Change or end it here: %(address)s") % {"address": wishes}
    )
    return "\n\n".join(blocks)


def _block(part: DigestPart) -> str:
    lines = [f"{part.title} ({part.count})"]
    lines += [f"· {line.text}\n  {settings.SITE_URL}{line.url}" for line in part.lines]
    more = part.count - len(part.lines)
    if more:
        lines.append(_("and %(count)s more") % {"count": more})
    return "\n".join(lines)
