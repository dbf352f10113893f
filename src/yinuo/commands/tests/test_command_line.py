"""The command line as a person types it: help, exit codes, refusals, and the launcher that makes the environment."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from yinuo.commands import COMMANDS
from yinuo.foundation.postgres.tests.people import new_folder, present_account

CHECKOUT = Path(__file__).resolve().parents[4]
EMBEDDED = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"YINUO_PG_PROFILE": "test"}


def yinuo(*words: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "yinuo", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)


def test_help_lists_every_command():
    said = yinuo("--help")

    assert said.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"\n    {command}\s", said.stdout), command


def test_help_does_not_load_django():
    source = (
        "import sys; from yinuo.__main__ import main\n"
        "try: main(['--help'])\n"
        "finally: assert 'argparse' in sys.modules and 'django' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", source], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("words", [[], ["unheard-of"], ["database"], ["database", "dsn", "unheard-of"]])
def test_wrong_use_is_told_with_code_2(words):
    assert yinuo(*words).returncode == 2


def test_a_refusal_is_one_sentence_with_code_1():
    with new_folder(present_account()) as folder:
        environment = EMBEDDED | {"YINUO_HOME": str(folder), "YINUO_PG_BIN": "/usr/share", "LC_ALL": "C"}

        said = yinuo("database", "url", env=environment)

    assert said.returncode == 1
    assert said.stderr == (
        "Yinuo: YINUO_PG_BIN names /usr/share, but there is no usable postgres in it. Let it name the folder that "
        "holds PostgreSQL's programs, or unset it to use the ones that come with Yinuo.\n"
    )


def test_the_printed_address_connects_while_the_database_is_held_open():
    with new_folder(present_account()) as folder:
        holder = subprocess.Popen(
            [sys.executable, "-m", "yinuo", "database", "start"],
            env=EMBEDDED | {"YINUO_HOME": str(folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout.readline() == "The database runs until Ctrl-C. Connect with:\n"

        with psycopg.connect(holder.stdout.readline().strip()) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("yinuo",)

        holder.send_signal(signal.SIGTERM)
        assert holder.wait(20) == 0
        holder.stdout.close()


def test_psql_gets_the_further_words():
    with new_folder(present_account()) as folder:
        said = yinuo("database", "psql", "-Atc", "SELECT 'a b'", env=EMBEDDED | {"YINUO_HOME": str(folder)})

    assert (said.returncode, said.stdout) == (0, "a b\n")


@pytest.fixture
def launcher(tmp_path):
    """A checkout with an environment that is ready, where `python` only says what it was given."""
    checkout = tmp_path / "check out"
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$(pwd)" "$@"\n')
    python.chmod(0o755)
    (checkout / "tools").mkdir()
    (checkout / "tools" / "environment.py").write_text("import sys; print('made', *sys.argv[2:])")
    for lock in ("requirements", "requirements-test"):
        (checkout / f"{lock}.lock").write_text(f"{lock}\n")
    (checkout / ".venv" / "requirements.stamp").write_text("368592464 13\n")  # the lock's cksum
    (checkout / "yinuo").write_text((CHECKOUT / "yinuo").read_text())
    (checkout / "yinuo").chmod(0o755)
    return checkout / "yinuo"


def launch(launcher: Path, *words: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run([launcher, *words], capture_output=True, text=True, check=False, **options)


def test_a_ready_environment_is_used_from_any_folder_and_through_links(launcher, tmp_path):
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "second").symlink_to("../first")
    (tmp_path / "first").symlink_to(launcher)

    said = launch(tmp_path / "links" / "second", "import", "two words", cwd="/usr")

    assert said.stdout == "/usr|-m|yinuo|import|two words|"


def test_a_changed_lock_makes_the_environment_anew(launcher):
    launcher.with_name("requirements.lock").write_text("another\n")

    assert launch(launcher, "demo").stdout.startswith("made requirements ")


def test_the_tests_bring_what_they_need(launcher):
    assert launch(launcher, "test").stdout.startswith("made requirements-test ")


def test_a_python_that_is_too_old_or_none_is_refused_in_words(launcher):
    launcher.with_name("requirements.lock").write_text("another\n")

    said = launch(launcher, "demo", env={"PATH": os.environ["PATH"], "YINUO_PYTHON": "/bin/false"})

    assert said.returncode == 1
    assert (
        said.stderr
        == "Yinuo: YINUO_PYTHON names /bin/false, which is no Python >= 3.11. Let it name one, or unset it.\n"
    )


def test_without_any_python_it_says_how_to_get_one(launcher, tmp_path):
    launcher.with_name("requirements.lock").write_text("another\n")
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in ("sh", "readlink", "dirname", "cat", "cksum"):
        (programs / program).symlink_to(
            f"/bin/{program}" if Path(f"/bin/{program}").exists() else f"/usr/bin/{program}"
        )

    said = launch(launcher, "demo", env={"PATH": str(programs)})

    assert said.returncode == 1
    assert said.stderr.startswith("Yinuo: needs Python 3.11 or newer, but found none. Install one")
