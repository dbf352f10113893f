# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""The course of one case: who says what and when, from the first word to the end.

A course follows the company's own standards, except for about one in twenty that breaks one promise on purpose.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from yinuo.demo.company.course import Course
from yinuo.demo.company.duty import owner_for
from yinuo.demo.company.hours import after_open_time
from yinuo.demo.company.slots import case_slots, product_for, staff_slots
from yinuo.demo.company.standards import standard_for
from yinuo.demo.company.values import COMPANY_ZONE, Company, Customer, Order, Plan, Scenario
from yinuo.demo.company.wording import fill

CHANNEL_SHARES = {"mail": 55, "form": 20, "phone": 15, "counter": 10}
SLOW_SHARE = 0.055
LONG_WAIT_SHARE = 0.1


def conversation_plan(
    random: Random,
    scenario: Scenario,
    customer: Customer,
    order: Order | None,
    opened_at: datetime,
    *,
    company: Company | None = None,
) -> Plan:
    """Return the whole course of one case opened at `opened_at` (aware): all turns, ascending in time (UTC).

    The plan goes on to its natural end, be it after today: `until` cuts it. Raises KeyError when the scenario
    has no texts in the customer's language.
    """
    product, serial = product_for(random, scenario, order)
    slots = case_slots(
        random, customer=customer, order=order, product=product, serial=serial, opened_at=opened_at, company=company
    )
    channel = _channel(random, scenario)
    standard = standard_for(case_class=scenario.case_class, tier=customer.tier)
    slow = _slow(random, scenario)
    first_at = _first_answer_at(
        random, opened_at, standard.first_response, standard.calendar, late=slow == "first_response"
    )
    owner = owner_for(random, scenario=scenario, customer=customer, at=first_at)
    course = Course(
        random=random,
        scenario=scenario,
        customer=customer,
        channel=channel,
        owner=owner,
        standard=standard,
        slots={**slots, **staff_slots(owner, customer)},
        now=opened_at,
        slow=slow,
    )
    course.opens()
    if scenario.flow == "none":
        course.waits(timedelta(minutes=random.randint(2, 90)))
        course.notes()
        course.closes("spam")
    else:
        _run(course, first_at)
    subject = fill(random, random.choice(scenario.texts[customer.language]["subject"]), course.slots)
    return Plan(
        scenario=scenario.code,
        case_class=scenario.case_class,
        language=customer.language,
        customer_number=customer.number,
        order_number=order.number if order else "",
        product_code=product.code if scenario.needs_order else "",
        serial=serial,
        channel=channel,
        opened_at=opened_at,
        department=scenario.department,
        team=scenario.team,
        owner=owner,
        subject=subject,
        slow=slow if course.broke_promise else "",
        turns=(replace(course.turns[0], subject=subject), *course.turns[1:]),
    )


def until(plan: Plan, end: datetime) -> Plan:
    """Return the plan as far as it has happened by `end`."""
    return replace(plan, turns=tuple(turn for turn in plan.turns if turn.at <= end))


def _run(course: Course, first_at: datetime) -> None:
    random, scenario = course.random, course.scenario
    outcome = random.choices(list(scenario.outcomes), list(scenario.outcomes.values()))[0]
    course.first_answer(first_at)
    if scenario.flow == "answer":
        _after_answer(course)
    elif scenario.flow == "emergency":
        _after_alarm(course)
    elif random.random() < LONG_WAIT_SHARE:
        _hangs(course)
    elif scenario.flow == "office":
        _through_the_office(course)
    else:
        _with_a_visit(course)
    if scenario.flow != "answer":
        course.solution(outcome)
    if scenario.flow == "emergency":
        course.next_morning_check()
    _end(course, outcome)


def _after_answer(course: Course) -> None:
    if course.promised_until is not None and course.has("back"):
        course.customer_writes("back")
    elif course.random.random() < 0.3 and course.scenario.mood != "happy":
        course.customer_writes("ask")
        course.answers("ask")
    if course.promised_until is not None:
        course.solution("solved")


def _after_alarm(course: Course) -> None:
    course.notes()
    if course.has("progress"):
        course.progress(within=timedelta(minutes=55))


def _through_the_office(course: Course) -> None:
    draw = course.random.random
    if draw() < 0.6:
        course.notes()
    if draw() < 0.2:
        course.customer_writes("hurry")
        course.answers("hurry")
    if draw() < 0.45:
        course.progress()
    if draw() < 0.1:
        course.customer_writes("hurry")
        course.answers("hurry")


def _with_a_visit(course: Course) -> None:
    draw = course.random.random
    if draw() < 0.35:
        kind = "photo" if course.scenario.photo_share > 0.2 and draw() < 0.6 else "serial"
        course.customer_writes(kind)
        course.answers(kind)
    if draw() < 0.55:
        course.notes()
    course.arranges_visit()
    if draw() < 0.28:
        kind = "time" if draw() < 0.4 else "confirm"
        course.customer_writes(kind)
        course.answers(kind)
    course.visit_happens()
    if course.has("progress") and draw() < 0.22:
        course.progress()
        course.notes("part_note")
        course.arranges_visit()
        course.visit_happens()


def _hangs(course: Course) -> None:
    """Waiting for a part or a partner that does not come: news every few days, for weeks."""
    for count in range(course.excuse_count):
        course.stalls(count)


def _end(course: Course, outcome: str) -> None:
    random = course.random
    if outcome == "not_reachable":
        course.waits_open(timedelta(hours=random.randint(18, 30)))
        course.closes(outcome)
        return
    if course.scenario.mood == "happy":
        thanked = random.random() < 0.25
        if thanked:
            course.customer_writes("praise_back")
    else:
        thanked = random.random() < 0.4
        if thanked:
            course.customer_writes("unhappy" if course.broke_promise and random.random() < 0.5 else "thanks")
    course.waits_open(timedelta(minutes=random.randint(10, 150)) if thanked else timedelta(hours=random.randint(6, 11)))
    course.closes(outcome, confirmed=thanked)
    if random.random() < 0.035 and course.scenario.mood != "happy":
        course.reopens()
        course.resolves_again()
        course.customer_writes("thanks")
        course.closes("solved", confirmed=True)


def _channel(random: Random, scenario: Scenario) -> str:
    shares = dict(CHANNEL_SHARES)
    if scenario.flow == "none":
        return "mail"
    if scenario.case_class == "emergency":
        shares = {"mail": 18, "form": 17, "phone": 65}
    return random.choices(list(shares), list(shares.values()))[0]


def _slow(random: Random, scenario: Scenario) -> str:
    if scenario.flow == "none" or random.random() > (0.01 if scenario.case_class == "emergency" else SLOW_SHARE):
        return ""
    return "first_response" if scenario.flow == "answer" or random.random() < 0.4 else "next_answer"


def _first_answer_at(random: Random, opened_at: datetime, within: timedelta, calendar: str, *, late: bool) -> datetime:
    share = random.uniform(1.1, 2.4) if late else random.triangular(0.04, 0.93, 0.25)
    at = after_open_time(opened_at, within * share, calendar).astimezone(COMPANY_ZONE)
    # Whole minutes on the early side, so that an answer on the last minute is still in time.
    return max(at.replace(second=0, microsecond=0), opened_at.astimezone(COMPANY_ZONE) + timedelta(seconds=50))
