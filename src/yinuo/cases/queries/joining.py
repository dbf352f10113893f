"""What to know before and after cases are joined: candidates, warnings, and the numbers that lead to a case."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy, pgettext_lazy

from yinuo.access.actors import Actor
from yinuo.cases import rules
from yinuo.cases.models import Case, CaseLink, Channel, LinkKind, Merge, Message, MessageKind, Promise
from yinuo.cases.rules import LivePromise
from yinuo.customers.models import Identity, IdentityKind

from .ledger import PromiseShown, shown_promise

SUGGESTED = 5
# Of the open cases that came within these days, the newest so many are compared.
_WITHIN = timedelta(days=14)
_COMPARED = 1000
_SPLITTABLE = 20


@dataclass(frozen=True)
class MergeSide:
    """One of the two cases of a preview. next: its promise that falls due first."""

    case: Case
    customer_name: str
    next: PromiseShown | None


@dataclass(frozen=True)
class MergePreview:
    """Both cases and what would come of them. obstacle: why it cannot be done, or None.

    carried: the times promised in the source that would go on in the target. readers: who would read the answers, when
    the customers differ. channel: by which road answers would go, when the roads differ.
    """

    source: MergeSide
    target: MergeSide
    obstacle: rules.CaseIsClosed | rules.SameCase | None
    carried: list[PromiseShown] = field(default_factory=list)
    changes_audience: bool = False
    guest_has_mail: bool = False
    channel: str = ""
    source_channel: str = ""


def merge_candidates(case: Case, *, actor: Actor, at: datetime) -> list[Case]:
    """Return open cases that could be the same need: the customer's others first, then those with a similar subject."""
    columns = ("reference", "subject", "state", "opened_at", "channel", "customer", "customer__name", "message_count")
    cases = Case.objects.visible_to(actor).open().exclude(pk=case.pk)
    shown = cases.select_related("customer").only(*columns)
    own = list(shown.filter(customer_id=case.customer_id).order_by("-opened_at", "-id")[:SUGGESTED])
    others = cases.exclude(customer_id=case.customer_id).filter(opened_at__gte=at - _WITHIN)
    subjects = others.order_by("-opened_at", "-id").values_list("pk", "subject")[:_COMPARED]
    alike = sorted(((rules.likeness(case.subject, subject), pk) for pk, subject in subjects), reverse=True)
    ids = [pk for share, pk in alike if share >= rules.ALIKE][: SUGGESTED - len(own)]
    found = {one.pk: one for one in shown.filter(pk__in=ids)}
    return own + [found[pk] for pk in ids]


def merge_preview(source: Case, target: Case, *, actor: Actor, at: datetime) -> MergePreview:
    """Return what a merge would do. Both cases were found by `visible_to` before."""
    obstacle: rules.CaseIsClosed | rules.SameCase | None = None
    if source.pk == target.pk:
        obstacle = rules.SameCase(reference=source.reference)
    elif closed := next((case for case in (source, target) if not case.is_open), None):
        obstacle = rules.CaseIsClosed(reference=closed.reference)
    rows = Promise.objects.filter(case__in=[source.pk, target.pk], is_live=True).order_by("due_at", "id")
    of = {case.pk: [row for row in rows if row.case_id == case.pk] for case in (source, target)}
    live = {pk: [LivePromise(row.pk, row.kind, row.due_at) for row in found] for pk, found in of.items()}
    joined = rules.joined_promises(live[source.pk], live[target.pk])
    carried = {one.id for one in joined.carried}
    differ = source.customer_id != target.customer_id
    mails = Identity.objects.filter(customer=source.customer_id, kind=IdentityKind.MAIL)
    return MergePreview(
        source=_side(source, of[source.pk], actor, at),
        target=_side(target, of[target.pk], actor, at),
        obstacle=obstacle,
        carried=[shown_promise(row, at=at) for row in of[source.pk] if row.pk in carried],
        changes_audience=differ,
        guest_has_mail=differ and target.channel == Channel.MAIL and mails.exists(),
        channel=str(Channel(target.channel).label) if source.channel != target.channel else "",
        source_channel=str(Channel(source.channel).label),
    )


def merges_into(case: Case, *, actor: Actor) -> list[Merge]:
    """Return the merges of a case that could be undone, the newest first; of sources this actor may know of."""
    visible = Case.objects.visible_to(actor)
    merges = Merge.objects.filter(target=case, undone_at=None, source__in=visible).select_related("source")
    return list(merges.order_by("-id"))


def _side(case: Case, promises: list[Promise], actor: Actor, at: datetime) -> MergeSide:
    name = case.customer.name if actor.may("customers.view") else ""
    return MergeSide(case, name, shown_promise(promises[0], at=at) if promises else None)


@dataclass(frozen=True)
class LinkShown:
    """A link as read from one of its cases: what this case is to the other, or the other to this."""

    id: int
    label: str
    case: Case


_BACK = {
    LinkKind.RELATED: pgettext_lazy("link", "Related to"),
    LinkKind.DUPLICATE: gettext_lazy("Has the duplicate"),
    LinkKind.CAUSED_BY: gettext_lazy("Caused"),
    LinkKind.FOLLOWS: gettext_lazy("Followed by"),
    LinkKind.SPLIT_FROM: gettext_lazy("Split into"),
}


def links_of(case: Case, *, actor: Actor) -> list[LinkShown]:
    """Return what a case is linked with, the newest link first; only cases this actor may know of."""
    visible = Case.objects.visible_to(actor)
    rows = CaseLink.objects.filter(Q(one=case, other__in=visible) | Q(other=case, one__in=visible))
    return [
        LinkShown(row.pk, str(LinkKind(row.kind).label), row.other)
        if row.one_id == case.pk
        else LinkShown(row.pk, str(_BACK[LinkKind(row.kind)]), row.one)
        for row in rows.select_related("one", "other").order_by("-id")
    ]


def splittable_messages(case: Case) -> list[Message]:
    """Return the newest messages of the customer, the newest first, that could begin a case of their own."""
    said = Message.objects.filter(case=case, kind=MessageKind.CUSTOMER).order_by("-at", "-id")
    return list(said.annotate(begins=Left("text", 160)).defer("text", "html", "quoted")[:_SPLITTABLE])
