# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""Names, streets and telephone numbers of people who do not exist."""

import tomllib
from importlib.resources import files
from random import Random

from yinuo.demo.company.values import Place

_WORDS = tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))
_SURNAME_SHARES = [entry.split(":") for entry in _WORDS["surnames"].split()]
_SURNAMES = [name for name, _share in _SURNAME_SHARES]
_SURNAME_WEIGHTS = [int(share) for _name, share in _SURNAME_SHARES]
COMPANY_KINDS: dict[str, tuple[list[str], str]] = {
    kind: (heads.split(), tail) for kind, (heads, tail) in _WORDS["companies"].items()
}

# China keeps no mobile numbers back for fiction. These are well-formed numbers of resale operators with the
# subscriber block 0000, plain to see as invented; the demo never calls or texts anybody.
_PHONE_PREFIXES = ("162", "165", "167", "170", "171", "172")


def chinese_name(random: Random) -> tuple[str, str, str]:
    """Return full name, surname and gender (female, male); surnames follow their real frequency."""
    surname = random.choices(_SURNAMES, _SURNAME_WEIGHTS)[0]
    gender = random.choice(("female", "male"))
    given = random.choice(_WORDS["given_female"].split() if gender == "female" else _WORDS["given_male"].split())
    return surname + given, surname, gender


def foreign_name(random: Random) -> tuple[str, str, str]:
    """Return full name, surname and gender of somebody who writes English; one in four has a Chinese surname."""
    gender = random.choice(("female", "male"))
    given = random.choice(_WORDS["foreign_female"].split() if gender == "female" else _WORDS["foreign_male"].split())
    pool = (
        ("Chen", "Wang", "Lim", "Tan", "Wong", "Lee", "Liu", "Zhang")
        if random.random() < 0.25
        else _WORDS["foreign_surnames"].split()
    )
    surname = random.choice(pool)
    return f"{given} {surname}", surname, gender


def phone_number(number: int) -> str:
    """Return the telephone number of the customer with this running number (0..59 999), all different."""
    prefix = _PHONE_PREFIXES[number % len(_PHONE_PREFIXES)]
    # 7919 has no factor in common with 10 000: the last digits look random and never repeat within a prefix.
    return f"+86{prefix}0000{(number // len(_PHONE_PREFIXES) * 7919 + 1234) % 10_000:04d}"


def down_to(place: Place, district: str) -> str:
    """Return province, city and district; a municipality is named once."""
    city = "" if place.province.startswith(place.city) else f"{place.city}市"
    return f"{place.province}{city}{district}"


def street_address(random: Random, place: Place, district: str) -> str:
    """Return an address down to the door, the way people give it to a courier."""
    street = f"{random.choice(_WORDS['streets'].split())}{random.randint(1, 680)}号"
    estate = random.choice(_WORDS["estates"].split())
    building, unit, room = (
        random.randint(1, 38),
        random.randint(1, 4),
        random.randint(1, 26) * 100 + random.randint(1, 4),
    )
    doors = (f"{building}幢{unit}单元{room}室", f"{building}栋{room}", f"{building}号楼{unit}门{room}")
    return f"{down_to(place, district)}{street}{estate}{random.choice(doors)}"
