"""What can happen to standards, pledges and calendars."""

from datetime import date

from yinuo.foundation.facts import Fact


class StandardChanged(Fact):
    """A standard was added, or got a new version; open cases keep theirs."""

    standard_id: int
    version_id: int
    number: int


class StandardsReordered(Fact):
    """The ordered list got another order."""

    standard_ids: list[int]


class CalendarChanged(Fact):
    """A calendar was added, or got new hours."""

    calendar_id: int
    version_id: int
    number: int


class LadderChanged(Fact):
    """A ladder was added, or got new rungs; promises given before keep theirs."""

    ladder_id: int
    version_id: int
    number: int


class LadderChosen(Fact):
    """A standard uses this ladder from now on; none: the default one."""

    standard_id: int
    ladder_id: int | None


class PledgeChanged(Fact):
    """A pledge was added, or says something else from a day on; its older versions stay."""

    pledge_id: int
    version_id: int
    number: int
    effective_on: date


class PledgePublished(Fact):
    """Everybody can read a pledge from now on."""

    pledge_id: int


class PledgeWithdrawn(Fact):
    """A pledge is no longer among those we publish."""

    pledge_id: int


class PledgesReordered(Fact):
    """The published list got another order."""

    pledge_ids: list[int]
