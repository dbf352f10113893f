"""Saved views: a list's filters, columns and order under a name, for oneself or for a team.

What the query says is the list's own business. Here it is only kept: bounded, well formed, without the page it was on.
"""

import re
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotAllowed, NotFound, Refusal
from yinuo.organisation.facts import ViewMoved, ViewRemoved, ViewRenamed, ViewSaved, ViewShared
from yinuo.organisation.models import SavedView, Team, TeamMembership

_MOST_VIEWS = 50
_LONGEST_NAME = 60
_LONGEST_QUERY = 2000
_PLACE = re.compile(r"[a-z][a-z_-]{0,39}")
# Where in the list somebody stood when they saved it means nothing tomorrow.
_OF_ONE_PAGE = {"after", "before"}


class ViewIncomplete(Refusal):
    code = "organisation.view_incomplete"
    status = 422

    def sentence(self) -> str:
        return _("Give the view a name of up to %(longest)s characters.") % {"longest": _LONGEST_NAME}


class ViewTooLong(Refusal):
    code = "organisation.view_too_long"
    status = 422

    def sentence(self) -> str:
        return _("These filters are too long to be kept. Take some of them out and save again.")


class ViewNameTaken(Refusal):
    code = "organisation.view_name_taken"

    def sentence(self) -> str:
        return _("You already have a view called %(name)s here. Choose another name, or update that view.") % {
            "name": self.details["used_name"]
        }


class TooManyViews(Refusal):
    code = "organisation.too_many_views"

    def sentence(self) -> str:
        return _("You have %(count)s views of this list, which is the limit. Remove one you no longer use.") % {
            "count": self.count
        }


class NotYourTeam(Refusal):
    code = "organisation.not_your_team"
    status = 403

    def sentence(self) -> str:
        return _("Only who leads a team can share a view with it. Ask the leader of that team.")


@transaction.atomic
def save_view(
    *, place: str, name: str = "", query: str, view: SavedView | None = None, by: Actor, at: datetime
) -> SavedView:
    """Keep a list's query under a new name, behind the owner's other views; with `view`, let that one stand for it.

    Refuses with NotAllowed, NotFound, ViewIncomplete, ViewTooLong, ViewNameTaken, TooManyViews. Announces ViewSaved.
    """
    by.require("organisation.save_views")
    kept = kept_query(query)
    if view is not None:
        row = _changeable(view, by)
        row.query, row.saved_at = kept, at
        row.save(update_fields=["query", "saved_at"])
    else:
        row = _added(place, name, kept, by, at)
    fact = ViewSaved(staff_id=row.owner_id, view_id=row.pk, place=row.place, is_new=view is None)
    announce(fact, by=by, at=at)
    return row


@transaction.atomic
def rename_view(*, view: SavedView, name: str, by: Actor, at: datetime) -> SavedView:
    """Call a view otherwise.

    Refuses with NotAllowed, NotFound, ViewIncomplete, ViewNameTaken. Announces ViewRenamed.
    """
    row = _changeable(view, by)
    name = _checked_name(name)
    if row.name == name:
        return row
    _check_name_is_free(row.owner_id, row.place, name)
    row.name = name
    row.save(update_fields=["name"])
    announce(ViewRenamed(staff_id=row.owner_id, view_id=row.pk), by=by, at=at)
    return row


@transaction.atomic
def share_view(*, view: SavedView, team: Team | None, by: Actor, at: datetime) -> SavedView:
    """Give a view to the members of a team that `by` leads; None: to its owner alone again.

    Refuses with NotAllowed, NotFound, NotYourTeam. Announces ViewShared.
    """
    row = _changeable(view, by)
    if team is not None and not _leads(by, team.pk):
        raise NotYourTeam
    if row.team_id == (team.pk if team else None):
        return row
    row.team = team
    row.save(update_fields=["team"])
    announce(ViewShared(staff_id=row.owner_id, team_id=row.team_id, view_id=row.pk), by=by, at=at)
    return row


@transaction.atomic
def move_view(*, view: SavedView, is_up: bool, by: Actor, at: datetime) -> None:
    """Let a view change places with the one before it, or behind it; at the end nothing happens.

    Refuses with NotAllowed, NotFound. Announces ViewMoved.
    """
    row = _changeable(view, by)
    rows = list(
        SavedView.objects.select_for_update().filter(owner_id=row.owner_id, place=row.place).order_by("position", "pk")
    )
    here = next(place for place, one in enumerate(rows) if one.pk == row.pk)
    there = here - 1 if is_up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for position, one in enumerate(rows):
        one.position = position
    SavedView.objects.bulk_update(rows, ["position"])
    announce(ViewMoved(staff_id=row.owner_id, view_id=row.pk), by=by, at=at)


@transaction.atomic
def remove_view(*, view: SavedView, by: Actor, at: datetime) -> None:
    """Forget a view. Refuses with NotAllowed, NotFound. Announces ViewRemoved."""
    row = _changeable(view, by)
    announce(ViewRemoved(staff_id=row.owner_id, view_id=row.pk, place=row.place), by=by, at=at)
    row.delete()


def kept_query(query: str) -> str:
    """Return a list's query as it is kept: well formed, without the page. Refuses with ViewTooLong."""
    pairs = parse_qsl(query.removeprefix("?").replace("\0", ""), keep_blank_values=True, max_num_fields=200)
    kept = urlencode([pair for pair in pairs if pair[0] not in _OF_ONE_PAGE])
    if len(kept) > _LONGEST_QUERY:
        raise ViewTooLong
    return kept


def _added(place: str, name: str, query: str, by: Actor, at: datetime) -> SavedView:
    if by.staff_id is None or not _PLACE.fullmatch(place):
        raise NotFound
    name = _checked_name(name)
    _check_name_is_free(by.staff_id, place, name)
    mine = SavedView.objects.filter(owner_id=by.staff_id, place=place)
    positions = list(mine.values_list("position", flat=True))
    if len(positions) >= _MOST_VIEWS:
        raise TooManyViews(count=len(positions))
    position = max(positions, default=-1) + 1
    return SavedView.objects.create(
        owner_id=by.staff_id, place=place, name=name, query=query, position=position, saved_at=at
    )


def _changeable(view: SavedView, by: Actor) -> SavedView:
    """Return the row, locked, for its owner and for who leads the team it is shared with."""
    by.require("organisation.save_views")
    row = SavedView.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=view.pk).first()
    if row is None:
        raise NotFound
    if not (by.is_system or row.owner_id == by.staff_id or _leads(by, row.team_id)):
        raise NotAllowed(permission="organisation.save_views")
    return row


def _leads(by: Actor, team_id: int | None) -> bool:
    if by.is_system:
        return True
    return TeamMembership.objects.filter(staff_id=by.staff_id, team_id=team_id, is_leader=True).exists()


def _checked_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ViewIncomplete
    return name


def _check_name_is_free(owner_id: int, place: str, name: str) -> None:
    if SavedView.objects.filter(owner_id=owner_id, place=place, name=name).exists():
        raise ViewNameTaken(used_name=name)
