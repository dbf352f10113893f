"""What the demo company offers: working hours, answer times and pledges, as plain values.

All durations are open time of the named calendar; calendars are written as JSON would write them.
"""

from datetime import time, timedelta
from decimal import Decimal

from yinuo.demo.company.values import Pledge, Shift, Standard

_EVERY_DAY = range(7)
_WORKDAYS = range(5)

CALENDARS: dict[str, dict[str, object]] = {
    "service": {
        "name_zh": "服务时间",
        "name_en": "Service hours",
        "zone": "Asia/Shanghai",
        "weekly": {str(day): [["08:00", "20:00"]] for day in _EVERY_DAY},
        "holidays": None,
    },
    "always": {
        "name_zh": "全天候",
        "name_en": "Around the clock",
        "zone": "Asia/Shanghai",
        "weekly": {str(day): [["00:00", "24:00"]] for day in _EVERY_DAY},
        "holidays": None,
    },
    "office": {
        "name_zh": "发票与财务办公时间",
        "name_en": "Invoice office hours",
        "zone": "Asia/Shanghai",
        "weekly": {str(day): [["09:00", "12:00"], ["13:30", "18:00"]] for day in _WORKDAYS},
        "holidays": "CN",
    },
}

# Minutes of first response, minutes of next answer, hours of resolution, per class, for the standard tier.
_BASE = {"emergency": (30, 60, 48), "important": (120, 360, 96), "routine": (240, 720, 144)}
# Better tiers wait less for an answer; a repair takes as long as it takes, so the resolution shrinks less.
_TIER_SHARE = {"standard": (1.0, 1.0), "silver": (1.0, 1.0), "gold": (0.75, 0.9), "platinum": (0.5, 0.75)}


def standard_for(*, case_class: str, tier: str) -> Standard:
    """Return the standard that the company offers to a class (emergency, important, routine) and tier."""
    first, following, hours = _BASE[case_class]
    answer_share, resolution_share = _TIER_SHARE[tier]
    around_the_clock = case_class == "emergency" or tier == "platinum"
    return Standard(
        code=f"{case_class}-{tier}",
        case_class=case_class,
        tier=tier,
        calendar="always" if around_the_clock else "service",
        first_response=timedelta(minutes=first * answer_share),
        next_answer=timedelta(minutes=following * answer_share),
        resolution=timedelta(hours=hours * resolution_share),
    )


STANDARDS: tuple[Standard, ...] = tuple(
    standard_for(case_class=case_class, tier=tier)
    for case_class in ("emergency", "important", "routine")
    for tier in ("platinum", "gold", "silver", "standard")
)

PLEDGES: tuple[Pledge, ...] = (
    Pledge(
        "gas",
        "燃气、漏电、烧焦味，2 小时上门",
        "Gas, shock, burning smell: there in two hours",
        "您说出燃气味、漏电或烧焦味，30 分钟内有工程师回电，2 小时内有人上门，全年无休。",
        "You smell gas or burning, or feel a shock: an engineer calls within 30 minutes and is there within 2 hours, "
        "every day of the year.",
        "没做到，本次检修全免。",
        "If not, the whole visit is free.",
        {
            "promise_kinds": ("first_response", "call_back", "visit"),
            "case_class": "emergency",
            "remedy_kind": "free_visit",
            "opens_recovery_case": True,
        },
    ),
    Pledge(
        "answer-on-time",
        "说好几点答复，就几点答复",
        "Answered by the time we said",
        "您的每个问题，我们当场告诉您最晚几点有人答复，并且按点答复。",
        "For every question we tell you at once by when a person answers, and a person does.",
        "没做到，向您道歉，并马上给您一个新的时间。",
        "If not, we apologise and give you a new time at once.",
        {"promise_kinds": ("first_response", "next_answer"), "remedy_kind": "apology"},
    ),
    Pledge(
        "on-time-visit",
        "上门准时",
        "On time at your door",
        "约好的两小时时段内，师傅一定到。要晚了，我们提前打电话，不让您干等。",
        "The engineer comes within the agreed window of two hours. If it gets late we call before, not after.",
        "迟到超过 1 小时，赔 50 元代金券，维修照做。",
        "More than one hour late: a voucher of 50 yuan, and the repair all the same.",
        {"promise_kinds": ("visit",), "remedy_kind": "voucher", "remedy_amount": Decimal(50)},
    ),
    Pledge(
        "refund-7-days",
        "退款 7 天到账",
        "Refunds within seven days",
        "退货签收后 7 天内，退款回到您付款的账户。",
        "Within 7 days of the return reaching us, the money is back where you paid from.",
        "晚一天，补 20 元。",
        "For every day later we add 20 yuan.",
        {
            "promise_kinds": ("resolution",),
            "category": "returns",
            "remedy_kind": "refund",
            "remedy_amount": Decimal(20),
        },
    ),
    Pledge(
        "one-person",
        "一位负责人，管到底",
        "One person, to the end",
        "每个问题都有一位有名有姓的负责人。换人时由我们交接，您不用把事情再说一遍。",
        "Every question has one person with a name. When that changes we hand it over; you never tell it twice.",
        "让您重复说明的，组长当天给您回电致歉并亲自跟进。",
        "If you had to tell it twice, the team leader calls you the same day and takes it over.",
    ),
    Pledge(
        "clear-price",
        "先报价，再动手",
        "The price before the screwdriver",
        "保外维修先书面报价，您点头才动手，结算不超过报价。",
        "Outside the warranty you get a written price first. We begin when you agree, and never charge more.",
        "多收的部分双倍退还。",
        "What was charged beyond it, you get back twice.",
    ),
)

SHIFTS: tuple[Shift, ...] = tuple(
    Shift(code, zh, en, starts, ends, tuple(days))
    for code, zh, en, starts, ends, days in (
        ("early", "早班", "Early", time(8), time(15), _EVERY_DAY),
        ("late", "晚班", "Late", time(13), time(20), _EVERY_DAY),
        ("day", "白班", "Day", time(9), time(18), _WORKDAYS),
        ("night", "夜班", "Night", time(20), time(8), _EVERY_DAY),
    )
)
