"""Every text has its Chinese, and the check really finds what is wrong."""

import importlib.util
import os
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[4] / "tools" / "translations.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    if not TOOL.exists():
        pytest.skip(f"{TOOL} is not here: it belongs to the source checkout, not to the installed package.")
    specification = importlib.util.spec_from_file_location("translations_tool", TOOL)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one folder, `cases`, whose two texts are translated and compiled."""
    cases = tmp_path / "cases"
    (cases / "templates" / "cases").mkdir(parents=True)
    (cases / "apps.py").write_text("")
    (cases / "rules.py").write_text(
        'from django.utils.translation import gettext as _\nsentence = _("Wait %(minutes)s minutes.")\n'
    )
    (cases / "templates" / "cases" / "case.html").write_text(
        '{% load i18n %}\n   <p>{% translate "Kept" context "promise" %}</p>\n'
    )
    return tmp_path


def po(house: Path) -> Path:
    return house / "cases" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def translate(house: Path, tool: ModuleType, *, waiting: str = "请等待 %(minutes)s 分钟。") -> None:
    tool.extract_all(house)
    text = po(house).read_text()
    text = text.replace('minutes."\nmsgstr ""', f'minutes."\nmsgstr "{waiting}"')
    po(house).write_text(text.replace('"Kept"\nmsgstr ""', '"Kept"\nmsgstr "已兑现"'))
    tool.compile_all(house)


def test_every_text_of_the_house_is_translated(tool: ModuleType) -> None:
    assert tool.problems() == []


def test_texts_of_code_and_templates_are_found(tool: ModuleType, house: Path) -> None:
    (cases,) = tool.folders(house)

    assert set(cases.texts) == {(None, "Wait %(minutes)s minutes."), ("promise", "Kept")}


def test_translated_and_compiled_house_has_no_problem(tool: ModuleType, house: Path) -> None:
    translate(house, tool)

    assert tool.problems(house) == []


def test_running_it_again_changes_nothing(tool: ModuleType, house: Path) -> None:
    translate(house, tool)

    assert tool.extract_all(house) == []
    assert tool.compile_all(house) == []


def test_compiled_file_is_read_by_gettext(tool: ModuleType, house: Path) -> None:
    translate(house, tool)

    with po(house).with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)

    assert compiled.gettext("Wait %(minutes)s minutes.") == "请等待 %(minutes)s 分钟。"
    assert compiled.pgettext("promise", "Kept") == "已兑现"


def test_text_that_is_gone_leaves_the_file_and_others_keep_their_translation(tool: ModuleType, house: Path) -> None:
    translate(house, tool)
    (house / "cases" / "rules.py").write_text("")

    tool.extract_all(house)

    assert "Wait" not in po(house).read_text()
    assert "已兑现" in po(house).read_text()


def test_both_forms_of_a_plural_are_one_entry(tool: ModuleType, house: Path) -> None:
    (house / "cases" / "rules.py").write_text('x = ngettext("%(count)s case", "%(count)s cases", n)\n')

    tool.extract_all(house)

    assert 'msgid "%(count)s case"\nmsgid_plural "%(count)s cases"\nmsgstr[0] ""' in po(house).read_text()


def test_check_finds_a_text_without_translation(tool: ModuleType, house: Path) -> None:
    tool.extract_all(house)
    tool.compile_all(house)

    assert tool.problems(house) == [
        "cases: not translated: 'Kept'",
        "cases: not translated: 'Wait %(minutes)s minutes.'",
    ]


def test_check_finds_a_new_text(tool: ModuleType, house: Path) -> None:
    translate(house, tool)
    with (house / "cases" / "rules.py").open("a") as code:
        code.write('other = _("Broken")\n')

    assert tool.problems(house) == ["cases: not in the .po, run extract: 'Broken'"]


def test_check_finds_a_lost_placeholder(tool: ModuleType, house: Path) -> None:
    translate(house, tool, waiting="请等待。")

    assert tool.problems(house) == ["cases: placeholders differ in '请等待。': 'Wait %(minutes)s minutes.'"]


def test_check_finds_a_stale_compiled_file(tool: ModuleType, house: Path) -> None:
    translate(house, tool)
    po(house).write_text(po(house).read_text().replace("已兑现", "兑现了"))

    assert tool.problems(house) == ["cases: the .mo is not the .po compiled, run compile"]


def test_check_finds_two_translations_of_one_text(tool: ModuleType, house: Path) -> None:
    translate(house, tool)
    tasks = house / "tasks"
    tasks.mkdir()
    (tasks / "apps.py").write_text("")
    (tasks / "rules.py").write_text('kept = pgettext("promise", "Kept")\n')
    tool.extract_all(house)
    file = tasks / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    file.write_text(file.read_text().replace('"Kept"\nmsgstr ""', '"Kept"\nmsgstr "守住了"'))
    tool.compile_all(house)

    assert tool.problems(house) == ["tasks: translated differently than in cases: 'Kept'"]


def test_unknown_command_is_refused_with_the_help() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.run([sys.executable, TOOL, "translate"], capture_output=True, text=True, env=environment)  # noqa: PLW1510

    assert answer.returncode == 2
    assert "extract" in answer.stdout
