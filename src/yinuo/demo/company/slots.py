# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""The facts of one case that texts mention: product, order, sums, names; the same throughout one case."""

from datetime import date, datetime, timedelta
from random import Random

from yinuo.demo.company import people
from yinuo.demo.company.organisation import HOTLINE, REGIONS, STAFF_BY_LOGIN, TEAM_BY_CODE
from yinuo.demo.company.products import PRODUCT_BY_CODE, PRODUCTS
from yinuo.demo.company.values import COMPANY_ZONE, Company, Customer, Order, Product, Scenario
from yinuo.demo.company.wording import spoken_day, spoken_month

_ENGINEERS = [
    "周:Zhou",
    "马:Ma",
    "胡:Hu",
    "罗:Luo",
    "姜:Jiang",
    "邱:Qiu",
    "雷:Lei",
    "史:Shi",
    "钱:Qian",
    "毛:Mao",
    "龙:Long",
    "葛:Ge",
    "尚:Shang",
    "万:Wan",
    "庞:Pang",
    "俞:Yu",
    "屈:Qu",
    "鲁:Lu",
]
_SHOPS_EN = {"mall": "on your website", "flagship": "in your flagship shop", "live": "in a livestream"}


def product_for(random: Random, scenario: Scenario, order: Order | None) -> tuple[Product, str]:
    """Return the product a case is about and its serial number: from the order where it has one that fits."""
    lines = [line for line in order.lines if concerns(scenario, line.product_code)] if order else []
    if lines:
        line = random.choice(lines)
        return PRODUCT_BY_CODE[line.product_code], random.choice(line.serials)
    fitting = [product for product in PRODUCTS if concerns(scenario, product.code)]
    return random.choices(fitting, [product.weight for product in fitting])[0], ""


def concerns(scenario: Scenario, product_code: str) -> bool:
    line_fits = not scenario.lines or PRODUCT_BY_CODE[product_code].line in scenario.lines
    return line_fits and (not scenario.models or product_code.startswith(scenario.models))


def case_slots(
    random: Random,
    *,
    customer: Customer,
    order: Order | None,
    product: Product,
    serial: str,
    opened_at: datetime,
    company: Company | None,
) -> dict[str, str]:
    """Return the values that stay the same from the first word of a case to its last."""
    language, chinese = customer.language, customer.language == "zh"
    today = opened_at.astimezone(COMPANY_ZONE).date()
    bought = order.ordered_on if order else today - timedelta(days=random.randint(40, 700))
    price = (
        next((line.unit_price for line in order.lines if line.product_code == product.code), product.price)
        if order
        else product.price
    )
    place = next(place for region in REGIONS for place in region.places if place.city == customer.city)
    engineer, engineer_en = random.choice(_ENGINEERS).split(":")
    address = people.street_address(random, place, random.choice(place.districts))
    return {
        "name": customer.name,
        "given": customer.name.split(" ")[0],
        "phone": customer.phone.removeprefix("+86"),
        "city": customer.city if chinese else place.city_en,
        "address": address,
        "room": f"{random.randint(1, 20)}-{random.randint(2, 22)}0{random.randint(1, 4)}",
        "product": product.line_zh if chinese else product.line_en,
        "model": product.code,
        "serial": serial or "HN",
        "order": order.number if order else "",
        "shop": (order.channel_zh if chinese else _SHOPS_EN.get(order.channel, "in a shop")) if order else "店里",
        "price": str(price),
        "bought": spoken_month(bought, today, language),
        "today": spoken_day(today, language),
        "buyer": company.name if company else _employer(random, customer, place.city),
        "master": f"{engineer}师傅" if chinese else f"Mr {engineer_en}",
        "warranty": str(product.warranty_months),
        "warranty_end": _warranty_end(order.delivered_on if order else bought, product.warranty_months, language),
        "hotline": HOTLINE,
        **_spans(random, customer.language, today),
        **_numbers(random, product),
    }


