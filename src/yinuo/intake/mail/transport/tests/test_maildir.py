"""A local Maildir behaves as a mail server does, and the postbox fills one."""

import smtplib
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from yinuo.intake.mail.transport.maildir import MaildirMailbox, drop_mail, make_maildir
from yinuo.intake.mail.transport.opening import open_mailbox, open_sender
from yinuo.intake.mail.transport.postbox import Postbox
from yinuo.intake.mail.transport.refusals import MailFolderUnreadable
from yinuo.intake.mail.transport.tests.conftest import HASTE, Watched, mail, numbers_of
from yinuo.intake.mail.transport.values import (
    START,
    MailboxSettings,
    Outcome,
    OutgoingSettings,
    Security,
    Tally,
    Trouble,
)

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture
def drop(tmp_path) -> MailboxSettings:
    make_maildir(tmp_path / "drop")
    return MailboxSettings(host=str(tmp_path / "drop"), security=Security.MAILDIR, pace=HASTE)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "drop"


def fetched(settings, since=START):
    with open_mailbox(settings) as box:
        return [one for batch in box.fetch_new(since) for one in batch.mails]


def test_mails_come_once_and_in_order(drop, folder):
    for number in range(120):
        drop_mail(folder, mail(number))

    with open_mailbox(drop) as box:
        batches = list(box.fetch_new(START))
        again = list(box.fetch_new(batches[-1].position))

    assert [number for batch in batches for number in numbers_of(batch.mails)] == [str(n) for n in range(120)]
    assert [len(batch.mails) for batch in batches] == [50, 50, 20]
    assert again == []


def test_a_mail_whose_name_sorts_before_the_last_one_is_not_lost(drop, folder):
    (folder / "new" / "200.b").write_bytes(mail(2))
    with open_mailbox(drop) as box:
        (batch,) = box.fetch_new(START)
    (folder / "new" / "100.a").write_bytes(mail(1))

    assert numbers_of(fetched(drop, batch.position)) == ["1"]


def test_a_mail_read_and_moved_by_another_program_keeps_its_number(drop, folder):
    path = drop_mail(folder, mail(1))
    with open_mailbox(drop) as box:
        (batch,) = box.fetch_new(START)
        path.rename(folder / "cur" / f"{path.name}:2,S")
        assert numbers_of([box.refetch(1)]) == ["1"]

    assert fetched(drop, batch.position) == []
    assert [one.uid for one in fetched(drop)] == [1]


def test_a_lost_number_list_means_reading_everything_again(drop, folder):
    drop_mail(folder, mail(1))
    with open_mailbox(drop) as box:
        (before,) = box.fetch_new(START)
    (folder / "yinuo-uids").write_text("rubbish")
    time.sleep(1)

    with open_mailbox(drop) as box:
        (again,) = box.fetch_new(before.position)

    assert again.rescan
    assert numbers_of(again.mails) == ["1"]


def test_half_a_line_in_the_number_list_is_dropped(drop, folder):
    drop_mail(folder, mail(1))
    with open_mailbox(drop) as box:
        (batch,) = box.fetch_new(START)
    with (folder / "yinuo-uids").open("a") as file:
        file.write("2 179")
    drop_mail(folder, mail(2))

    assert [(one.uid, *numbers_of([one])) for one in fetched(drop, batch.position)] == [(2, "2")]


def test_a_large_mail_gives_its_headers(drop, folder):
    drop_mail(folder, mail(1, body="x" * 5000))

    with open_mailbox(replace(drop, largest_bytes=1000)) as box:
        ((one,),) = (batch.mails for batch in box.fetch_new(START))

    assert one.trouble is Trouble.TOO_LARGE
    assert one.raw == mail(1).partition("请".encode())[0]
    assert box.tally == Tally(on_server_count=1, waiting_count=1, too_large_count=1)


def test_a_missing_folder_is_refused_with_its_name(drop, folder):
    with pytest.raises(MailFolderUnreadable) as caught:
        MaildirMailbox(replace(drop, folder="Sent"))

    assert f"{folder}/.Sent" in caught.value.sentence()


def test_a_dropped_mail_is_noticed_within_two_seconds(drop, folder):
    with Watched(drop) as watched:
        watched.until(lambda: len(watched.events) == 2)
        begun = time.monotonic()
        drop_mail(folder, mail(1))
        watched.until(lambda: len(watched.mails) == 1)

    assert time.monotonic() - begun < 2


def test_reading_leaves_the_files_where_they_are_unless_told(drop, folder):
    path = drop_mail(folder, mail(1))
    with Watched(drop) as watched:
        watched.until(lambda: len(watched.mails) == 1)
    assert path.exists()

    with Watched(replace(drop, mark_seen=True)) as watched:
        watched.until(lambda: len(watched.events) >= 2)
    assert [one.name for one in (folder / "cur").iterdir()] == [f"{path.name}:2,S"]


def test_what_is_sent_into_a_maildir_can_be_read_from_it(tmp_path):
    message = EmailMessage()
    message["Subject"] = "您好"
    message["Message-ID"] = "<m7@out.test>"
    message.set_content("已换新")
    settings = OutgoingSettings(host=str(tmp_path / "outbox"), security=Security.MAILDIR)

    with open_sender(settings) as sender:
        result = sender.send(message, sender="support@yinuo.test", recipients=["wang@out.test", "li@out.test"], at=AT)

    (one,) = fetched(MailboxSettings(host=settings.host, security=Security.MAILDIR))
    assert (result.outcome, result.accepted) == (Outcome.SENT, ("wang@out.test", "li@out.test"))
    assert one.raw.startswith(
        b"Return-Path: <support@yinuo.test>\r\nDelivered-To: wang@out.test\r\nDelivered-To: li@out.test\r\nSubject: "
    )


def test_an_outbox_that_cannot_be_written_keeps_the_mail_for_later(tmp_path):
    (tmp_path / "outbox").write_text("a file is in the way")
    settings = OutgoingSettings(host=str(tmp_path / "outbox"), security=Security.MAILDIR)

    with open_sender(settings) as sender:
        result = sender.send(EmailMessage(), sender="a@b.test", recipients=["c@d.test"], at=AT)

    assert (result.outcome, result.problem_code) == (Outcome.LATER, "intake.mail_folder_unreadable")


def test_the_postbox_takes_mail_by_smtp_into_the_drop(drop, folder):
    with Postbox(folder) as postbox, smtplib.SMTP("127.0.0.1", postbox.port, timeout=10) as smtp:
        smtp.sendmail("wang@out.test", ["support@yinuo.test"], mail(1, body="你好\r\n.\r\n"))

    (one,) = fetched(drop)
    assert one.raw == (
        b"Return-Path: <wang@out.test>\r\nDelivered-To: support@yinuo.test\r\n" + mail(1, body="你好\r\n.\r\n")
    )


def test_the_postbox_takes_25_megabytes_and_then_lets_go_of_its_port(drop, folder):
    with Postbox(folder) as postbox:
        with smtplib.SMTP("127.0.0.1", postbox.port, timeout=20) as smtp:
            smtp.sendmail("a@out.test", ["b@yinuo.test"], mail(1) + (b"A" * 76 + b"\r\n") * 340_000)
        port = postbox.port
    with Postbox(folder, port=port):
        pass

    assert next((folder / "new").iterdir()).stat().st_size > 25 * 1024 * 1024
