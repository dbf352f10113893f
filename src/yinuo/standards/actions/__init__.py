"""The only writers of standards, calendars, ladders and pledges. A change is a new version; nothing old is altered."""

from .ladders import MOST_RUNGS, USUAL_RUNGS, RungDraft, RungsWrong, choose_ladder, save_ladder
from .pledges import (
    PledgeDateTooEarly,
    PledgeIncomplete,
    PledgeTerms,
    PledgeWords,
    RemedyAmountWrong,
    add_pledge,
    change_pledge,
    publish_pledge,
    reorder_pledges,
    withdraw_pledge,
)
from .standards import (
    CodeTaken,
    Conditions,
    KindCannotPause,
    StandardTimes,
    TimesNotPositive,
    add_standard,
    change_standard,
    reorder_standards,
    save_calendar,
)

__all__ = [
    "MOST_RUNGS",
    "USUAL_RUNGS",
    "CodeTaken",
    "Conditions",
    "KindCannotPause",
    "PledgeDateTooEarly",
    "PledgeIncomplete",
    "PledgeTerms",
    "PledgeWords",
    "RemedyAmountWrong",
    "RungDraft",
    "RungsWrong",
    "StandardTimes",
    "TimesNotPositive",
    "add_pledge",
    "add_standard",
    "change_pledge",
    "change_standard",
    "choose_ladder",
    "publish_pledge",
    "reorder_pledges",
    "reorder_standards",
    "save_calendar",
    "save_ladder",
    "withdraw_pledge",
]
