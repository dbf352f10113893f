"""The only writers of standards, calendars and pledges. A change is a new version; nothing old is altered."""

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
    "CodeTaken",
    "Conditions",
    "KindCannotPause",
    "PledgeDateTooEarly",
    "PledgeIncomplete",
    "PledgeTerms",
    "PledgeWords",
    "RemedyAmountWrong",
    "StandardTimes",
    "TimesNotPositive",
    "add_pledge",
    "add_standard",
    "change_pledge",
    "change_standard",
    "publish_pledge",
    "reorder_pledges",
    "reorder_standards",
    "save_calendar",
    "withdraw_pledge",
]
