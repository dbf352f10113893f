# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""Five thousand customers and a hundred and fifty companies of the demo company, from one random source."""

from datetime import date, timedelta
from random import Random

from pypinyin import lazy_pinyin

from yinuo.demo.company import people
from yinuo.demo.company.organisation import REGIONS
from yinuo.demo.company.values import Company, Customer, Place

ENGLISH_SHARE = 0.12
BUSINESS_SHARE = 0.05
TIER_SHARES = {"standard": 72, "silver": 17, "gold": 8, "platinum": 3}
# How people write. Shares differ between languages only where a voice exists in both.
VOICE_SHARES = {
    "zh": {"plain": 30, "polite": 18, "terse": 17, "rambling": 10, "angry": 9, "emoji": 9, "dialect": 4, "elder": 3},
    "en": {"plain": 38, "polite": 22, "terse": 14, "rambling": 12, "angry": 8, "foreign": 6},
}
_ZH_DOMAINS = {
    "qq.example": 46,
    "163.example": 24,
    "126.example": 9,
    "foxmail.example": 7,
    "139.example": 6,
    "icloud.example": 8,
}
_EN_DOMAINS = {"gmail.example": 55, "outlook.example": 25, "icloud.example": 14, "mail.example": 6}
_CLIENTS = {
    "qq.example": {"qqmail": 9, "foxmail": 1},
    "163.example": {"netease": 8, "foxmail": 2},
    "126.example": {"netease": 9, "foxmail": 1},
    "foxmail.example": {"foxmail": 7, "qqmail": 3},
    "139.example": {"foxmail": 5, "outlook": 5},
    "icloud.example": {"apple": 10},
    "gmail.example": {"gmail": 9, "apple": 1},
    "outlook.example": {"outlook": 10},
    "mail.example": {"apple": 5, "outlook": 5},
}
# The cast that tests, documents and the demo share; they are customers 1 and 2.
_WANG = ("王淑仪", "王", "female", "platinum", "polite")
_LONG_AGO = 1095
_LI = ("李建明", "李", "male", "standard", "plain")


def weighted(random: Random, shares: dict[str, int]) -> str:
    """Return one key, drawn by its share."""
    return random.choices(list(shares), list(shares.values()))[0]


def customers(random: Random, count: int, *, today: date) -> tuple[tuple[Customer, ...], tuple[Company, ...]]:
    """Return `count` customers (1 is Ms Wang, 2 is Mr Li) and the companies some of them buy for.

    One in eight writes English, one in twenty buys for a company; one in eight shares a household with the one before.
    Same random source and day, same people. Mails and telephone numbers are all different.
    """
    companies = tuple(_company(random, number) for number in range(1, max(2, count * 3 // 100) + 1))
    mails: set[str] = set()
    made: list[Customer] = []
    for number in range(1, count + 1):
        made.append(
            _customer(random, number, today=today, before=made[-1] if made else None, companies=companies, mails=mails)
        )
    return tuple(made), companies


def outsiders(random: Random, *, today: date, count: int = 12) -> tuple[Customer, ...]:
    """Return strangers who never bought anything and write all the same: advertising, mostly."""
    made = []
    for number in range(1, count + 1):
        name, surname, gender = people.chinese_name(random)
        region, place = _place(random)
        made.append(
            Customer(
                number=f"X{number:04d}",
                name=name,
                surname=surname,
                gender=gender,
                language="zh",
                mail=f"{random.choice(('sales', 'market', 'info', 'vip'))}{number}@promo{number}.example",
                phone=people.phone_number(59_000 + number),
                region=region,
                province=place.province,
                city=place.city,
                address="",
                tier="standard",
                registered_on=today,
                voice="plain",
                mail_client="foxmail",
            )
        )
    return tuple(made)


def _place(random: Random) -> tuple[str, Place]:
    pairs = [(region.code, place) for region in REGIONS for place in region.places]
    return random.choices(pairs, [place.weight for _code, place in pairs])[0]


def _company(random: Random, number: int) -> Company:
    _region, place = _place(random)
    kind = random.choice(list(people.COMPANY_KINDS))
    heads, tail = people.COMPANY_KINDS[kind]
    name = f"{place.city}{random.choice(heads)}{random.choice(('', '', '文', '新', '东', '嘉', '瑞'))}{tail}"
    district = random.choice(place.districts)
    digits = "".join(random.choice("0123456789") for _ in range(16))
    return Company(
        number=f"B{number:05d}",
        name=name,
        kind=kind,
        domain=f"{''.join(lazy_pinyin(name[:4]))}{number}.example",
        province=place.province,
        city=place.city,
        address=f"{people.down_to(place, district)}商务中心{random.randint(1, 9)}座{random.randint(3, 28)}层",
        tax_number=f"00{digits}",  # real numbers never begin with 00
    )


def _customer(
    random: Random,
    number: int,
    *,
    today: date,
    before: Customer | None,
    companies: tuple[Company, ...],
    mails: set[str],
) -> Customer:
    name, surname, gender, tier, voice, language = _person(random, number)
    company = random.choice(companies) if number > 2 and language == "zh" and random.random() < BUSINESS_SHARE else None
    region, place = _place(random)
    address = people.street_address(random, place, random.choice(place.districts))
    household = f"H{number:05d}"
    if before is not None and number > 3 and company is None and random.random() < 0.12:
        region, address, household = before.region, before.address, before.household
        place = next(each for area in REGIONS for each in area.places if each.city == before.city)
    domain = company.domain if company else weighted(random, _EN_DOMAINS if language == "en" else _ZH_DOMAINS)
    mail = _mail(random, name=name, number=number, domain=domain, taken=mails)
    return Customer(
        number=f"C{number:06d}",
        name=name,
        surname=surname,
        gender=gender,
        language=language,
        mail=mail,
        phone=people.phone_number(number),
        region=region,
        province=place.province,
        city=place.city,
        address=company.address if company else address,
        tier=tier,
        registered_on=today - timedelta(days=_LONG_AGO if number in (1, 2) else int(_LONG_AGO * random.random()) + 3),
        voice=voice,
        mail_client=weighted(random, _CLIENTS[domain]) if domain in _CLIENTS else "outlook",
        household="" if company else household,
        company_number=company.number if company else "",
    )


def _person(random: Random, number: int) -> tuple[str, str, str, str, str, str]:
    if number in (1, 2):
        return (*(_WANG if number == 1 else _LI), "zh")
    language = "en" if random.random() < ENGLISH_SHARE else "zh"
    name, surname, gender = people.foreign_name(random) if language == "en" else people.chinese_name(random)
    return name, surname, gender, weighted(random, TIER_SHARES), weighted(random, VOICE_SHARES[language]), language


def _mail(random: Random, *, name: str, number: int, domain: str, taken: set[str]) -> str:
    letters = "".join(
        character for character in "".join(lazy_pinyin(name)).lower() if character.isascii() and character.isalpha()
    )
    year = random.randint(1958, 2006)
    if domain == "qq.example" and random.random() < 0.7:
        local = f"{random.randint(10_000_000, 3_999_999_999)}"
    else:
        local = random.choice(
            (f"{letters}{year % 100:02d}", f"{letters}_{year}", f"{letters}{random.randint(1, 999)}", letters)
        )
    if f"{local}@{domain}" in taken:
        local = f"{local}.{number}"
    taken.add(f"{local}@{domain}")
    return f"{local}@{domain}"
