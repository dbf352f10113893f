"""The worker is killed again and again while answers wait and are sent; afterwards each is there once.

Everything is real: the embedded database and the worker, each a process of its own.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yinuo.foundation.postgres.server import Server

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]
ANSWERS = 60
KILLS = 10


class Installation:
    """A home folder with its worker; a killed one is started again, as a supervisor would."""

    def __init__(self, root: Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "YINUO_PG_PROFILE"}},
            "YINUO_HOME": str(root / "home"),
            "YINUO_LOG_LEVEL": "WARNING",
        }
        self.log = (root / "log").open("ab")
        # A user of our own keeps the server alive while the worker dies.
        self.server = Server(root / "home" / "database", profile="small", tell=lambda _words: None).start()
        self.worker: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> None:
        subprocess.run([sys.executable, *words], env=self.environment, check=True, timeout=240, stdout=self.log)

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "yinuo", "work", "--no-prepare"]
        self.worker = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=self.log)

    def kill_worker(self) -> None:
        self.worker.kill()
        self.worker.wait()

    def ask(self, query: str) -> list[tuple]:
        with psycopg.connect(self.server.dsn("yinuo")) as connection:
            return connection.execute(query).fetchall()

    def close(self) -> None:
        if self.worker is not None:
            self.worker.terminate()
            self.worker.wait(30)
        self.server.close()
        self.log.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    tmp_path.chmod(0o711)
    for parent in list(tmp_path.parents)[:2]:
        parent.chmod(0o711)
    made = Installation(tmp_path)
    try:
        made.run("-m", "yinuo.desk.tests.fault_house", str(ANSWERS))
        yield made
    finally:
        made.close()


def test_answers_that_wait_survive_the_killing_of_the_worker_and_are_sent_once(installation) -> None:
    dice = random.Random(26)
    for _ in range(KILLS):
        installation.start_worker()
        time.sleep(dice.uniform(0.8, 2.5))
        installation.kill_worker()
    installation.start_worker()
    waiting = "SELECT count(*) FROM desk_outgoingreply WHERE state = 'waiting'"
    deadline = time.monotonic() + 120
    while installation.ask(waiting) != [(0,)]:
        assert time.monotonic() < deadline, "answers still wait"
        time.sleep(0.5)

    ask = installation.ask
    assert ask("SELECT state, count(*) FROM desk_outgoingreply GROUP BY state") == [("sent", ANSWERS)]
    assert ask("SELECT count(*), count(DISTINCT text) FROM cases_message WHERE kind = 'reply'") == [(ANSWERS, ANSWERS)]
    assert ask(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM cases_message WHERE kind = 'reply' GROUP BY case_id) x"
    ) == [(1,)]
    assert ask("SELECT count(*) FROM foundation_fact WHERE type = 'cases.customer_answered'") == [(ANSWERS,)]
