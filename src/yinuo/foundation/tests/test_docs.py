"""What docs/ lists is what the code declares: facts, refusals, commands, settings, measures, dependencies."""

import importlib.metadata
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from prometheus_client import REGISTRY

from yinuo.cases import rules
from yinuo.foundation.facts import known_facts
from yinuo.foundation.tests.test_calendar_docs import DOCS as RULES
from yinuo.intake.mail.reading import automatic

DOCS = RULES.parent
ROOT = DOCS.parent
REGENERATE = "The code and this page differ. Run `python tools/catalogue.py write` and commit the page."
SETTING = re.compile(r"\b(?:YINUO_[A-Z][A-Z_]*|DATABASE_URL)\b")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def catalogue() -> ModuleType:
    path = ROOT / "tools" / "catalogue.py"
    if not path.exists():
        pytest.skip(f"{path} is not here: it belongs to the source checkout, not to the installed package.")
    specification = importlib.util.spec_from_file_location("catalogue_tool", path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    module.import_everything()
    return module


def page(name: str) -> str:
    if not DOCS.exists():
        pytest.skip("the documentation is not beside the installed package")
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def differing(shown: str, computed: str) -> set[str]:
    return set(shown.splitlines()) ^ set(computed.splitlines())


def test_every_fact_has_its_row(catalogue):
    declared = [fact.fact_type for fact in known_facts() if ".tests" not in fact.__module__]

    assert first_cells(page("facts.md")) == declared, REGENERATE
    assert differing(page("facts.md"), catalogue.facts_page()) == set(), REGENERATE


def test_every_fact_says_when_it_happens(catalogue):
    assert [fact.fact_type for fact in catalogue.facts() if not vars(fact).get("__doc__")] == []


def test_every_refusal_has_its_row(catalogue):
    assert differing(page("refusals.md"), catalogue.refusals_page()) == set(), REGENERATE


def test_no_two_refusals_share_a_code(catalogue):
    codes = [refusal.code for refusal in catalogue.refusals()]

    assert sorted(codes) == sorted(set(codes))


def test_every_command_has_its_section(catalogue):
    assert differing(page("commands.md"), catalogue.commands_page()) == set(), REGENERATE


def test_every_setting_that_the_code_reads_has_its_row(catalogue):
    read = set()
    for path in [*ROOT.glob("src/**/*.py"), *ROOT.glob("tools/*.py"), *ROOT.glob("bench/*.py"), ROOT / "yinuo"]:
        if path != Path(__file__):
            read |= set(SETTING.findall(path.read_text(encoding="utf-8")))

    assert set(first_cells(page("settings.md"))) - measures(catalogue) == read


def test_every_measure_has_its_row(catalogue):
    rows = {name for name in first_cells(page("settings.md")) if name.startswith("yinuo_")}

    assert rows == measures(catalogue)


def measures(_catalogue: ModuleType) -> set[str]:
    return {metric.name for metric in REGISTRY.collect() if metric.name.startswith("yinuo_")}


def test_every_dependency_has_its_row_with_a_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.match(r"[\w.-]+", one)[0] for one in wanted}
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", page("dependencies.md"), re.MULTILINE)
    packages = {name: (licence.strip(), reason.strip()) for name, licence, reason in rows if "/" not in name}

    assert set(packages) == names
    assert [name for name, (licence, reason) in packages.items() if not licence or len(reason) < 15] == []
    for name in names:
        importlib.metadata.metadata(name)  # a name that is no installed package is a slip of the pen


def test_every_vendored_file_has_its_row():
    vendor = ROOT / "src" / "yinuo" / "web" / "static" / "vendor"
    files = {path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file()} - {"LICENSES.md"}

    assert {name for name in first_cells(page("dependencies.md")) if "/" in name} == files


def test_every_link_leads_somewhere():
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "src").rglob("README.md")]
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in pages
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]

    assert broken == []


def test_every_chinese_page_has_its_english_one_and_they_name_each_other():
    for chinese in DOCS.rglob("*.zh.md"):
        english = chinese.with_name(chinese.name.replace(".zh.md", ".md"))

        assert english.exists()
        assert chinese.name in english.read_text(encoding="utf-8"), english.name
        assert english.name in chinese.read_text(encoding="utf-8"), chinese.name


@pytest.mark.parametrize("name", ["promises.md", "promises.zh.md"])
def test_the_page_of_promises_tells_the_reopening_window(name):
    assert f"**{rules.REOPEN_WINDOW.days}**" in page(f"rules/{name}")


def test_the_page_of_automatic_mail_tells_the_counts():
    told = re.findall(r"^\| (\d+) \| (\d+) minutes \|", page("rules/automatic-mail.md"), re.MULTILINE)
    limits = [(most, window.total_seconds() / 60) for most, window in automatic.LOOP_LIMITS]

    assert [(int(most), float(minutes)) for most, minutes in told] == limits


def test_folder_readmes_are_short():
    long = [path for path in (ROOT / "src").rglob("README.md") if len(path.read_text().splitlines()) > 60]

    assert long == []


def test_no_file_holds_the_marks_of_a_merge_that_was_not_finished() -> None:
    if not DOCS.exists():
        pytest.skip("the checkout's folders are not here")
    texts = (path for top in ("src", "docs", "bench", "tools") for path in (ROOT / top).rglob("*"))
    kinds = {".py", ".html", ".css", ".js", ".md", ".po", ".toml"}

    marks = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert [path for path in texts if path.suffix in kinds and marks.search(path.read_text(encoding="utf-8"))] == []
