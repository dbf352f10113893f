"""How often quoted times hold, and how early they are, replayed over history in the order in which it happened.

    python bench/quote.py [--cases 8000] [--seed 7] [--quick] [--json FILE]

Each opening is quoted with what was known then: answers that had been given by that instant, quotes that had been
decided by it, the customers who waited. The first fifth of the openings only teaches. Beside the quotes stand two
baselines: the standard's own time, and the median of the answers so far. Prints for each: the share that held (the
goal of a quote is 0.80), the median and mean length in open hours, and the pinball loss at 0.80 in open hours (a proper
score: it punishes a time that is missed four times as much as one that is too long). No database is needed.

Histories: the demo company's, and public messages to local governments with their times of answer (`gov_zh_messages`,
read from YINUO_DATA or ../shared/data; left out, with that reason, where it is not).
"""

import argparse
import csv
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import _machine

from yinuo.cases.rules import quoting
from yinuo.cases.rules.replaying import Learner, Lived
from yinuo.demo.company.organisation import STAFF, TEAM_BY_CODE
from yinuo.demo.company.standards import CALENDARS, standard_for
from yinuo.demo.company.world import build_world, history
from yinuo.foundation.calendars import BusinessCalendar, always_open, due_at, open_time_between

ZONE = ZoneInfo("Asia/Shanghai")
TEACHING_SHARE = 0.2
HOUR = 3600.0
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Tally:
    """What one way of telling a time did."""

    hours: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    def add(self, told: float, happened: float) -> None:
        self.hours.append(told / HOUR)
        self.held.append(happened <= told)
        gap = (happened - told) / HOUR
        self.losses.append(quoting.GOAL * gap if gap > 0 else (quoting.GOAL - 1) * gap)

    def row(self) -> dict[str, float]:
        return {
            "n": len(self.held),
            "held": sum(self.held) / len(self.held),
            "median h": statistics.median(self.hours),
            "mean h": statistics.fmean(self.hours),
            "pinball h": statistics.fmean(self.losses),
        }


def replay(events: list[Lived]) -> tuple[dict[str, Tally], dict[str, int]]:
    """Quote every opening with what was known by then; return the tallies and how often the promise was told."""
    learner, tallies, reasons = Learner(), defaultdict(Tally), defaultdict(int)
    for number, event in enumerate(sorted(events, key=lambda one: one.opened_at)):
        quote, _load = learner.quote(event)
        if number >= TEACHING_SHARE * len(events) and event.answered_at:
            reasons[quote.reason or "quoted"] += 1
            _tally(tallies, event, quote, learner.past)
    return tallies, reasons


def _tally(tallies: dict[str, Tally], event: Lived, quote: quoting.QuoteDraft, past: list[float]) -> None:
    def open_seconds(until: datetime) -> float:
        return open_time_between(event.opened_at, until, event.calendar).total_seconds()

    seconds, promised = open_seconds(event.answered_at), open_seconds(event.promised_by)
    tallies["the standard's time"].add(promised, seconds)
    if past:
        tallies["median of the past"].add(past[len(past) // 2], seconds)
    tallies["told the customer"].add(open_seconds(quote.answer_by), seconds)
    if quote.estimated_by:
        tallies["estimated, promise set aside"].add(open_seconds(quote.estimated_by), seconds)
    if not quote.falls_back:
        tallies["told, sooner than promised"].add(open_seconds(quote.answer_by), seconds)
        tallies["  the standard's time for these"].add(promised, seconds)


def demo_events(cases: int, seed: int) -> list[Lived]:
    """Return the demo company's history as it happened to the end."""
    world = build_world(seed, date(2026, 11, 20), customer_count=max(200, cases // 2))
    teams = {code: number for number, code in enumerate(TEAM_BY_CODE)}
    people: dict[str, int] = defaultdict(int)
    team_of = {one.login: one.team for one in STAFF}
    for one in STAFF:
        people[one.team] += 1
    calendars = {code: _calendar(stored) for code, stored in CALENDARS.items()}
    events = []
    for plan in history(world, start=date(2026, 9, 21), end=date(2026, 11, 20), total=cases):
        first = next((turn.at for turn in plan.turns if turn.kind == "reply"), None)
        closed = next((turn.at for turn in plan.turns if turn.kind == "close"), None)
        team = team_of[plan.owner]
        tier = world.customer_by_number[plan.customer_number].tier
        standard = standard_for(case_class=plan.case_class, tier=tier)
        opened_at = plan.turns[0].at
        calendar = calendars[standard.calendar]
        promised_by = due_at(start=opened_at, within=standard.first_response, calendar=calendar)
        ended_at = first or closed or opened_at + timedelta(days=30)
        about = teams[team], people[team], plan.case_class, plan.channel
        events.append(Lived(opened_at, first, ended_at, promised_by, *about, calendar))
    return events


def _calendar(stored: dict) -> BusinessCalendar:
    hours = {
        _WEEKDAYS[int(day)]: {"open": [f"{opens}-{closes}" for opens, closes in spans]}
        for day, spans in stored["weekly"].items()
    }
    return BusinessCalendar.from_json({"zone": stored["zone"], "weeks": [{"hours": hours}]})


def government_events(folder: Path) -> list[Lived]:
    """Return messages of citizens and when they were answered; the promise is the 15 days that the field names."""
    with (folder / "replies_2816.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(_instant(row["留言时间"]), _instant(row["答复时间"])) for row in csv.DictReader(file)]
    calendar = always_open()
    return [
        Lived(asked, answered, answered, asked + timedelta(days=15), 1, 1, "routine", "form", calendar)
        for asked, answered in rows
        if asked and answered and answered > asked
    ]


def _instant(text: str) -> datetime | None:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=ZONE).astimezone(UTC)
        except ValueError:
            continue
    return None


def histories(options: argparse.Namespace) -> Iterator[tuple[str, list[Lived]]]:
    yield f"demo company, {options.cases} cases", demo_events(options.cases, options.seed)
    folder = _machine.data_root() / "gov_zh_messages" / "dev"
    if folder.is_dir():
        yield "messages to local governments", government_events(folder)
    else:
        print(f"gov_zh_messages left out: not at {folder.parent}; point YINUO_DATA at the folder that holds it")


def main() -> None:
    """Print the tallies of each history."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=8000, help="cases of the demo company")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    parser.add_argument("--quick", action="store_true", help="few cases, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.cases = 400
    figures = {}
    for name, events in histories(options):
        tallies, reasons = replay(events)
        print(f"\n{name}: {len(events):,} openings, first {TEACHING_SHARE:.0%} only teach; {dict(reasons)}")
        print(f"{'':<34}{'n':>7}{'held':>8}{'median h':>10}{'mean h':>9}{'pinball h':>11}")
        figures[name] = {label: tally.row() for label, tally in tallies.items()}
        for label, row in figures[name].items():
            print(f"{label:<34}{row['n']:>7,}{row['held']:>8.3f}{row['median h']:>10.2f}{row['mean h']:>9.2f}"
                  f"{row['pinball h']:>11.3f}")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
