"""Saying that two cases have to do with each other, and taking it back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.facts import CasesLinked, CasesUnlinked
from yinuo.cases.models import Case, CaseLink, LinkKind
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound

from .locking import locked_pair


@transaction.atomic
def link_cases(*, one: Case, other: Case, kind: LinkKind, by: Actor, at: datetime) -> CaseLink:
    """Link two cases; neither changes in anything else, and no customer reads of it.

    Refuses with NotAllowed, NotFound, SameCase, AlreadyLinked. Announces CasesLinked for both.
    """
    by.require("cases.note")
    if one.pk == other.pk:
        raise rules.SameCase(reference=one.reference)
    one, other = locked_pair(one, other, by)
    if kind == LinkKind.RELATED and one.pk > other.pk:
        one, other = other, one
    try:
        with transaction.atomic():
            link = CaseLink.objects.create(one=one, other=other, kind=kind, at=at, by=by.key)
    except IntegrityError as error:
        raise rules.AlreadyLinked from error
    _announce(CasesLinked, link, by=by, at=at)
    return link


@transaction.atomic
def unlink_cases(*, link: CaseLink, by: Actor, at: datetime) -> None:
    """Take a link away. Refuses with NotAllowed, NotFound. Announces CasesUnlinked for both."""
    by.require("cases.note")
    locked_pair(link.one, link.other, by)
    count, _of = CaseLink.objects.filter(pk=link.pk).delete()
    if not count:
        raise NotFound
    _announce(CasesUnlinked, link, by=by, at=at)


def _announce(fact: type[CasesLinked] | type[CasesUnlinked], link: CaseLink, *, by: Actor, at: datetime) -> None:
    announce(
        fact(case_id=link.one_id, other_case_id=link.other_id, link_kind=str(link.kind), is_one=True),
        fact(case_id=link.other_id, other_case_id=link.one_id, link_kind=str(link.kind), is_one=False),
        by=by,
        at=at,
    )
