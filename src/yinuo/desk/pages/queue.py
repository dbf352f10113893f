"""The queue on the left of the workbench: which cases, in which order, and the address that says so.

Everything somebody chooses stands in the address, so a queue can be sent to a colleague, kept, or gone back to.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.access.doors import desk_page, wants_piece
from yinuo.cases.models import Channel
from yinuo.cases.pages.shown import Choice, channel_icon
from yinuo.cases.queries import VIEW_COUNT_LIMIT, QueueWish, queue_page
from yinuo.customers.models import Tier
from yinuo.desk.actions.bulk import PERMISSIONS
from yinuo.desk.rules import BULK_LIMIT
from yinuo.foundation.clock import now
from yinuo.foundation.marks import Mark, marks_of
from yinuo.foundation.references import id_of
from yinuo.organisation.models import Staff, Team
from yinuo.organisation.queries import led_teams, saved_views
from yinuo.standards.models import CaseClass

from .lists import list_address

# Those in sight, then those behind "More". Closed cases are not counted: nobody works them down.
NEAR_VIEWS = ("mine", "team", "risk", "vip", "waiting")
FAR_VIEWS = (
    "offered",
    "tasks",
    "escalated",
    "mentions",
    "followups",
    "watched",
    "incident",
    "all",
    "away",
    "solved",
    "closed",
)
COUNTED_VIEWS = (*NEAR_VIEWS, *(view for view in FAR_VIEWS if view not in {"incident", "solved", "closed"}))
FILTERS = ("channel", "case_class", "tier", "language", "team", "owner", "opened_from", "opened_until")


@desk_page("GET")
def queue_piece(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the queue alone, for the page to refresh itself."""
    return render(request, "desk/_queue_refresh.html", _list_context(request, actor, at=now()))


@desk_page("GET")
def queue_filters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what the queue can be narrowed by; as a piece for the menu, or as a page of its own."""
    wish = wish_of(request.GET)
    context = {
        "wish": wish,
        "filters": filter_choices(wish, actor),
        "clear_url": address_of(without_filters(wish)),
        "is_filtered": bool(active_filters(wish)),
    }
    return render(request, "desk/_filters.html" if wants_piece(request) else "desk/filters.html", context)


def queue_context(request: HttpRequest, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Return what `_queue.html` shows: rows, views, filters and pages, all with addresses that keep the rest."""
    context = _list_context(request, actor, at=at)
    wish, far = context["wish"], context["far_views"]
    query = query_of(replace(wish, after="", before=""))
    kept = saved_views(actor, "queue")
    current = next((view for view in kept if view.query == query), None)
    return {
        **context,
        "queue_title": current.name if current else _titles()[wish.view],
        "far_label": current.name if current else next((chip.label for chip in far if chip.is_current), ""),
        "saved_views": [(view, list_address("queue", view.query), view == current) for view in kept],
        "saved_view": current,
        "may_change_view": current is not None and current.owner_id == actor.staff_id,
        "teams": led_teams(actor) if current else [],
        "kept_query": query,
        "orders": _orders(wish),
        "active_filters": _removable(wish, actor),
        "may_open": actor.may("cases.open"),
        "choosing": request.GET.get("choose") == "1",
        "choose_url": f"{reverse('workbench')}?{query}&choose=1" if query else f"{reverse('workbench')}?choose=1",
        "unchoose_url": address_of(wish),
        "bulk_limit": BULK_LIMIT,
    }


def _list_context(request: HttpRequest, actor: Actor, *, at: datetime) -> dict[str, Any]:
    wish = wish_of(request.GET)
    page = queue_page(wish, actor=actor, at=at, views=COUNTED_VIEWS)
    query = query_of(wish)
    marks = marks_of([row.case for row in page.rows], actor)
    near, far = _views(wish, page.view_counts)
    return {
        "queue": page,
        "may_choose": any(actor.may(permission) for permission in PERMISSIONS.values()),
        "queue_rows": [_row(row, query, marks.get(row.case.pk, ())) for row in page.rows],
        "queue_query": query,
        "wish": wish,
        "near_views": near,
        "far_views": far,
        "filter_count": len(active_filters(wish)),
        "clear_url": address_of(without_filters(wish)),
        "newer_url": address_of(replace(wish, before=page.newer_key, after="")) if page.newer_key else "",
        "older_url": address_of(replace(wish, after=page.older_key, before="")) if page.older_key else "",
        "current_reference": request.GET.get("case", ""),
    }


