"""Who of the company would own a case: team, language, shift and level decide, chance breaks ties."""

from datetime import datetime
from random import Random

from yinuo.demo.company.organisation import STAFF
from yinuo.demo.company.standards import SHIFTS
from yinuo.demo.company.values import COMPANY_ZONE, Customer, Scenario, Staff

_SHIFTS = {shift.code: shift for shift in SHIFTS}


def on_duty(person: Staff, at: datetime) -> bool:
    """Whether the person's shift covers the instant (aware), in company time."""
    shift = _SHIFTS[person.shift]
    local = at.astimezone(COMPANY_ZONE)
    if local.weekday() not in shift.weekdays:
        return False
    clock = local.time()
    if shift.starts < shift.ends:
        return shift.starts <= clock < shift.ends
    return clock >= shift.starts or clock < shift.ends


def owner_for(random: Random, *, scenario: Scenario, customer: Customer, at: datetime) -> str:
    """Return the login of the person who answers first and owns the case.

    English goes to the English desk, platinum customers to the VIP desk, the rest to the scenario's team; when
    nobody of that team is on duty, the front line answers, at night the night shift.
    """
    for team in _teams(scenario, customer):
        able = [
            person
            for person in STAFF
            if person.team == team and person.role in {"agent", "team_leader"} and customer.language in person.languages
        ]
        present = [person for person in able if on_duty(person, at)]
        if present:
            # Team leaders carry few cases themselves.
            return random.choices(present, [2 if person.role == "team_leader" else 10 for person in present])[0].login
    return "weijie"


def _teams(scenario: Scenario, customer: Customer) -> tuple[str, ...]:
    front = ("english",) if customer.language == "en" else ("mail", "hotline")
    if scenario.case_class == "emergency":
        return ("safety", *front)
    if scenario.code == "spam":
        return ("mail",)
    if customer.language == "en":
        return ("english", "vip")
    if customer.tier == "platinum":
        return ("vip", "mail")
    return (scenario.team, *front)
