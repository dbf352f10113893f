"""The families of customer needs, read from `scenarios/*.toml`, and the phrases everybody uses."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from yinuo.demo.company.organisation import TEAM_BY_CODE
from yinuo.demo.company.values import Scenario

_ANY_AGE = (0, 1095)


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all scenario families, in the order of file and place in the file."""
    folder = files(__package__).joinpath("scenarios")
    sheets = sorted((sheet for sheet in folder.iterdir() if sheet.name.endswith(".toml")), key=lambda sheet: sheet.name)
    return tuple(
        _scenario(code, group=sheet.name.removesuffix(".toml"), entry=entry)
        for sheet in sheets
        for code, entry in tomllib.loads(sheet.read_text(encoding="utf-8")).items()
    )


@cache
def phrases() -> dict[str, Any]:
    """Return the shared phrases: language -> kind -> voice or use -> templates."""
    return tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))


def _scenario(code: str, *, group: str, entry: dict[str, Any]) -> Scenario:
    lowest, highest = entry.get("age", _ANY_AGE)
    return Scenario(
        code=code,
        group=group,
        name_zh=entry["zh"],
        name_en=entry["en"],
        case_class=entry["class"],
        team=entry["team"],
        department=TEAM_BY_CODE[entry["team"]].department,
        lines=tuple(entry["lines"]),
        models=tuple(entry.get("models", ())),
        weight=entry["weight"],
        season=entry["season"],
        flow=entry["flow"],
        want_zh=entry["want"],
        want_en=entry["want_en"],
        needs_order=entry.get("order", True),
        order_age_days=(lowest, highest),
        business_only=entry.get("business", False),
        photo_share=entry["photo"],
        mood=entry.get("mood", "neutral"),
        outcomes=entry["outcomes"],
        texts={
            language: {kind: tuple(templates) for kind, templates in kinds.items()}
            for language, kinds in entry["texts"].items()
        },
    )
