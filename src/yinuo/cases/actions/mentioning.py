"""Calling a colleague's attention in a note."""

from collections.abc import Collection
from datetime import datetime

from yinuo.access.actors import Actor
from yinuo.cases.facts import StaffMentioned
from yinuo.cases.mentions import CannotSeeCase, NameOfSeveral, called_names
from yinuo.cases.models import Case, Mention, Message
from yinuo.cases.queries.colleagues import Colleague, named_colleagues
from yinuo.foundation.facts import announce


def mentioned_in(case: Case, text: str, *, chosen: Collection[int], by: Actor) -> list[Colleague]:
    """Return whom a note calls. Refuses with CannotSeeCase, NameOfSeveral."""
    if by.is_system:
        return []  # What the system quotes calls nobody.
    colleagues = named_colleagues(case, text, actor=by)
    names = called_names(text, [one.name for one in colleagues])
    found: list[Colleague] = []
    for name in names:
        called = [one for one in colleagues if one.name == name]
        wanted = [one for one in called if one.id in chosen] or called
        if len(wanted) > 1 and not any(one.id in chosen for one in wanted):
            raise NameOfSeveral(name=name)
        found += wanted
    for one in found:
        if not one.may_see:
            raise CannotSeeCase(name=one.name)
    return found


def store_mentions(case: Case, message: Message, mentioned: Collection[Colleague], *, by: Actor, at: datetime) -> None:
    """Write down whom a stored note calls, and tell it."""
    Mention.objects.bulk_create(Mention(message=message, staff_id=one.id, name=one.name) for one in mentioned)
    announce(
        *(StaffMentioned(case_id=case.pk, staff_id=one.id, message_id=message.pk) for one in mentioned), by=by, at=at
    )
