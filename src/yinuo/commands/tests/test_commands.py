"""Every command as a program of its own on one fresh installation: what it prints, what it answers, what it refuses."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yinuo.foundation.postgres.server import Server
from yinuo.foundation.postgres.tests.people import new_folder, present_account
from yinuo.foundation.tests import ports

pytestmark = pytest.mark.timeout(300)


class Installation:
    """A home folder with its database held open; `yinuo(...)` runs a command in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        dropped = {"DATABASE_URL", "YINUO_SECRET_KEY"}
        self.environment = {name: value for name, value in os.environ.items() if name not in dropped} | {
            "YINUO_HOME": str(root),
            "YINUO_PG_PROFILE": "test",
            "LC_ALL": "C.UTF-8",
        }
        self.server = Server(root / "database", profile="test", tell=lambda _words: None).start()

    def yinuo(self, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "yinuo", *map(str, words)]
        return subprocess.run(
            command,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def answer(self, *words: object, **environment: str) -> dict | list:
        said = self.yinuo(*words, "--json", **environment)
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)

    def start(self, *words: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "yinuo", *map(str, words)]
        return subprocess.Popen(command, env=self.environment, text=True, stdout=subprocess.PIPE)

    def ask(self, query: str) -> list[tuple]:
        with psycopg.connect(self.server.dsn("yinuo")) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def fresh() -> Iterator[Installation]:
    """An installation in which nothing was done yet."""
    with new_folder(present_account()) as folder:
        made = Installation(folder)
        try:
            yield made
        finally:
            made.server.close()


@pytest.fixture(scope="module")
def house(fresh: Installation) -> Installation:
    """The same with its first agent and its administrator."""
    first = fresh.answer("user", "add", "Chen", "--name", "陈晨", "--role", "agent", "--password", "-")
    assert {name: first[name] for name in ("username", "roles", "teams")} == {
        "username": "chen",
        "roles": ["agent"],
        "teams": ["service"],
    }
    assert len(first["password"]) >= 12
    second = fresh.answer(
        "user", "add", "admin", "--name", "管理员", "--role", "administrator", "--password", "tor-2026-x"
    )
    assert second["teams"] == []
    assert "password" not in second
    return fresh


def mail(number: int, sender: str = "wang@qq.example") -> bytes:
    return (
        f"From: 王丽 <{sender}>\r\nTo: support@henuan.example\r\nSubject: 漏水 {number}\r\n"
        f"Message-ID: <{number}@qq.example>\r\nDate: Mon, 02 Nov 2026 08:59:00 +0800\r\n\r\n第 {number} 台漏水\r\n"
    ).encode()


def test_check_of_an_empty_home_says_that_the_tables_are_missing_and_makes_none(fresh):
    said = fresh.yinuo("check", "--json")

    found = {one["name"]: one for one in json.loads(said.stdout)}
    assert said.returncode == 1
    assert found["database"]["is_well"] is True
    assert (found["tables"]["is_well"], list(found)) == (False, ["database", "tables"])
    assert "yinuo serve" in found["tables"]["advice"]
    assert fresh.ask("SELECT to_regclass('cases_case')") == [(None,)]


def test_the_first_person_can_own_what_comes_and_a_standard_promises_a_time(house):
    assert house.ask("SELECT code, is_fallback FROM organisation_team") == [("service", True)]
    assert house.ask("SELECT count(*) FROM organisation_teammembership") == [(1,)]
    assert house.ask("SELECT code FROM standards_standard") == [("basic",)]
    assert house.yinuo("user", "list").stdout.splitlines() == ["admin\t管理员\tadministrator", "chen\t陈晨\tagent"]


def test_users_are_refused_in_words(house):
    again = house.yinuo("user", "add", "chen", "--name", "x", "--password", "-")
    assert (again.returncode, again.stderr.startswith("Yinuo: "), "Traceback" in again.stderr) == (1, True, False)
    unknown = house.yinuo("user", "add", "new", "--name", "x", "--role", "king", "--password", "-")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("king is not a role. Choose from: agent, ")
    assert house.yinuo("user", "add", "new", "--name", "x", "--team", "none", "--password", "-").returncode == 2
    assert house.yinuo("user", "password", "nobody", "--password", "-").returncode == 1
    assert house.ask("SELECT count(*) FROM access_account") == [(2,)]


def test_a_password_and_a_role_are_changed(house):
    said = house.yinuo("user", "password", "chen", "--password", "quite-new-7")
    assert (said.returncode, said.stdout) == (0, "The password of chen was set.\n")
    assert house.yinuo("user", "role", "chen", "team_leader").stdout == "chen is now team_leader.\n"
    assert "agent, team_leader" in house.yinuo("user", "list").stdout


