"""Backups of a house that goes on working, put back elsewhere: the same row by row, or it is said that it is not."""

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yinuo.commands.tests.test_commands import Installation, mail
from yinuo.foundation.backups import fingerprints
from yinuo.foundation.postgres.tests.people import new_folder, present_account

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def house() -> Iterator[Installation]:
    """An installation with an agent, three cases and a file in the store."""
    with new_folder(present_account()) as folder:
        made = Installation(folder)
        try:
            made.answer("user", "add", "chen", "--name", "陈晨", "--role", "agent", "--password", "tor-2026-x")
            mails = folder / "mails"
            mails.mkdir()
            for number in (1, 2, 3):
                (mails / f"{number}.eml").write_bytes(mail(number))
            made.answer("import", "mail", mails)
            yield made
        finally:
            made.server.close()


@pytest.fixture
def elsewhere() -> Iterator[Installation]:
    """An empty home with an empty database."""
    with new_folder(present_account()) as folder:
        made = Installation(folder)
        try:
            yield made
        finally:
            made.server.close()


def newest(folder: Path) -> Path:
    return max(folder.glob("yinuo-*"))


def test_a_backup_taken_while_people_work_comes_back_the_same(house, elsewhere, tmp_path):
    stop, written = threading.Event(), []

    def write() -> None:
        with psycopg.connect(house.server.dsn("yinuo"), autocommit=True) as connection:
            while not stop.is_set():
                connection.execute("UPDATE organisation_staff SET title = %s", [f"今天第 {len(written)} 次"])
                written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    made = house.yinuo("backup", tmp_path / "kept")
    stop.set()
    writer.join()

    assert made.returncode == 0, made.stderr
    assert len(written) > 10
    back = elsewhere.yinuo("restore", newest(tmp_path / "kept"))
    assert back.returncode == 0, back.stdout + back.stderr
    assert back.stdout.startswith("The same: ")
    assert elsewhere.ask("SELECT count(*), min(state) FROM cases_case") == [(3, "open")]
    # The names are read with the keys that came along, and the log goes on in an era of its own.
    assert elsewhere.yinuo("user", "list").stdout == house.yinuo("user", "list").stdout
    assert elsewhere.ask("SELECT max(number) FROM foundation_era") == [(1,)]
    assert elsewhere.yinuo("verify-trail").returncode == 0
    digests = {path.name for path in (house.root / "attachments").glob("??/??/*")}
    assert digests
    assert {path.name for path in (elsewhere.root / "attachments").glob("??/??/*")} == digests


def test_a_backup_is_proved_by_restoring_it_on_trial_and_only_the_newest_are_kept(house, tmp_path):
    for _time in range(2):
        house.yinuo("backup", tmp_path)
        time.sleep(1)

    said = house.yinuo("backup", tmp_path, "--prove", "--keep", "2")

    assert said.returncode == 0, said.stdout + said.stderr
    assert "The same: " in said.stdout
    assert len(list(tmp_path.glob("yinuo-*"))) == 2
    one, other = sorted(tmp_path.glob("yinuo-*"))
    file = next((one / "attachments").glob("??/??/*"))
    # A file that never changes takes its place on the disk once.
    assert file.stat().st_ino == (other / file.relative_to(one)).stat().st_ino


def test_nothing_is_put_back_where_something_lies(house, tmp_path):
    house.yinuo("backup", tmp_path)

    said = house.yinuo("restore", newest(tmp_path))

    assert said.returncode == 1
    assert "is not empty, so nothing was touched" in said.stderr
    assert house.yinuo("restore", tmp_path / "nowhere").stderr.startswith("Yinuo: ")


def test_a_missing_file_and_a_changed_row_are_named(house, elsewhere, tmp_path):
    house.yinuo("backup", tmp_path)
    copy = newest(tmp_path)
    shutil.rmtree(copy / "attachments")
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["tables"]["cases_case"]["digest"] = "1"
    (copy / "manifest.json").write_text(json.dumps(manifest))

    said = elsewhere.yinuo("restore", copy)

    assert said.returncode == 1
    assert said.stdout.splitlines()[:2] == ["cases_case: is not what the backup holds", "a file is missing"]


def test_without_its_keys_a_backup_asks_for_them_first(house, elsewhere, tmp_path):
    house.yinuo("backup", tmp_path, "--without-keys")

    refused = elsewhere.yinuo("restore", newest(tmp_path))
    assert refused.returncode == 1
    assert "made without its keys" in refused.stderr
    shutil.copytree(house.root / "keys", elsewhere.root / "keys")

    assert elsewhere.yinuo("restore", newest(tmp_path)).returncode == 0


def test_a_backup_that_was_killed_is_none_and_its_remains_go_with_the_next(house, tmp_path):
    program = house.start("backup", tmp_path)
    while not list(tmp_path.glob(".partial-*")):
        assert program.poll() is None, "it was over before it could be killed"
        time.sleep(0.01)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()

    assert list(tmp_path.glob("yinuo-*")) == []
    assert house.yinuo("backup", tmp_path).returncode == 0
    assert list(tmp_path.glob(".partial-*")) == []


def test_a_fingerprint_sees_one_changed_letter_and_not_the_order_of_rows(house):
    with psycopg.connect(house.server.dsn("yinuo")) as connection:
        before = fingerprints(connection)["organisation_team"]
        connection.execute("UPDATE organisation_team SET name_en = name_en")
        assert fingerprints(connection)["organisation_team"] == before
        connection.execute("UPDATE organisation_team SET name_en = name_en || '.'")
        assert fingerprints(connection)["organisation_team"] != before
        connection.rollback()
