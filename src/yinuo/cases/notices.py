"""What staff are told of cases: the kinds, and how a case looks in their centre."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from yinuo.access.actors import Actor
from yinuo.notifications.digests import LINES_SHOWN, DigestLine, DigestPart, DigestSpan, digest_part
from yinuo.notifications.kinds import ShownSubject, kind, subject
from yinuo.notifications.rules import Ways

from .models import Case, CaseState, Promise, PromiseEnd, PromiseKind
from .queries.following import follow_ups_until_tonight


def _visible(actor: Actor) -> "QuerySet[Case, int]":
    return Case.objects.visible_to(actor).values_list("pk", flat=True)


def _shown(actor: Actor, ids: Collection[int]) -> dict[int, ShownSubject]:
    cases = Case.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "reference", "subject")
    return {pk: ShownSubject(reference, reverse("case", args=[reference]), title) for pk, reference, title in cases}


subject("case", visible=_visible, shown=_shown)

CUSTOMER_WROTE = kind(
    "cases.customer_wrote",
    subject="case",
    label=_("A customer writes on my case"),
    sentence=lambda name, count: (
        ngettext("The customer wrote in %(name)s", "%(count)s new messages in %(name)s", count)
        % {"name": name, "count": count}
    ),
    icon="message",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
)
OWNED = kind(
    "cases.owned",
    subject="case",
    label=_("I become the owner of a case"),
    sentence=lambda name, _count: gettext("You are now the owner of %(name)s") % {"name": name},
    icon="user-check",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=False),
)
REOPENED = kind(
    "cases.reopened",
    subject="case",
    label=_("My closed case is reopened"),
    sentence=lambda name, count: (
        ngettext("%(name)s was reopened", "%(name)s was reopened %(count)s times", count)
        % {"name": name, "count": count}
    ),
    icon="rotate",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
)
SOON_DUE = kind(
    "cases.promise_soon_due",
    subject="case",
    label=_("A promise on my case falls due soon"),
    sentence=lambda name, count: (
        ngettext("A promise in %(name)s falls due soon", "%(count)s promises in %(name)s fall due soon", count)
        % {"name": name, "count": count}
    ),
    icon="hourglass",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=False),
    is_urgent=True,
)
BROKEN = kind(
    "cases.promise_broken",
    subject="case",
    label=_("A promise on my case is broken"),
    sentence=lambda name, count: (
        ngettext("A promise in %(name)s is broken", "%(count)s promises in %(name)s are broken", count)
        % {"name": name, "count": count}
    ),
    icon="alert-circle",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
COLLEAGUE_WROTE = kind(
    "cases.colleague_wrote",
    subject="case",
    label=_("Somebody else answers or adds a note on my case"),
    sentence=lambda name, count: (
        ngettext("A colleague wrote in %(name)s", "%(count)s times a colleague wrote in %(name)s", count)
        % {"name": name, "count": count}
    ),
    icon="note",
    permission="cases.view",
    default=Ways(app=True, push=False, digest=False),
)
TEAM_BROKEN = kind(
    "cases.team_promise_broken",
    subject="case",
    label=_("A promise of a team I lead is broken"),
    sentence=lambda name, count: (
        ngettext("Your team broke a promise in %(name)s", "Your team broke %(count)s promises in %(name)s", count)
        % {"name": name, "count": count}
    ),
    icon="users",
    permission="cases.assign",
    default=Ways(app=True, push=False, digest=True),
    is_urgent=True,
)
ESCALATED = kind(
    "cases.escalated",
    subject="case",
    label=_("A case is escalated to me"),
    sentence=lambda name, count: (
        ngettext("%(name)s is escalated to you", "%(name)s was escalated to you %(count)s times", count)
        % {"name": name, "count": count}
    ),
    icon="arrow-up",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
MENTIONED = kind(
    "cases.mentioned",
    subject="case",
    label=_("A colleague mentions me"),
    sentence=lambda name, count: (
        ngettext("You were mentioned in %(name)s", "You were mentioned %(count)s times in %(name)s", count)
        % {"name": name, "count": count}
    ),
    icon="at",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
)

INCIDENT_PROPOSED = kind(
    "cases.incident_proposed",
    subject="case",
    label=_("A major incident is proposed in a team I lead"),
    sentence=lambda name, _count: gettext("%(name)s is proposed as a major incident: decide it") % {"name": name},
    icon="sitemap",
    permission="cases.declare_incident",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
JOINED_INCIDENT = kind(
    "cases.joined_incident",
    subject="case",
    label=_("My case becomes part of a major incident"),
    sentence=lambda name, _count: gettext("%(name)s is part of a major incident; it stays yours") % {"name": name},
    icon="sitemap",
    permission="cases.view",
    default=Ways(app=True, push=False, digest=False),
)
HANDOFF_OFFERED = kind(
    "cases.handoff_offered",
    subject="case",
    label=_("A case is offered to me or my team"),
    sentence=lambda name, _count: gettext("%(name)s is offered to you: accept or refuse it") % {"name": name},
    icon="arrow-forward-up",
    permission="cases.hand_over",
    default=Ways(app=True, push=True, digest=False),
    is_urgent=True,
)
HANDOFF_ACCEPTED = kind(
    "cases.handoff_accepted",
    subject="case",
    label=_("A case I offered is accepted"),
    sentence=lambda name, _count: gettext("%(name)s was accepted and has a new owner") % {"name": name},
    icon="user-check",
    permission="cases.view",
    default=Ways(app=True, push=False, digest=False),
)
HANDOFF_CAME_BACK = kind(
    "cases.handoff_came_back",
    subject="case",
    label=_("A case I offered is refused, or nobody answered"),
    sentence=lambda name, _count: gettext("%(name)s was not accepted: it is still yours") % {"name": name},
    icon="arrow-back-up",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=False),
    is_urgent=True,
)
HELD_FOR_DECISION = kind(
    "cases.held_for_decision",
    subject="case",
    label=_("The coordination centre I lead has to decide an owner"),
    sentence=lambda name, _count: gettext("%(name)s went to and fro: decide who owns it") % {"name": name},
    icon="scale",
    permission="cases.decide_owner",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
REVIEW_DUE = kind(
    "cases.owner_review_due",
    subject="case",
    label=_("A decision of the coordination centre is to be looked at again"),
    sentence=lambda name, _count: gettext("Look again at who owns %(name)s, as was decided") % {"name": name},
    icon="calendar-event",
    permission="cases.decide_owner",
    default=Ways(app=True, push=False, digest=True),
)
OFFERS_UNANSWERED = kind(
    "cases.team_handoff_unanswered",
    subject="case",
    label=_("A case offered in a team I lead is not answered"),
    sentence=lambda name, _count: gettext("Nobody answered when %(name)s was offered") % {"name": name},
    icon="users",
    permission="cases.assign",
    default=Ways(app=True, push=False, digest=False),
)

TASK_ASKED = kind(
    "cases.task_asked",
    subject="case",
    label=_("A task is asked of me or my team"),
    sentence=lambda name, _count: gettext("Something is asked of you in %(name)s") % {"name": name},
    icon="clipboard-list",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
)
TASK_DONE = kind(
    "cases.task_done",
    subject="case",
    label=_("A task on my case is done"),
    sentence=lambda name, _count: gettext("A task in %(name)s is done") % {"name": name},
    icon="clipboard-check",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=False),
)
TASK_REFUSED = kind(
    "cases.task_refused",
    subject="case",
    label=_("A task on my case is turned down"),
    sentence=lambda name, _count: gettext("A task in %(name)s was turned down: ask elsewhere") % {"name": name},
    icon="circle-x",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=False),
    is_urgent=True,
)
TASK_LATE = kind(
    "cases.task_late",
    subject="case",
    label=_("A task asked of me or of a team I lead falls due or is late"),
    sentence=lambda name, _count: gettext("A task in %(name)s falls due soon or is late") % {"name": name},
    icon="hourglass",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=True),
    is_urgent=True,
)
FOLLOW_UP = kind(
    "cases.follow_up_due",
    subject="case",
    label=_("A follow-up of mine is due"),
    sentence=lambda name, count: (
        ngettext("Follow up %(name)s now", "%(count)s follow-ups of %(name)s are due", count)
        % {"name": name, "count": count}
    ),
    icon="calendar-time",
    permission="cases.view",
    default=Ways(app=True, push=True, digest=False),
)
WATCHED = kind(
    "cases.watched",
    subject="case",
    label=_("Something happens on a case I watch"),
    sentence=lambda name, count: (
        ngettext("There is news in %(name)s, which you watch", "%(count)s news in %(name)s, which you watch", count)
        % {"name": name, "count": count}
    ),
    icon="eye",
    permission="cases.view",
    default=Ways(app=True, push=False, digest=True),
)


def _promises_due(actor: Actor, span: DigestSpan) -> DigestPart:
    due = _own_promises(actor).filter(is_live=True, due_at__gte=span.at, due_at__lt=span.ends)
    text = gettext("%(case)s: %(promise)s by %(time)s")
    return DigestPart(gettext("Promises due today"), _promise_lines(due, text, span), due.count())


def _promises_broken(actor: Actor, span: DigestSpan) -> DigestPart:
    ended = {"ended_at__gt": span.since, "ended_at__lte": span.at}
    broken = _own_promises(actor).filter(is_live=False, end=PromiseEnd.BROKEN, case__state=CaseState.OPEN, **ended)
    text = gettext("%(case)s: %(promise)s was due %(time)s")
    return DigestPart(gettext("Broken promises"), _promise_lines(broken, text, span), broken.count())


def _customers_waiting(actor: Actor, span: DigestSpan) -> DigestPart:
    waiting = Case.objects.visible_to(actor).open().filter(owner_id=actor.staff_id, unanswered_since__isnull=False)
    text = gettext("%(case)s: waits since %(time)s")
    lines = [
        DigestLine(text % {"case": reference, "time": span.clock(since)}, reverse("case", args=[reference]))
        for reference, since in waiting.order_by("unanswered_since", "id").values_list("reference", "unanswered_since")[
            :LINES_SHOWN
        ]
    ]
    return DigestPart(gettext("Customers who wait for your answer"), lines, waiting.count())


def _follow_ups(actor: Actor, span: DigestSpan) -> DigestPart:
    due = follow_ups_until_tonight(actor.staff_id, at=span.at).filter(case__in=Case.objects.visible_to(actor))
    text = gettext("%(case)s: at %(time)s")
    rows = due.order_by("due_at", "id").values_list("case__reference", "due_at")[:LINES_SHOWN]
    lines = [
        DigestLine(text % {"case": reference, "time": span.clock(due_at)}, reverse("case", args=[reference]))
        for reference, due_at in rows
    ]
    return DigestPart(gettext("Follow-ups today"), lines, due.count())


def _own_promises(actor: Actor) -> "QuerySet[Promise]":
    return Promise.objects.filter(case__in=Case.objects.visible_to(actor).filter(owner_id=actor.staff_id))


def _promise_lines(promises: "QuerySet[Promise]", text: str, span: DigestSpan) -> list[DigestLine]:
    rows = promises.order_by("due_at", "id").values_list("case__reference", "kind", "due_at")[:LINES_SHOWN]
    return [
        DigestLine(
            text % {"case": reference, "promise": PromiseKind(kind).label, "time": span.clock(due_at)},
            reverse("case", args=[reference]),
        )
        for reference, kind, due_at in rows
    ]


digest_part(10, _promises_due)
digest_part(20, _promises_broken)
digest_part(30, _customers_waiting)
digest_part(40, _follow_ups)
