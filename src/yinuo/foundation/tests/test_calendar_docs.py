"""docs/rules/business-calendar.md says what the code does."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from yinuo.foundation.calendars import BusinessCalendar, china_public_calendar, due_at, refusals
from yinuo.foundation.refusals import Refusal

DOCS = Path(__file__).resolve().parents[4] / "docs" / "rules"
ENGLISH, CHINESE = "business-calendar.md", "business-calendar.zh.md"
ROW = re.compile(r"^\| (\d{4}-\d\d-\d\d \d\d:\d\d) \| (\d+) \| (\d{4}-\d\d-\d\d \d\d:\d\d) \|", re.MULTILINE)


def page(name: str) -> str:
    if not (DOCS / name).exists():
        pytest.skip("the documentation is not beside the installed package")
    return (DOCS / name).read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", page(ENGLISH), re.DOTALL)[1]


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_every_row_of_the_worked_example_is_what_is_computed(name):
    shanghai, office = ZoneInfo("Asia/Shanghai"), china_public_calendar()
    rows = ROW.findall(page(name))

    computed = []
    for start, hours, _due in rows:
        at = datetime.fromisoformat(start).replace(tzinfo=shanghai)
        due = due_at(start=at, within=timedelta(hours=int(hours)), calendar=office)
        computed.append((start, hours, f"{due.astimezone(shanghai):%Y-%m-%d %H:%M}"))

    assert len(rows) == 8
    assert computed == rows


def test_both_languages_show_the_same_example():
    assert ROW.findall(page(ENGLISH)) == ROW.findall(page(CHINESE))


def test_the_code_of_the_page_runs():
    exec(compile(block("python"), ENGLISH, "exec"), {})


def test_the_stored_form_of_the_page_is_read_and_written_unchanged():
    shown = json.loads(block("json"))

    assert BusinessCalendar.from_json(shown).to_json() == shown


def test_every_refusal_of_the_calendars_is_on_the_page():
    codes = {kind.code for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Refusal)}

    assert set(re.findall(r"^\| `(foundation\.\w+)`", page(ENGLISH), re.MULTILINE)) == codes - {"refused"}
