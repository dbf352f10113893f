"""What can happen to standards and calendars."""

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