def wish_of(query: QueryDict) -> QueueWish:
    """Return which cases an address asks for; what it does not know it leaves out."""
    words = query.get("q", "").strip()[:200]
    view = query.get("view", "")
    known = {
        "channel": Channel.values,
        "case_class": CaseClass.values,
        "tier": Tier.values,
        "language": [code for code, _name in settings.LANGUAGES],
    }
    exact = {name: query.get(name, "") for name, values in known.items() if query.get(name, "") in values}
    return QueueWish(
        view=view if view in {*NEAR_VIEWS, *FAR_VIEWS} else "found" if words else "mine",
        words=words,
        team=id_of(query.get("team", "")) or None,
        owner=id_of(query.get("owner", "")) or None,
        opened_from=_day(query.get("opened_from", "")),
        opened_until=_day(query.get("opened_until", "")),
        order=query.get("order", ""),
        after=query.get("after", ""),
        before=query.get("before", ""),
        **exact,
    )


def address_of(wish: QueueWish) -> str:
    """Return the address of a queue; the shortest that says it."""
    query = QueryDict(mutable=True)
    values: dict[str, Any] = {"view": "" if wish.view in {"mine", "found"} else wish.view, "q": wish.words}
    # With words and no view everything is searched, so "mine" must be said.
    if wish.view == "mine" and wish.words:
        values["view"] = "mine"
    values |= {name: getattr(wish, name) for name in FILTERS}
    values["order"] = "" if wish.chosen_order == wish.orders[0] else wish.chosen_order
    values |= {"after": wish.after, "before": wish.before}
    for name, value in values.items():
        if value:
            query[name] = str(value)
    text = query.urlencode()
    return f"{reverse('workbench')}?{text}" if text else reverse("workbench")


def queue_query(query: QueryDict) -> str:
    """Return the part of an address that says which queue stands on the left."""
    return query_of(wish_of(query))


def query_of(wish: QueueWish) -> str:
    """Return what stands behind the ? of a queue's address."""
    return address_of(wish).partition("?")[2]


def active_filters(wish: QueueWish) -> list[str]:
    """Return the names of the filters that narrow this queue."""
    return [name for name in FILTERS if getattr(wish, name)]


def without_filters(wish: QueueWish) -> QueueWish:
    """Return the same queue with nothing taken out of it."""
    nothing = QueueWish()
    return replace(wish, after="", before="", **{name: getattr(nothing, name) for name in FILTERS})


def filter_choices(wish: QueueWish, actor: Actor) -> list[dict[str, Any]]:
    """Return the filters with what may be chosen in each; teams and people by two statements."""
    languages = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    teams = [(team.pk, team.name) for team in Team.objects.order_by("code")] if actor.may("organisation.view") else []
    people = list(Staff.objects.visible_to(actor).working().order_by("name").values_list("pk", "name"))
    known: list[tuple[str, str, list[tuple[Any, Any]]]] = [
        ("channel", _("Channel"), list(Channel.choices)),
        ("case_class", _("Class"), list(CaseClass.choices)),
        ("tier", _("Tier"), list(Tier.choices)),
        ("language", _("Language"), languages),
        ("team", _("Team"), teams),
        ("owner", _("Owner"), people),
    ]
    return [
        {"name": name, "label": label, "value": getattr(wish, name), "choices": choices}
        for name, label, choices in known
        if choices
    ]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Further away the arithmetic of days and zones ends.
    return day if 1970 <= day.year <= 9000 else None  # noqa: PLR2004


def _titles() -> dict[str, str]:
    return {
        "mine": _("My queue"),
        "team": _("My team's queue"),
        "risk": _("Promises at risk"),
        "vip": _("VIP customers"),
        "waiting": _("Waiting for the customer"),
        "offered": _("Offered to me"),
        "tasks": _("Waits for another team"),
        "escalated": _("Escalated to me"),
        "mentions": _("Mentioning me"),
        "incident": _("Part of a major incident"),
        "followups": _("Follow-ups today"),
        "watched": _("Watched"),
        "all": _("All open cases"),
        "away": _("Owner not at work"),
        "solved": _("Solved, not yet closed"),
        "closed": _("Solved and closed"),
        "found": _("Found"),
    }


