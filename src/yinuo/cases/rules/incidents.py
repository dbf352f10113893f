"""When many alike cases in a short time look like one incident. Pure. Source: docs/rules/incidents.md."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

SURGE_WITHIN = timedelta(hours=2)
USUAL_OVER = timedelta(days=28)
_LEAST = 5
_TIMES_USUAL = 3


class NotInIncident(Refusal):
    code = "cases.not_in_incident"

    def sentence(self) -> str:
        return _("Case %(reference)s is part of no incident.") % self.details


class AlreadyInIncident(Refusal):
    """A case has one incident behind it, and a parent is itself no part."""

    code = "cases.already_in_incident"

    def sentence(self) -> str:
        return _("Case %(reference)s belongs to an incident already.") % self.details


class IncidentNotOpen(Refusal):
    """It was not approved yet, was refused, or is over."""

    code = "cases.incident_not_open"

    def sentence(self) -> str:
        return _("This incident is not running. Only a running one takes cases and words to its customers.")


class IncidentDecided(Refusal):
    code = "cases.incident_decided"

    def sentence(self) -> str:
        return _("This incident was decided already.")


@dataclass(frozen=True)
class Surge:
    """How many cases of one kind came lately, beside what is usual. count: within SURGE_WITHIN; usual: in an hour."""

    count: int
    usual_an_hour: float

    @property
    def times_usual(self) -> float | None:
        """Return how many times the usual came; None where nothing is usual yet."""
        hours = SURGE_WITHIN / timedelta(hours=1)
        return self.count / (self.usual_an_hour * hours) if self.usual_an_hour else None

    @property
    def is_surge(self) -> bool:
        """At least five, and at least three times the usual."""
        times = self.times_usual
        return self.count >= _LEAST and (times is None or times >= _TIMES_USUAL)
