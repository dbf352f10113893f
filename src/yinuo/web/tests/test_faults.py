"""Processes are killed while a thousand mails arrive; afterwards every mail is there once and nothing is half done.

Everything is real: the embedded database, the worker, the web server, each a process of its own.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from yinuo.foundation.postgres.server import Server
from yinuo.intake.mail.transport.maildir import drop_mail

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]
MAILS = 1000
KILLS = 12


class Installation:
    """A home folder with its processes; a killed one is started again, as a supervisor would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "YINUO_PG_PROFILE"}},
            "YINUO_HOME": str(root / "home"),
            "YINUO_LOG_LEVEL": "WARNING",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.log = (root / "log").open("ab")
        # A user of our own keeps the server alive while every other process may die.
        self.server = Server(root / "home" / "database", profile="small", tell=lambda _words: None).start()

    def run(self, *words: str) -> None:
        subprocess.run([sys.executable, *words], env=self.environment, check=True, timeout=240, stdout=self.log)

    def start(self, name: str, *words: str) -> None:
        command = [sys.executable, "-m", "yinuo", name, *words]
        self.running[name] = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=self.log)

    def kill(self, victim: str) -> None:
        if victim == "database":
            pid = int((self.root / "home" / "database" / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
            return
        process = self.running[victim]
        process.kill()
        process.wait()
        self.start(victim, *COMMANDS[victim])

    def ask(self, query: str) -> list[tuple]:
        with psycopg.connect(self.server.dsn("yinuo")) as connection:
            return connection.execute(query).fetchall()

    def close(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(30)
        self.server.close()
        self.log.close()


COMMANDS = {"work": ["--no-prepare"], "serve": ["--no-prepare", "--port", "8913"]}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    tmp_path.chmod(0o711)
    for parent in list(tmp_path.parents)[:2]:
        parent.chmod(0o711)
    made = Installation(tmp_path)
    try:
        made.run("-m", "yinuo.web.tests.fault_house", str(tmp_path / "mail"))
        yield made
    finally:
        made.close()


def a_mail(number: int) -> bytes:
    message = EmailMessage()
    message["From"] = f"客户 {number} <customer{number}@qq.example>"
    message["To"] = "support@henuan.example"
    message["Subject"] = f"第 {number} 台洗衣机漏水"
    message["Message-ID"] = f"<{number}@qq.example>"
    message.set_content(f"洗衣机漏水，编号 {number}。" * 20)
    return message.as_bytes()


def arrive(folder: Path, stop_after: int) -> None:
    for number in range(stop_after):
        drop_mail(folder, a_mail(number))
        time.sleep(0.02)


def wait_until_all_is_done(installation: Installation) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            [(stored, sent)] = installation.ask(
                "SELECT (SELECT count(*) FROM mail_storedmail), count(*) FROM mail_outgoingmail WHERE state = 'sent'"
            )
        except psycopg.OperationalError:
            stored = sent = 0
        if stored == sent == MAILS:
            return
        time.sleep(0.5)
    pytest.fail(f"{stored} mails stored and {sent} notices sent of {MAILS}")


def test_a_thousand_mails_survive_the_killing_of_every_process(installation):
    dice = random.Random(26)
    for name, words in COMMANDS.items():
        installation.start(name, *words)
    arriving = threading.Thread(target=arrive, args=[installation.root / "mail" / "in", MAILS])
    arriving.start()
    for _ in range(KILLS):
        time.sleep(dice.uniform(3, 6))
        installation.kill(dice.choice(["work", "work", "database", "serve"]))
    arriving.join()
    wait_until_all_is_done(installation)

    ask = installation.ask
    assert ask("SELECT count(*), count(DISTINCT source_key) FROM cases_message WHERE kind = 'customer'") == [
        (MAILS, MAILS)
    ]
    assert ask("SELECT count(*), count(DISTINCT customer_id) FROM cases_case") == [(MAILS, MAILS)]
    assert ask("SELECT state, count(*) FROM mail_storedmail GROUP BY state") == [("filed", MAILS)]
    # followers: each case was acknowledged once, each notice queued once
    assert ask("SELECT count(*), count(DISTINCT case_id) FROM cases_message WHERE kind = 'notice'") == [(MAILS, MAILS)]
    facts = dict(ask("SELECT type, count(*) FROM foundation_fact GROUP BY type"))
    assert {name: facts[name] for name in ("cases.case_opened", "cases.customer_wrote", "cases.customer_notified")} == {
        "cases.case_opened": MAILS,
        "cases.customer_wrote": MAILS,
        "cases.customer_notified": MAILS,
    }
    # nothing half done: every open case has its owner, its live promise and its first message
    assert ask(
        "SELECT count(*) FROM cases_case AS c WHERE state = 'open' AND (owner_id IS NULL OR NOT EXISTS "
        "(SELECT 1 FROM cases_promise AS p WHERE p.id = c.next_promise_id AND p.is_live) OR message_count <> "
        "(SELECT count(*) FROM cases_message AS m WHERE m.case_id = c.id))"
    ) == [(0,)]
    written = Counter(
        message_from_bytes(path.read_bytes())["Message-ID"]
        for path in (installation.root / "mail" / "out").rglob("*")
        if path.is_file() and path.parent.name in {"new", "cur"}
    )
    assert len(written) == MAILS  # a mail handed over at the moment of a kill may come twice, under the same id
    assert sum(written.values()) - MAILS <= KILLS
    installation.run("-m", "yinuo", "verify-trail")
