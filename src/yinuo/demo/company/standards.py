"""What the demo company offers: working hours, answer times and pledges, as plain values.

All durations are open time of the named calendar; calendars are written as JSON would write them.
"""

from datetime import time, timedelta

from yinuo.demo.company.values import Shift, Standard

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

PLEDGES: tuple[dict[str, str], ...] = (
    {
        "code": "gas",
        "zh": "燃气、漏电、烧焦味：30 分钟内有人回电，2 小时内有人上门。做不到，本次检修全免。",
        "en": "Gas, electric shock, burning smell: a call within 30 minutes, an engineer within 2 hours. If not, free.",
    },
    {
        "code": "on_time_visit",
        "zh": "约好的上门时段，师傅迟到超过 1 小时，赔 50 元代金券。",
        "en": "If the engineer is more than one hour late for the agreed window, you get a 50 yuan voucher.",
    },
    {
        "code": "refund_7_days",
        "zh": "退货签收后 7 天内退款到账；晚一天，补 20 元。",
        "en": "Refunds arrive within 7 days of the return; for every day later we add 20 yuan.",
    },
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
