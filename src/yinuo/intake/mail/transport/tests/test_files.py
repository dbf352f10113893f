"""Mails out of files of every kind."""

import gzip
import mailbox
import os
from pathlib import Path

import pytest

from yinuo.foundation.tests.data import data_folder
from yinuo.intake.mail.transport.files import Entry, read_mails

ONE = b"From: wang@out.test\nSubject: one\n\nfirst\n"
TWO = "From: li@out.test\nSubject: 二\n\nFrom here on\n\nlast line\n".encode()


def read(*paths: Path, **options: int) -> list[Entry]:
    return list(read_mails(paths, **options))


def raws(*paths: Path) -> list[bytes]:
    return [entry.raw for entry in read(*paths)]


def test_an_eml_file_is_one_mail_byte_for_byte(tmp_path):
    path = tmp_path / "a.eml"
    path.write_bytes(ONE)

    assert read(path) == [Entry(str(path), ONE)]


def test_an_mbox_written_by_the_library_gives_its_mails_back(tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    for raw in (ONE, TWO, ONE):
        box.add(raw)
    box.close()

    assert [(e.source, e.raw) for e in read(tmp_path / "box")] == [
        (f"{tmp_path}/box#1", ONE),
        (f"{tmp_path}/box#2", TWO),
        (f"{tmp_path}/box#3", ONE),
    ]


def test_mboxrd_takes_one_mark_off_each_quoted_from(tmp_path):
    path = tmp_path / "box"
    path.write_bytes(
        b"From a@b Sun Nov 22 09:00:00 2026\nSubject: x\n\n>From a\n>>From b\n>>>From c\n> From d\n>Fromage\n\n"
    )

    assert raws(path) == [b"Subject: x\n\nFrom a\n>From b\n>>From c\n> From d\n>Fromage\n"]


def test_an_mbox_with_windows_line_ends_is_cut_the_same(tmp_path):
    path = tmp_path / "box"
    head = b"From a@b Sun Nov 22 09:00:00 2026\r\n"
    path.write_bytes(head + b"Subject: 1\r\n\r\nx\r\n\r\n" + head + b"Subject: 2\r\n\r\n>From y\r\n\r\n")

    assert raws(path) == [b"Subject: 1\r\n\r\nx\r\n", b"Subject: 2\r\n\r\nFrom y\r\n"]


@pytest.mark.parametrize(
    "sentence",
    [
        b"From now on it works.\n",
        b"From Monday 09:00 we are open\n",
        b"From 2024 to 2026\n",
        b"From 09:00 to 10:00, 2026\n\nno header\n",
    ],
)
def test_a_sentence_beginning_with_from_does_not_cut_a_mail(tmp_path, sentence):
    path = tmp_path / "box"
    path.write_bytes(b"From a@b Sun Nov 22 09:00:00 2026\nSubject: x\n\nhello\n\n" + sentence + b"\n")

    assert len(read(path)) == 1


@pytest.mark.parametrize(
    "separator",
    [
        b"From - Sun Nov 22 09:00:00 2026",
        b"From wang@out.test Sun Nov 22 09:00:00 +0800 2026",
        b"From 1234@xxx Sun Nov 22 09:00:00 UTC 2026",
        b"From wang at out.test  Sun Nov 22 09:00 2026",
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
    ],
)
def test_the_separators_of_common_programs_are_known(tmp_path, separator):
    path = tmp_path / "box"
    path.write_bytes(separator + b"\nSubject: 1\n\nx\n\n" + separator + b"\nSubject: 2\n\ny\n")

    assert raws(path) == [b"Subject: 1\n\nx\n", b"Subject: 2\n\ny\n"]


def test_a_line_longer_than_any_buffer_stays_one_line(tmp_path):
    body = b"x" * 900_000 + b"From inside\n"
    path = tmp_path / "box"
    path.write_bytes(b"From a@b Sun Nov 22 09:00:00 2026\nSubject: 1\n\n" + body + b"\n")

    assert raws(path) == [b"Subject: 1\n\n" + body]


def test_compressed_files_are_read_through(tmp_path):
    (tmp_path / "a.eml.gz").write_bytes(gzip.compress(ONE))
    (tmp_path / "b.mbox.gz").write_bytes(gzip.compress(b"From a@b Sun Nov 22 09:00:00 2026\n" + ONE + b"\n"))

    assert raws(tmp_path) == [ONE, ONE]


def test_a_damaged_archive_is_reported_after_what_could_be_read(tmp_path):
    path = tmp_path / "a.eml.gz"
    path.write_bytes(gzip.compress(ONE * 9)[:-12])

    (entry,) = read(path)

    assert entry.problem_code == "damaged_archive"
    assert entry.raw is None


def test_a_maildir_with_subfolders_is_read_in_order(tmp_path):
    box = mailbox.Maildir(tmp_path / "M")
    box.add(ONE)
    sent = box.add_folder("Sent.2026")
    message = mailbox.MaildirMessage(TWO)
    message.set_subdir("cur")
    message.add_flag("S")
    sent.add(message)
    (tmp_path / "M" / "tmp" / "half").write_bytes(b"From: half")
    (tmp_path / "M" / "dovecot-uidlist").write_bytes(b"3 V1 N2\n1 :x\n")

    entries = read(tmp_path / "M")

    assert [entry.raw for entry in entries] == [ONE, TWO]
    assert "/M/new/" in entries[0].source
    assert "/M/.Sent.2026/cur/" in entries[1].source


def test_a_tree_of_files_is_walked_in_order_of_names(tmp_path):
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / "a.eml").write_bytes(ONE)
    (tmp_path / "b" / "deep" / "x.eml").write_bytes(TWO)
    (tmp_path / "b" / "no-suffix").write_bytes(ONE)
    (tmp_path / "loop").symlink_to(tmp_path)

    assert [Path(entry.source).name for entry in read(tmp_path)][:3] == ["a.eml", "x.eml", "no-suffix"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "outlook"),
        ("empty.eml", b"", "empty"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "not_mail"),
        ("notes", "今天 天气 很好\n".encode(), "not_mail"),
    ],
)
def test_what_is_no_mail_is_reported_with_what_to_do(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)

    (entry,) = read(tmp_path)

    assert (entry.problem_code, entry.raw) == (code, None)
    assert entry.sentence.endswith(".")


def test_a_missing_path_is_reported(tmp_path):
    assert [entry.problem_code for entry in read(tmp_path / "nowhere")] == ["not_found"]


def test_an_unreadable_file_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.eml").symlink_to(tmp_path / "gone")
    (tmp_path / "b.eml").write_bytes(ONE)
    os.mkfifo(tmp_path / "c.eml")

    assert [entry.problem_code for entry in read(tmp_path)] == ["not_found", "", "not_a_file"]


def test_a_mail_beyond_the_limit_is_reported_and_the_next_one_read(tmp_path):
    path = tmp_path / "box"
    head = b"From a@b Sun Nov 22 09:00:00 2026\n"
    path.write_bytes(head + b"Subject: 1\n\n" + b"x\n" * 5000 + b"\n" + head + ONE + b"\n")

    assert [(e.problem_code, e.raw) for e in read(path, largest_bytes=4096)] == [("too_large", None), ("", ONE)]


def test_every_real_mail_file_is_accounted_for():
    folder = data_folder("emails") / "dev"
    files = [path for path in folder.rglob("*") if path.is_file()]

    entries = read(folder)

    assert {Path(entry.source.partition("#")[0]) for entry in entries} == set(files)
    assert all(bool(entry.raw) != bool(entry.problem_code) for entry in entries)
