"""Who and what the invented company consists of."""

import json
import re
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random

import phonenumbers
import pytest

from yinuo.demo.company.arrivals import arrival_times, season
from yinuo.demo.company.duty import on_duty
from yinuo.demo.company.hours import after_open_time, next_open
from yinuo.demo.company.organisation import DEPARTMENTS, REGIONS, STAFF, STAFF_BY_LOGIN, TEAMS
from yinuo.demo.company.products import LINES, PRODUCTS, check_letter, is_serial_number
from yinuo.demo.company.scenario_book import phrases, scenarios
from yinuo.demo.company.standards import CALENDARS, STANDARDS, standard_for
from yinuo.demo.company.world import build_world

# Makers and shops that exist. The invented company must never speak of them.
REAL_BRANDS = re.compile(
    "海尔|美的|格力|小米|华为|西门子|松下|苏泊尔|九阳|戴森|科沃斯|方太|老板电器|奥克斯|志高|海信|TCL|长虹|康佳|淘宝|天猫|京东|拼多多|抖音|"
    "Haier|Midea|Gree|Xiaomi|Siemens|Bosch|Panasonic|Dyson|Tmall|Taobao|Amazon"
)


def fingerprint(value: object) -> str:
    return sha256(json.dumps(value, default=str, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    first, again, other = (build_world(seed, date(2026, 11, 22), customer_count=60) for seed in (7, 7, 8))

    assert fingerprint(asdict(first)) == fingerprint(asdict(again))
    assert fingerprint(asdict(first)) != fingerprint(asdict(other))


def test_the_company_has_six_departments_four_regions_and_forty_people():
    assert len(DEPARTMENTS) == 6
    assert [region.name_zh for region in REGIONS] == ["华东", "华北", "华南", "西南"]
    assert len(STAFF) == 40
    assert len(STAFF_BY_LOGIN) == 40


def test_the_shared_cast_works_here():
    assert {login: STAFF_BY_LOGIN[login].role for login in ("chen", "zhou", "zhao", "admin", "analyst", "grace")} == {
        "chen": "agent",
        "zhou": "team_leader",
        "zhao": "quality_manager",
        "admin": "administrator",
        "analyst": "analyst",
        "grace": "agent",
    }
    assert STAFF_BY_LOGIN["grace"].team == "english"


def test_every_team_belongs_to_a_department_and_keeps_a_known_calendar():
    departments = {department.code for department in DEPARTMENTS}

    assert {team.department for team in TEAMS} == departments
    assert {team.calendar for team in TEAMS} <= set(CALENDARS)
    assert {person.team for person in STAFF} == {team.code for team in TEAMS}
    assert all(1 <= level <= 5 for person in STAFF for level in person.skills.values())


def test_forty_models_stand_in_eight_lines():
    assert len(PRODUCTS) == 40
    assert Counter(product.line for product in PRODUCTS) == dict.fromkeys(LINES, 5)


def test_a_serial_number_with_one_wrong_digit_is_no_serial_number():
    # 2·1+5·2+0·3+9·4+3·5+0·6+4·7+1·8+2·9+7·10+8·11 = 275; 275 mod 23 = 22, the last letter.
    assert check_letter("25093041278") == "Z"
    assert is_serial_number("HNF25093041278Z")
    assert not is_serial_number("HNF25093041279Z")


def test_every_customer_has_own_addresses_under_example_and_a_wellformed_number(world):
    mails = [customer.mail for customer in world.customers]
    phones = [customer.phone for customer in world.customers]

    assert len(set(mails)) == len(set(phones)) == 1500
    assert all(mail.isascii() and mail.endswith(".example") for mail in mails)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in phones)
    assert all(phone[6:10] == "0000" for phone in phones)


def test_wang_is_a_platinum_customer_and_li_an_ordinary_one(world):
    wang, li = world.customers[:2]

    assert (wang.surname, wang.gender, wang.tier) == ("王", "female", "platinum")
    assert (li.surname, li.gender, li.tier) == ("李", "male", "standard")


def test_shares_of_language_tier_and_surname_are_near_real_ones(world):
    count = len(world.customers)
    languages = Counter(customer.language for customer in world.customers)
    tiers = Counter(customer.tier for customer in world.customers)
    chinese = [customer.surname for customer in world.customers if customer.language == "zh"]

    assert 0.09 < languages["en"] / count < 0.15
    assert 0.66 < tiers["standard"] / count < 0.78
    assert tiers["silver"] > tiers["gold"] > tiers["platinum"] > 0
    assert {name for name, _count in Counter(chinese).most_common(3)} <= {"王", "李", "张", "刘", "陈"}


def test_some_customers_share_a_household_and_some_buy_for_a_company(world):
    households = Counter(customer.household for customer in world.customers if customer.household)
    buyers = [customer for customer in world.customers if customer.company_number]

    assert sum(size > 1 for size in households.values()) > 100
    assert len(buyers) > 30
    assert {buyer.company_number for buyer in buyers} <= set(world.company_by_number)


def test_every_customer_has_an_order_and_the_festival_sells_most(world):
    per_day = Counter(order.ordered_on for order in world.orders)

    assert {order.customer_number for order in world.orders} == {customer.number for customer in world.customers}
    assert per_day.most_common(1)[0][0] == date(2026, 11, 11)
    assert all(is_serial_number(serial) for order in world.orders for line in order.lines for serial in line.serials)
    assert len({order.number for order in world.orders}) == len(world.orders)


def test_nothing_the_company_says_names_a_real_brand_or_an_empty_assurance():
    texts = json.dumps([asdict(scenario) for scenario in scenarios()] + [phrases()], ensure_ascii=False)

    assert REAL_BRANDS.findall(texts) == []
    assert "尽快" not in texts
    assert re.findall(r"[\w.]+@[\w.]+\.(?:com|cn|net|org)\b", texts) == []


def test_there_are_many_families_of_needs_and_each_can_be_spoken():
    assert len(scenarios()) >= 45
    assert len({scenario.code for scenario in scenarios()}) == len(scenarios())
    assert sum("en" in scenario.languages for scenario in scenarios()) >= 20
    for scenario in scenarios():
        assert sum(scenario.outcomes.values()) == 100, scenario.code
        for language, kinds in scenario.texts.items():
            assert kinds.get("opening") or kinds.get("symptom"), (scenario.code, language)
            assert scenario.flow == "none" or (kinds["first"] and kinds["solution"]), (scenario.code, language)


@pytest.mark.parametrize(
    ("start", "hours", "calendar", "end"),
    [
        ("2026-11-20 17:00", 4, "service", "2026-11-21 09:00"),  # 3 h until 20:00, one more from 8:00
        ("2026-11-20 17:00", 4, "always", "2026-11-20 21:00"),
        ("2026-11-20 11:00", 2, "office", "2026-11-20 14:30"),  # noon to 13:30 is closed
        ("2026-11-20 17:00", 2, "office", "2026-11-23 10:00"),  # Friday evening to Monday morning
        ("2026-11-21 03:00", 1, "service", "2026-11-21 09:00"),
    ],
)
def test_open_time_skips_what_is_closed(start, hours, calendar, end):
    zone = "+08:00"
    reached = after_open_time(datetime.fromisoformat(start + zone), timedelta(hours=hours), calendar)

    assert reached == datetime.fromisoformat(end + zone)


def test_a_closed_office_opens_on_monday():
    assert next_open(datetime.fromisoformat("2026-11-21 10:00+08:00"), "office") == datetime.fromisoformat(
        "2026-11-23 09:00+08:00"
    )


def test_better_tiers_wait_less_and_emergencies_never_wait_for_opening():
    assert len(STANDARDS) == 12
    assert standard_for(case_class="important", tier="standard").first_response.total_seconds() == 7200
    assert standard_for(case_class="important", tier="platinum").first_response.total_seconds() == 3600
    assert {standard.calendar for standard in STANDARDS if standard.case_class == "emergency"} == {"always"}


def test_the_night_shift_covers_midnight_and_not_noon():
    weijie = STAFF_BY_LOGIN["weijie"]

    assert on_duty(weijie, datetime.fromisoformat("2026-11-21 02:00+08:00"))
    assert on_duty(weijie, datetime.fromisoformat("2026-11-21 23:00+08:00"))
    assert not on_duty(weijie, datetime.fromisoformat("2026-11-21 12:00+08:00"))


def test_customers_write_by_day_and_most_after_the_festival():
    times = arrival_times(Random(3), date(2026, 9, 24), date(2026, 11, 22), 6000)
    hours = Counter((at.hour + 8) % 24 for at in times)
    days = Counter(at.date() for at in times)

    assert len(times) == 6000
    assert times == sorted(times)
    assert times[0] >= datetime(2026, 9, 23, 16, tzinfo=UTC)
    assert times[-1] < datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert hours[10] > 5 * hours[3]
    assert days.most_common(1)[0][0] in {date(2026, 11, day) for day in (11, 12, 13, 16)}


def test_seasons_rise_when_they_should():
    assert season("cold", date(2026, 11, 18)) > 2 * season("cold", date(2026, 10, 1))
    assert season("double11", date(2026, 11, 11)) > 3 * season("double11", date(2026, 11, 1))
    assert season("warm", date(2026, 7, 20)) > season("warm", date(2026, 11, 20))