def staff_slots(login: str, customer: Customer) -> dict[str, str]:
    """Return how the owner of the case names themself and the customer."""
    person = STAFF_BY_LOGIN[login]
    if customer.language == "en":
        given = customer.name.split(" ")[0]
        return {
            "agent": person.name_en,
            "agent_short": person.name_en.split(" ")[0],
            "agent_surname": person.name_en.split(" ")[-1],
            "team": TEAM_BY_CODE[person.team].name_en,
            "call": given
            if customer.voice != "polite"
            else f"{'Ms' if customer.gender == 'female' else 'Mr'} {customer.surname}",
        }
    surname = person.name_zh[0]
    return {
        "agent": person.name_zh,
        "agent_short": _called(surname, person.login),
        "agent_surname": surname,
        "team": TEAM_BY_CODE[person.team].name_zh,
        "call": f"{customer.surname}{'女士' if customer.gender == 'female' else '先生'}",
    }


def _called(surname: str, login: str) -> str:
    """Return how customers call this person; one person is always called the same way."""
    return f"小{surname}" if len(login) % 2 else f"{surname}老师"


def _spans(random: Random, language: str, today: date) -> dict[str, str]:
    days = random.choice((2, 3, 3, 4, 5, 6, 7, 8, 10))
    earlier = today - timedelta(days=days)
    if language == "en":
        span = {7: "a week", 10: "ten days"}.get(days, f"{days} days")
        since = random.choice(
            (f"since {earlier:%A}" if days < 7 else f"for {span}", f"for {span}", "since yesterday", "since last night")
        )
        return {"days": str(days), "days2": str(days + 8), "span": span, "since": since, "since2": "yesterday"}
    numerals = {2: "两天", 3: "三天", 4: "四天", 5: "五天", 6: "六天", 7: "一个礼拜", 8: "八天", 10: "十来天"}
    weekday = "一二三四五六日"[earlier.weekday()]
    week = "上周" if earlier.isocalendar()[:2] != today.isocalendar()[:2] else "这周"
    since = random.choice(
        (
            "从昨天起",
            "从前天起",
            "昨晚开始",
            "前几天开始",
            f"{week}{weekday}开始" if days < 7 else "这几天",
            f"{numerals[days]}前开始",
        )
    )
    span = random.choice((numerals[days], f"{days}天"))
    return {
        "days": str(days),
        "days2": str(days + 8),
        "span": span,
        "since": since,
        "since2": random.choice(("昨晚", "前天", "早上")),
    }


def _numbers(random: Random, product: Product) -> dict[str, str]:
    extension = max(49, product.price // 20 // 10 * 10 + 9)
    return {
        "temp": str(random.randint(11, 19)),
        "temp2": str(random.randint(26, 30)),
        "cold": str(random.randint(3, 13)),
        "cool": str(random.randint(9, 13)),
        "warm": str(random.randint(42, 51)),
        "noise": str(random.randint(46, 58)),
        "tds": str(random.randint(180, 320)),
        "tds2": str(random.randint(95, 170)),
        "minutes": str(random.randint(7, 19)),
        "floor": str(random.randint(3, 14)),
        "floors": str(random.randint(17, 33)),
        "quantity": str(random.choice((8, 10, 12, 16, 20, 24, 30, 36, 48, 60))),
        "amount": str(random.choice((60, 80, 100, 120, 150, 180, 200, 260, 300, 320, 380, 450, 500))),
        "part": str(random.choice((19, 29, 35, 49, 58, 69, 88, 99, 129, 168))),
        "error": random.choice(("E1", "E2", "E3", "E4", "E6", "E8", "F1", "F3", "H6")),
        "extension": str(extension),
        "extension3": str(int(extension * 2.4)),
    }


def _employer(random: Random, customer: Customer, city: str) -> str:
    if customer.language == "en":
        return f"{customer.surname} Trading ({random.choice(('Shanghai', 'Shenzhen', 'Hangzhou'))}) Co., Ltd."
    heads = ("嘉禾", "明远", "瑞丰", "同创", "合众", "博雅", "卓悦", "鼎新", "和顺", "海川")
    trades = ("商贸", "文化传播", "信息技术", "建筑工程", "咨询", "餐饮管理")
    return f"{city}{random.choice(heads)}{random.choice(trades)}有限公司"


def _warranty_end(delivered_on: date, months: int, language: str) -> str:
    years, month = divmod(delivered_on.month - 1 + months, 12)
    year, month, day = delivered_on.year + years, month + 1, min(delivered_on.day, 28)
    return f"{year}年{month}月{day}日" if language == "zh" else f"{spoken_day(date(year, month, day), 'en')} {year}"
