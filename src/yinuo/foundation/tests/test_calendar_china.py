"""China's published holidays, day by day against two independent sources."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from yinuo.foundation.calendars import (
    DayHours,
    DayKind,
    china_public_calendar,
    open_time_between,
    published_until,
    unpublished_years,
)
from yinuo.foundation.tests.data import data_folder

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_all_2922_days_from_2019_to_2026_are_open_or_closed_as_the_record_says():
    calendar = china_public_calendar()
    path = data_folder("cn_holidays") / "dev" / "days_2019_2026.csv"
    with path.open(encoding="utf-8", newline="") as file:
        record = {date.fromisoformat(row["date"]): row for row in csv.DictReader(file)}

    wrong = []
    for on, row in record.items():
        midnight = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
        opened = open_time_between(midnight, midnight + timedelta(days=1), calendar)
        expected = timedelta(hours=8) if row["is_workday"] == "True" else timedelta()
        is_make_up_day = calendar.day(on).kind is DayKind.MAKE_UP_DAY
        if opened != expected or is_make_up_day != (row["make_up_workday"] == "True"):
            wrong.append(on)

    assert len(record) == 2922
    assert wrong == []


def test_the_shipped_days_are_those_of_the_source_with_its_licence():
    folder = data_folder("cn_holidays") / "dev" / "holiday-cn"
    shipped = json.loads(files("yinuo.foundation.calendars").joinpath("china.json").read_text(encoding="utf-8"))

    for year, notice in shipped["years"].items():
        source = json.loads((folder / f"{year}.json").read_text(encoding="utf-8"))
        days = [[day["date"], "off" if day["isOffDay"] else "work", day["name"]] for day in source["days"]]
        assert notice == {"notices": source["papers"], "days": sorted(days)}
    assert list(shipped["years"]) == ["2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"]
    assert shipped["licence"].startswith("MIT License\n\nCopyright (c) 2019 NateScarlet")


def test_2026_has_33_days_off_and_six_make_up_days():
    days = [day for day in china_public_calendar().listed_days() if day.on.year == 2026]

    assert [day.on.isoformat() for day in days if day.kind is DayKind.MAKE_UP_DAY] == [
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
    assert len([day for day in days if day.kind is DayKind.HOLIDAY]) == 33


def test_years_that_are_not_published_are_named_and_never_guessed():
    calendar = china_public_calendar()

    assert published_until() == date(2026, 12, 31)
    assert unpublished_years(date(2026, 11, 22), date(2028, 1, 5)) == (2027, 2028)
    assert unpublished_years(date(2019, 1, 1), date(2026, 12, 31)) == ()
    assert unpublished_years(date(2018, 6, 1), date(2019, 1, 1)) == (2018,)
    assert calendar.unpublished_years(date(2026, 11, 22), date(2027, 2, 1)) == (2027,)
    assert calendar.day(date(2027, 10, 1)).kind is DayKind.WEEKLY  # surely a holiday, but nobody has published it


def test_make_up_days_take_the_hours_the_office_works():
    calendar = china_public_calendar(DayHours.parse(["08:30-12:00", "13:30-17:30"]))

    opened = open_time_between(
        datetime(2026, 2, 13, 16, tzinfo=UTC), datetime(2026, 2, 14, 16, tzinfo=UTC), calendar
    )  # Saturday 14 February in Shanghai

    assert opened == timedelta(hours=7, minutes=30)
