"""Finds the owner of a new case in a team, and what a request seems to be about."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal
from yinuo.organisation.models import Staff, Team

from .models import Category
from .rules import Candidate, Topic, choose, guess_category, reason_for


class NobodyToOwn(Refusal):
    """Neither the team nor the fallback team has anybody."""

    code = "routing.nobody_to_own"

    def sentence(self) -> str:
        return _(
            "Nobody can own a case of %(team)s: the team has no people, and neither has a fallback team. "
            "Add somebody in the settings."
        ) % {"team": self.team}


@dataclass(frozen=True)
class Choice:
    """The owner (id and name), their team, and why."""

    owner: Staff
    team: Team
    reason: str


# Counting open cases walks the partial index of the queue: a few dozen entries a person.
_CANDIDATES = """
SELECT staff.account_id, staff.presence, count(owned.id), greatest(staff.capacity, 1), max(owned.opened_at), staff.name
FROM organisation_teammembership AS member
JOIN organisation_staff AS staff ON staff.account_id = member.staff_id AND staff.left_at IS NULL
LEFT JOIN cases_case AS owned ON owned.owner_id = staff.account_id AND owned.state = 'open'
WHERE member.team_id = %s
GROUP BY staff.account_id
"""


def owner_for(team: Team) -> Choice:
    """Return who becomes accountable for a new case of the team. Refuses with NobodyToOwn."""
    for candidate_team in _with_fallback(team):
        candidates, names = _candidates(candidate_team)
        chosen = choose(candidates)
        if chosen:
            reason = reason_for(chosen, candidates, candidate_team.code)
            # Id and name are all that opening a case asks of its owner: not worth another query on the hot path.
            owner = Staff(account_id=chosen.staff_id, name=names[chosen.staff_id])
            return Choice(owner, candidate_team, reason)
    raise NobodyToOwn(team=team.name)


def categories() -> list[Category]:
    """Return the categories customers may choose from, in order, each with its team."""
    return list(Category.objects.filter(is_active=True).select_related("team"))


def category_of(text: str, among: Sequence[Category]) -> str:
    """Return the code of the category that a text seems to be about, or empty."""
    return guess_category(text, [Topic(one.code, one.words) for one in among])


def _with_fallback(team: Team) -> list[Team]:
    if team.is_fallback:
        return [team]
    return [team, *Team.objects.filter(is_fallback=True)]


def _candidates(team: Team) -> tuple[list[Candidate], dict[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [team.pk])
        rows = cursor.fetchall()
    return [Candidate(*row[:5]) for row in rows], {row[0]: row[5] for row in rows}