def test_mails_are_imported_and_every_one_of_them_is_counted(house, tmp_path):
    (tmp_path / "one.eml").write_bytes(mail(1))
    (tmp_path / "again.eml").write_bytes(mail(1))
    (tmp_path / "box").write_bytes(
        b"From w@q Mon Nov  2 08:59:00 2026\n" + mail(2) + b"\nFrom w@q Mon Nov  2 08:59:00 2026\n" + mail(3) + b"\n"
    )
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "table.csv").write_text("no mail")

    counts = house.answer("import", "mail", tmp_path)

    problems = counts.pop("problems")
    assert counts == {"read": 6, "stored": 3, "duplicates": 1, "kept_raw": 0, "rejected": 2}
    assert sorted(Path(one["source"]).name for one in problems) == ["empty.eml", "table.csv"]
    assert all(one["reason"].strip() for one in problems)
    assert house.ask("SELECT count(*), count(owner_id), count(DISTINCT customer_id) FROM cases_case") == [(3, 3, 1)]
    assert house.ask("SELECT count(*) FROM mail_outgoingmail") == [(0,)]

    again = house.answer("import", "mail", tmp_path / "one.eml", tmp_path / "box")
    assert again == {"read": 3, "stored": 0, "duplicates": 3, "kept_raw": 0, "rejected": 0, "problems": []}


def test_an_import_tells_people_the_same_in_a_line_and_a_wrong_path_is_a_rejected_one(house, tmp_path):
    (tmp_path / "four.eml").write_bytes(mail(4))

    said = house.yinuo("import", "mail", tmp_path / "four.eml", tmp_path / "absent")

    assert said.returncode == 0
    assert said.stdout.splitlines()[-1] == "read: 2, stored: 1, duplicates: 0, kept raw: 0, rejected: 1"
    assert said.stdout.splitlines()[0].startswith(f"{tmp_path / 'absent'}: ")


def test_an_import_for_a_mailbox_that_is_not_there_is_refused(house, tmp_path):
    said = house.yinuo("import", "mail", tmp_path, "--mailbox", "nobody@henuan.example")

    assert said.returncode == 1
    assert "nobody@henuan.example" in said.stderr
    assert "Traceback" not in said.stderr


