"""Canned answers for somebody who answers a case, filled with what the case knows."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import formats, translation

from yinuo.access.actors import Actor
from yinuo.cases.models import Case
from yinuo.desk.canned import filled
from yinuo.desk.models import CannedAnswer
from yinuo.entitlements.models import OwnedProduct
from yinuo.foundation.references import id_of
from yinuo.organisation.queries import our_zone

OFFERED_COUNT = 8


@dataclass(frozen=True)
class Offered:
    """A canned answer as it would be written now."""

    id: int
    name: str
    shortcut: str
    text: str


def offered_answers(case: Case, *, words: str, actor: Actor) -> list[Offered]:
    """Return the canned answers the actor may use whose name, word or text has these words, the most used first.

    Whose shortcut begins with the words stands before all others. The texts are in the case's language.
    """
    found = CannedAnswer.objects.visible_to(actor)
    if words:
        fits = Q(name__icontains=words) | Q(text_zh__icontains=words) | Q(text_en__icontains=words)
        found = found.annotate(is_meant=Q(shortcut__istartswith=words)).filter(Q(is_meant=True) | fits)
        found = found.order_by("-is_meant", "-used_count", "name", "pk")
    else:
        found = found.order_by("-used_count", "name", "pk")
    return _filled(list(found[:OFFERED_COUNT]), case, actor)


def offered_answer(case: Case, *, answer_id: str, actor: Actor) -> Offered | None:
    """Return one canned answer filled from the case; None for what is no id of one the actor may use."""
    rows = CannedAnswer.objects.visible_to(actor).filter(pk=id_of(answer_id))
    return next(iter(_filled(list(rows), case, actor)), None)


def _filled(rows: list[CannedAnswer], case: Case, actor: Actor) -> list[Offered]:
    if not rows:
        return []
    with translation.override("zh-hans" if case.language.startswith("zh") else "en"):
        values = case_values(case, actor=actor)
        return [Offered(row.pk, row.name, row.shortcut, filled(row.text_in(case.language), values)) for row in rows]


def case_values(case: Case, *, actor: Actor) -> dict[str, str]:
    """Return what the variables of a canned answer stand for in a case, in the language now in force.

    What the actor may not see is left out.
    """
    due_at = case.next_due_at.astimezone(our_zone()) if case.next_due_at else None
    owned = OwnedProduct.objects.filter(customer_id=case.customer_id).select_related("product").order_by("-pk").first()
    may_see = actor.may("customers.view")
    return {
        "customer": case.customer.name,
        "agent": actor.name,
        "reference": case.reference,
        "subject": case.subject,
        "due": f"{formats.date_format(due_at, 'MONTH_DAY_FORMAT')} {due_at:%H:%M}" if due_at else "",
        "product": owned.product.name if owned and may_see else "",
        "team": case.team.name,
    }
