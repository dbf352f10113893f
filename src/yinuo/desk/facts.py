"""What can happen to an answer between Send and the customer, to acts on many cases, to walls. No text is in it."""

from datetime import datetime

from yinuo.foundation.facts import Fact


class ReplyHandedIn(Fact):
    """Somebody pressed Send; until `send_at` they may take the answer back."""

    case_id: int
    staff_id: int
    reply_id: int
    send_at: datetime


class ReplyTakenBack(Fact):
    """Its author took an answer back; it is their draft again."""

    case_id: int
    staff_id: int
    reply_id: int


class ReplyNotSent(Fact):
    """An answer could not be sent when its time came; its author finds it in the case. `code`: the refusal's."""

    case_id: int
    staff_id: int
    reply_id: int
    code: str


class WallHungUp(Fact):
    """Somebody made a link by which a big screen shows these teams."""

    wall_id: int
    team_ids: list[int]


class WallTakenDown(Fact):
    """A wall's link was made useless."""

    wall_id: int


class BulkRunStarted(Fact):
    """Somebody began one act on many cases; what becomes of each is told by the facts of that act."""

    staff_id: int
    run_id: int
    act: str
    case_count: int


class BulkRunEnded(Fact):
    """An act on many cases came to its end, or was cancelled: nothing is left to do."""

    staff_id: int
    run_id: int
    done_count: int
    refused_count: int
    cancelled_count: int
