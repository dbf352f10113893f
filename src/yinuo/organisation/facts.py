"""What can happen to the organisation and the people in it."""

from datetime import datetime

from yinuo.foundation.facts import Fact


class OrganisationDescribed(Fact):
    """Our own name, zone, language or domains were said; `fields` names what changed."""

    fields: list[str]


class OrganisationChanged(Fact):
    """A region, department, team, post or skill was added or changed. `kind` says which of them."""

    kind: str
    row_id: int
    is_new: bool


class StaffAdded(Fact):
    """Somebody joined."""

    staff_id: int
    department_id: int


class StaffChanged(Fact):
    """Place, post, languages, skills, capacity or name of somebody changed; `fields` names what."""

    staff_id: int
    fields: list[str]


class StaffLeft(Fact):
    """Somebody left. What they still own waits for a new owner: later folders listen to this."""

    staff_id: int


class StaffReturned(Fact):
    """Somebody who had left works with us again."""

    staff_id: int


class TeamJoined(Fact):
    """Somebody became a member of a team, or its leader."""

    staff_id: int
    team_id: int
    is_leader: bool


class TeamLeft(Fact):
    """Somebody is no longer a member of a team."""

    staff_id: int
    team_id: int


class PresenceChanged(Fact):
    """Somebody said that they can, or cannot, take work now. `reason`: why a colleague said it for them, or empty."""

    staff_id: int
    before: str
    after: str
    reason: str = ""


class ShiftPlanned(Fact):
    """Somebody is to work from one instant to another."""

    staff_id: int
    shift_id: int
    starts_at: datetime
    ends_at: datetime


class ShiftRemoved(Fact):
    """A shift was taken out of the plan."""

    staff_id: int
    shift_id: int


class ViewSaved(Fact):
    """Somebody kept a list's filters, columns and order under a name, or changed what a name stands for."""

    staff_id: int
    view_id: int
    place: str
    is_new: bool


class ViewRenamed(Fact):
    """A saved view has another name."""

    staff_id: int
    view_id: int


class ViewShared(Fact):
    """A saved view now belongs to a team's members too; without a team, to its owner alone again."""

    staff_id: int
    team_id: int | None
    view_id: int


class ViewMoved(Fact):
    """A saved view changed places with its neighbour."""

    staff_id: int
    view_id: int


class ViewRemoved(Fact):
    """A saved view is gone. The rows it listed are untouched."""

    staff_id: int
    view_id: int
    place: str
