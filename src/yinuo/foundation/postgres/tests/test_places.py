"""The embedded server in awkward places: paths, languages, other people's folders, full disks, other versions."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from yinuo.foundation.postgres.tests.people import Home, new_folder, normal_account, present_account


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_database_is_private_asks_for_a_password_and_is_not_on_the_network(new_home):
    user = new_home.user().ready()

    assert mode_of(new_home.place.data) == 0o700
    assert mode_of(new_home.place.root / "secret") == 0o600
    assert user.ask("SHOW listen_addresses") == [("",)]
    assert user.ask("SHOW unix_socket_permissions") == [("0700",)]
    assert user.ask("SELECT DISTINCT auth_method FROM pg_hba_file_rules") == [("scram-sha-256",)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(user.dsn, password="guessed")
    user.leave()


def test_chinese_is_classed_and_sorted_as_unicode_whatever_the_callers_language(new_home):
    user = new_home.user(LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8", PGHOST="elsewhere", PGUSER="nobody").ready()

    assert user.ask("SHOW server_encoding") == [("UTF8",)]
    assert user.ask("SELECT to_tsvector('simple', '退款，维修')::text") == [("'维修':2 '退款':1",)]
    assert user.ask("CREATE EXTENSION pg_trgm") is None
    assert user.ask("SELECT similarity('客户服务管理', '客户服务')::text") == [("0.5",)]
    user.leave()


@pytest.mark.parametrize(
    "name",
    ["long" * 30, "two words", "a,comma", "it's", "中文目录名" * 4],
    ids=["long", "space", "comma", "quote", "hanzi"],
)
def test_any_name_of_a_folder_will_do(account, name):
    with new_folder(account) as folder:
        home = Home(account, folder / name)
        user = home.user().ready()

        assert user.ask("SELECT 1") == [(1,)]
        socket_folder = home.place.socket_folder()
        assert mode_of(socket_folder) & 0o066 == 0
        assert len(os.fsencode(socket_folder)) < 90
        home.forget_users()


def test_the_operators_own_settings_win(new_home):
    new_home.user().ready().leave()
    new_home.place.own_settings.write_text("# ours\nwork_mem = 21MB\nmax_connections = '33'  # few\n")
    new_home.place.own_settings.chmod(0o644)

    user = new_home.user().ready()

    assert user.ask("SHOW work_mem") == [("21MB",)]
    assert user.ask("SHOW max_connections") == [("33",)]
    user.leave()


def test_a_wrong_setting_is_refused_in_the_servers_own_words(new_home):
    new_home.place.root.mkdir(mode=0o755)
    if new_home.account.uid is not None:
        os.chown(new_home.place.root, new_home.account.uid, new_home.account.gid)
    new_home.place.own_settings.write_text("work_men = 21MB\n")
    new_home.place.own_settings.chmod(0o644)

    refusal = new_home.user().refusal()

    assert refusal.startswith("database.server_failed: The database did not start. It said:")
    assert 'unrecognized configuration parameter "work_men"' in refusal


def test_a_folder_that_holds_something_else_is_left_untouched(new_home):
    new_home.user().ready().leave()
    (new_home.place.data / "PG_VERSION").unlink()

    refusal = new_home.user().refusal()

    assert refusal.startswith("database.not_a_database_folder:")
    assert (new_home.place.data / "base").is_dir()


def test_data_of_another_major_version_are_refused(new_home):
    new_home.user().ready().leave()
    (new_home.place.data / "PG_VERSION").write_text("15\n")

    refusal = new_home.user().refusal()

    assert refusal.startswith("database.other_major_version:")
    assert "were made by PostgreSQL 15, and the installed programs are PostgreSQL 18" in refusal


def test_programs_named_but_absent_are_refused(new_home):
    refusal = new_home.user(YINUO_PG_BIN="/usr/share").refusal()

    assert refusal.startswith("database.not_a_postgres_folder: YINUO_PG_BIN names /usr/share,")


def test_programs_older_than_16_are_refused(new_home):
    old = next(iter(sorted(Path("/usr/lib/postgresql").glob("1[0-5]/bin"))), None)
    if old is None:
        pytest.skip("needs an old PostgreSQL: apt-get install postgresql-15")

    refusal = new_home.user(YINUO_PG_BIN=str(old)).refusal()

    assert refusal.startswith("database.no_binaries: Yinuo needs PostgreSQL 16 or newer, but found only 15.")


def test_a_folder_of_another_account_is_refused():
    normal = normal_account()
    with new_folder(present_account(), mode=0o755) as folder:
        home = Home(normal, folder)

        refusal = home.user().refusal()

    assert refusal.startswith(f"database.folder_not_ours: {folder}/database cannot be used by this account (nobody).")


def test_root_can_run_what_a_normal_account_began():
    normal = normal_account()
    with new_folder(normal) as folder:
        Home(normal, folder).user().ready().leave()
        home = Home(present_account(), folder)

        user = home.user().ready()

        assert user.ask("SELECT 1") == [(1,)]
        assert home.place.data.stat().st_uid == normal.uid
        user.leave()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_is_refused_with_what_to_free(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=250m", "tmpfs", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("this system does not allow mounting a small disk")
    try:
        home = Home(present_account(), disk)
        home.user().ready().leave()
        free = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(b"x" * free)

        refusal = home.user().refusal()

        assert refusal.startswith(f"database.disk_full: The disk that holds {disk}/database is full")
        (disk / "filler").unlink()
        user = home.user().ready()
        assert user.ask("SELECT 1") == [(1,)]
        user.leave()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account")
def test_programs_behind_a_private_folder_are_copied_and_the_folder_stays_private():
    from yinuo.foundation.postgres.binaries import find_binaries

    programs = find_binaries().folder
    with new_folder(present_account()) as private, new_folder(present_account(), mode=0o711) as folder:
        package = private / programs.parents[1].name  # programs find their libraries by this name
        shutil.copytree(programs.parent, package / "installation", symlinks=True)
        libraries = programs.parents[1].with_name(f"{programs.parents[1].name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, private / libraries.name, symlinks=True)
        home = Home(present_account(), folder)

        user = home.user(YINUO_PG_BIN=str(package / "installation" / "bin")).ready()

        running_from = Path(f"/proc/{home.postmaster()}/exe").resolve()
        assert running_from.is_relative_to(home.place.programs)
        user.leave()


def test_a_socket_folder_somebody_else_made_first_is_not_used():
    normal = normal_account()
    with new_folder(present_account()) as folder:
        home = Home(present_account(), folder / ("long" * 30))
        home.user().ready().leave()
        chosen = home.place.socket_folder()
        assert not chosen.exists()
        chosen.mkdir(mode=0o777)
        os.chown(chosen, normal.uid, normal.gid)
        chosen.chmod(0o777)

        user = home.user().ready()

        assert home.place.socket_folder() != chosen
        assert user.ask("SELECT 1") == [(1,)]
        user.leave()
        chosen.rmdir()


def test_temporary_folders_are_not_littered(new_home):
    with new_folder(new_home.account) as temporary:
        new_home.user(TMPDIR=str(temporary)).ready().leave()

        assert list(temporary.iterdir()) == []
