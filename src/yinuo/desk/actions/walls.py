"""Hanging up walls and taking them down."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yinuo.access.actors import Actor
from yinuo.desk.facts import WallHungUp, WallTakenDown
from yinuo.desk.models import WallLink, WallTheme
from yinuo.desk.queries.boards import teams_to_share
from yinuo.foundation.facts import announce
from yinuo.foundation.refusals import NotFound, Refusal
from yinuo.organisation.models import Staff, Team

_SEEN_EVERY = timedelta(minutes=1)


class WallNotFilledIn(Refusal):
    code = "desk.wall_not_filled_in"
    status = 422

    def sentence(self) -> str:
        return _("Write where the wall hangs, and choose at least one of the teams you may show to everybody.")


@transaction.atomic
def hang_up_wall(
    *, name: str, teams: Sequence[Team], language: str, theme: str, by: Actor, at: datetime
) -> tuple[WallLink, str]:
    """Return a wall's row and the token of its address, which is shown this once.

    Whoever stands before the screen reads whole teams' figures, so only who sees all of a team may hang it up.
    Refuses with NotAllowed, WallNotFilledIn. Announces WallHungUp.
    """
    by.require("desk.share_wall")
    name = " ".join(name.split())[:120]
    known = {team.pk for team in teams_to_share(by)}
    is_right = language in dict(settings.LANGUAGES) and theme in WallTheme.values
    creator = Staff.objects.filter(pk=by.staff_id).first()
    if not (name and teams and is_right and creator) or not {team.pk for team in teams} <= known:
        raise WallNotFilledIn
    token = secrets.token_urlsafe(32)
    wall = WallLink.objects.create(
        name=name,
        digest=WallLink.digest_of(token),
        language=language,
        theme=theme,
        created_at=at,
        created_by=creator,
    )
    wall.teams.set(teams)
    announce(WallHungUp(wall_id=wall.pk, team_ids=sorted(team.pk for team in teams)), by=by, at=at)
    return wall, token


@transaction.atomic
def take_down_wall(*, wall: WallLink, by: Actor, at: datetime) -> None:
    """Make a wall's link useless from now on; by anybody who may hang up one of a team it shows.

    Refuses with NotAllowed, NotFound. Announces WallTakenDown; a second time nothing.
    """
    by.require("desk.share_wall")
    known = [team.pk for team in teams_to_share(by)]
    if not WallLink.objects.filter(pk=wall.pk, teams__in=known).exists():
        raise NotFound
    if WallLink.objects.filter(pk=wall.pk, taken_down_at=None).update(taken_down_at=at):
        announce(WallTakenDown(wall_id=wall.pk), by=by, at=at)


def mark_wall_seen(*, wall: WallLink, at: datetime) -> None:
    """Write down that a screen showed the wall; once a minute, so that reading does not become writing."""
    unseen = Q(last_seen_at=None) | Q(last_seen_at__lte=at - _SEEN_EVERY)
    WallLink.objects.filter(unseen, pk=wall.pk).update(last_seen_at=at)