def test_customers_are_imported_with_the_same_names_for_the_counts(house, tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("姓名,电话\n王丽,13800136721\n王丽,138 0013 6721\n短号,138\n")

    counts = house.answer("import", "customers", path, "--map", "name=姓名", "--map", "phone=电话")

    names = ("read", "stored", "duplicates", "kept_raw", "rejected")
    assert [counts[name] for name in names] == [3, 1, 1, 0, 1]


def test_a_token_is_shown_once_works_and_can_be_revoked(house):
    made = house.answer("token", "create", "--user", "chen", "--scope", "cases:read,cases:write", "--days", "2")
    assert made["scopes"] == ["cases:read", "cases:write"]
    assert made["token"].startswith("yn_")
    assert house.yinuo("token", "create", "--user", "chen", "--scope", "cases:read").stdout.startswith("yn_")

    assert house.yinuo("token", "revoke", made["id"]).stdout == f"Token {made['id']} is revoked.\n"
    assert house.ask(f"SELECT revoked_at IS NULL FROM access_apitoken WHERE id = {made['id']}") == [(False,)]

    wrong = house.yinuo("token", "create", "--user", "chen", "--scope", "cases:burn")
    assert (wrong.returncode, "cases:burn" in wrong.stderr, "cases:write" in wrong.stderr) == (1, True, True)
    assert house.yinuo("token", "create", "--user", "nobody", "--scope", "cases:read").returncode == 1
    assert house.yinuo("token", "revoke", "99999").returncode == 1
    assert house.yinuo("token", "create", "--user", "chen").returncode == 2
    assert house.yinuo("token", "create", "--user", "chen", "--scope", "cases:read", "--days", "0").returncode == 2


def test_keys_rotate_and_what_was_encrypted_is_still_read(house):
    said = house.yinuo("keys", "rotate")

    assert said.returncode == 0
    assert said.stdout.startswith("Key 2 is the newest now.\n")
    assert sorted(path.name for path in (house.root / "keys").glob("personal-*")) == ["personal-1", "personal-2"]
    heads = house.ask("SELECT DISTINCT get_byte(value, 1) FROM customers_identity")
    assert heads == [(2,)]


def test_the_trail_holds_and_a_changed_fact_is_found(house):
    sealed = "SELECT (SELECT sum(fact_count) FROM foundation_factseal) = (SELECT count(*) FROM foundation_fact)"
    worker = house.start("work")
    try:
        deadline = time.monotonic() + 60
        while house.ask(sealed) != [(True,)]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert worker.wait(20) == 0
        worker.stdout.close()
    assert time.monotonic() - began < 10
    assert house.ask("SELECT count(*) FROM foundation_heartbeat") == [(0,)]

    whole = house.yinuo("verify-trail")
    assert (whole.returncode, whole.stdout.endswith("match their seals.\n")) == (0, True)

    with psycopg.connect(house.server.dsn("yinuo")) as connection:
        connection.execute("SET session_replication_role = replica")  # the log refuses changes; a thief would not ask
        connection.execute(
            "UPDATE foundation_fact SET actor = 'staff:666' WHERE id = (SELECT min(id) FROM foundation_fact)"
        )
    broken = house.yinuo("verify-trail")
    assert broken.returncode == 1
    assert "does not match its seal" in broken.stdout


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_serve_answers_on_its_port_and_ends_quickly_with_a_page_open(house, free_port, tmp_path):
    (tmp_path / "nine.eml").write_bytes(mail(9))
    house.answer("import", "mail", tmp_path)
    server = house.start("serve", "--port", free_port)
    try:
        assert server.stdout.readline() == f"Yinuo serves on http://127.0.0.1:{free_port}\n"
        _until_it_answers(free_port, "/healthz")
        assert fetch(f"http://127.0.0.1:{free_port}/healthz") == (200, '{"status": "ok"}')
        status, schema = fetch(f"http://127.0.0.1:{free_port}/api/v1/openapi.json")
        assert (status, json.loads(schema)["openapi"][:2]) == (200, "3.")
        [[open_count]] = house.ask("SELECT count(*) FROM cases_case")
        assert f"yinuo_open_cases {open_count}.0\n" in fetch(f"http://127.0.0.1:{free_port}/metrics")[1]
        assert fetch(f"http://127.0.0.1:{free_port}/live?topics=queue")[0] == 403

        second = house.yinuo("serve", "--port", free_port, "--no-prepare")
        assert second.returncode == 1
        assert str(free_port) in second.stderr
        assert second.stderr.startswith("Yinuo: ")

        [[token]] = house.ask("SELECT track_token FROM cases_case LIMIT 1")
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/live?topics=track-{token}", timeout=10) as stream:
            assert stream.readline() == b"retry: 2000\n"
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0
            assert time.monotonic() - began < 5
            assert stream.read() == b"\n"
    finally:
        server.kill()
        server.stdout.close()


def _until_it_answers(port: int, path: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            fetch(f"http://127.0.0.1:{port}{path}")
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def free_port() -> int:
    return ports.free_port()


def test_serve_pages_only_answers_and_has_no_live_events(house, free_port):
    server = house.start("serve", "--pages-only", "--port", free_port)
    try:
        assert server.stdout.readline() == f"Yinuo serves on http://127.0.0.1:{free_port}\n"
        _until_it_answers(free_port, "/healthz")
        assert fetch(f"http://127.0.0.1:{free_port}/healthz") == (200, '{"status": "ok"}')
        assert fetch(f"http://127.0.0.1:{free_port}/live?topics=queue")[0] == 404
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
        server.stdout.close()


def test_live_alone_refuses_who_may_not_listen(house, free_port):
    server = house.start("live", "--port", free_port)
    try:
        assert server.stdout.readline() == f"Yinuo serves live events on http://127.0.0.1:{free_port}/live\n"
        _until_it_answers(free_port, "/live")
        assert fetch(f"http://127.0.0.1:{free_port}/live?topics=queue") == (403, '{"code": "not_allowed"}')
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        server.stdout.close()


def test_check_without_a_database_says_what_to_do(house):
    said = house.yinuo("check", "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    [found] = json.loads(said.stdout)
    assert (said.returncode, found["name"], found["is_well"]) == (1, "database", False)
    assert "DATABASE_URL" in found["detail"]


@pytest.mark.parametrize("words", [("user", "list"), ("verify-trail",), ("import", "mail", "/usr/share/doc")])
def test_any_command_without_a_database_answers_in_a_sentence(house, words):
    said = house.yinuo(*words, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert said.returncode == 1
    assert said.stderr.startswith("Yinuo: ")
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "mail"),
        ("token",),
        ("user",),
        ("keys",),
        ("serve", "--port", "many"),
        ("serve", "--processes", "3"),
        ("bench", "unheard-of"),
        ("bench", "--rounds", "2"),
        ("check", "--unheard-of"),
    ],
)
def test_wrong_use_is_told_with_code_2(fresh, words):
    said = fresh.yinuo(*words)

    assert said.returncode == 2
    assert said.stderr
    assert "Traceback" not in said.stderr


def test_a_measurement_is_run_by_its_name_with_further_words(fresh):
    said = fresh.yinuo("bench", "calendars", "--help")

    assert said.returncode == 0
    assert "usage" in said.stdout
    known = fresh.yinuo("bench", "unheard-of").stderr
    assert "calendars" in known
    assert "spine" in known