def _views(wish: QueueWish, counts: dict[str, int]) -> tuple[list[Choice], list[Choice]]:
    labels = {
        "mine": _("Mine"),
        "team": _("My team"),
        "risk": _("At risk"),
        "vip": pgettext("view", "VIP"),
        "waiting": _("Customer's turn"),
        "offered": _("Offered to me"),
        "tasks": _("Waits for another team"),
        "escalated": _("Escalated to me"),
        "mentions": _("Mentioning me"),
        "incident": _("In an incident"),
        "followups": _("Follow-ups today"),
        "watched": _("Watched"),
        "all": _("All open"),
        "away": _("Owner not at work"),
        "solved": _("Solved, not yet closed"),
        "closed": _("Solved and closed"),
    }
    chips = {
        view: Choice(label, address_of(_fresh(wish, view)), wish.view == view, _capped(counts.get(view)))
        for view, label in labels.items()
    }
    near = [chips[view] for view in NEAR_VIEWS]
    far = [chips[view] for view in FAR_VIEWS]
    if counts.get("offered"):
        # Somebody waits for a yes or no, so it stands in sight.
        near.insert(1, chips["offered"])
        far.remove(chips["offered"])
    if wish.view == "found":
        near.insert(0, Choice(_("Found"), address_of(wish), is_current=True))
    return near, far


def _fresh(wish: QueueWish, view: str) -> QueueWish:
    return replace(wish, view=view, after="", before="")


def _capped(count: int | None) -> str | None:
    if count is None:
        return None
    return f"{VIEW_COUNT_LIMIT}+" if count > VIEW_COUNT_LIMIT else str(count)


def _orders(wish: QueueWish) -> list[Choice]:
    labels = {
        "due": _("Next promise first"),
        "unanswered": _("Longest without an answer first"),
        "message": _("Newest message first"),
        "opened": _("Newest case first"),
        "closed": _("Solved last first"),
    }
    return [
        Choice(labels[order], address_of(replace(wish, order=order, after="", before="")), wish.chosen_order == order)
        for order in wish.orders
    ]


def _removable(wish: QueueWish, actor: Actor) -> list[Choice]:
    """Return a chip for each filter in force; its address is the queue without it."""
    empty = QueueWish()
    words = _filter_words(wish, actor)
    return [
        Choice(words[name], address_of(replace(wish, **{name: getattr(empty, name), "after": "", "before": ""})))
        for name in active_filters(wish)
    ]


def _filter_words(wish: QueueWish, actor: Actor) -> dict[str, str]:
    words: dict[str, str] = {}
    if wish.channel:
        words["channel"] = str(Channel(wish.channel).label)
    if wish.case_class:
        words["case_class"] = str(CaseClass(wish.case_class).label)
    if wish.tier:
        words["tier"] = str(Tier(wish.tier).label)
    if wish.language:
        words["language"] = str(get_language_info(wish.language)["name_local"])
    if wish.team:
        team = Team.objects.filter(pk=wish.team).first() if actor.may("organisation.view") else None
        words["team"] = team.name if team else _("Unknown team")
    if wish.owner:
        person = Staff.objects.visible_to(actor).filter(pk=wish.owner).first()
        words["owner"] = person.name if person else _("Unknown person")
    if wish.opened_from:
        words["opened_from"] = _("Opened from %(day)s") % {"day": date_format(wish.opened_from, "Y-m-d")}
    if wish.opened_until:
        words["opened_until"] = _("Opened until %(day)s") % {"day": date_format(wish.opened_until, "Y-m-d")}
    return words


def _row(row: Any, query: str, marks: Sequence[Mark]) -> dict[str, Any]:
    case = row.case
    address = reverse("case", args=[case.reference])
    return {
        "case": case,
        "promise": row.promise,
        "url": f"{address}?{query}" if query else address,
        "icon": channel_icon(case.channel),
        "marks": marks,
    }
