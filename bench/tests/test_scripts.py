"""Each measurement runs from beginning to end, tiny. How fast it was is nobody's business here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1]
FIXTURES = BENCH.parent / "src/yinuo/intake/mail/reading/tests/fixtures"
WORDS = {"mail_reading": [str(FIXTURES)]}
SAYS = {
    "api_open_case": "of the action",
    "calendars": "deadlines a second",
    "desk": "tracking page",
    "fill": "cases_message",
    "heart": "tables read whole",
    "import_customers": "COPY of the same rows",
    "live": "never arrived                        0",
    "long_queue": "view=closed",
    "mail_reading": "read_and_judge",
    "quote": "told the customer",
    "text": "resident memory",
    "spine": "a due promise is acted on after",
}
pytestmark = pytest.mark.timeout(280)


def test_every_script_is_run_here():
    assert sorted(SAYS) == sorted(path.stem for path in BENCH.glob("*.py") if not path.name.startswith("_"))


@pytest.mark.parametrize("name", sorted(SAYS))
def test_script_runs_from_beginning_to_end(name, tmp_path):
    paths = os.pathsep.join([str(BENCH.parent / "src"), os.environ.get("PYTHONPATH", "")])
    (tmp_path / "home").mkdir(mode=0o711)
    environment = os.environ | {"PYTHONPATH": paths, "YINUO_HOME": str(tmp_path / "home"), "YINUO_PG_PROFILE": "test"}
    command = [sys.executable, str(BENCH / f"{name}.py"), "--quick", *WORDS.get(name, [])]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert SAYS[name] in done.stdout
