"""Mails from files: every entry is counted once under the right name, and an import may be stopped and run again."""

import gzip
import resource
from email.message import EmailMessage
from pathlib import Path

import pytest

from yinuo.cases.actions.attaching import StorageFull
from yinuo.cases.models import Case, Message
from yinuo.cases.tests.cast import BEGINNING, SYSTEM
from yinuo.foundation.tests.following import follow_everything
from yinuo.intake.mail import reactions  # noqa: F401 - registers the followers
from yinuo.intake.mail.actions import MailboxDraft, save_mailbox
from yinuo.intake.mail.importing import import_mails
from yinuo.intake.mail.models import OutgoingMail, StoredMail
from yinuo.intake.mail.transport.maildir import drop_mail, make_maildir
from yinuo.organisation.models import Staff, Team


def a_mail(number: int, *, text: str = "漏水", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"客户 {number} <customer{number}@qq.example>"
    message["To"] = "support@henuan.example"
    message["Subject"] = f"漏水 {number}"
    message["Message-ID"] = f"<{number}@qq.example>"
    message["Date"] = "Mon, 02 Nov 2020 08:59:00 +0800"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def counted(*paths: Path, **more) -> list[int]:
    """Return read, stored, duplicates, kept raw, rejected."""
    counts, _problems = import_mails(paths, mailbox=more.pop("mailbox", None))
    assert list(counts) == ["read", "stored", "duplicates", "kept_raw", "rejected"]
    assert counts["read"] == sum(counts.values()) - counts["read"]
    return list(counts.values())


@pytest.mark.django_db
def test_every_kind_of_file_is_read_and_every_entry_counted(house, tmp_path):
    (tmp_path / "1.eml").write_bytes(a_mail(1))
    (tmp_path / "2.eml.gz").write_bytes(gzip.compress(a_mail(2)))
    box = b"".join(b"From w@q Mon Nov  2 08:59:00 2020\n" + a_mail(number) + b"\n" for number in (3, 4, 1))
    (tmp_path / "box").write_bytes(box)
    drop_mail(make_maildir(tmp_path / "Maildir"), a_mail(5))
    (tmp_path / "notes.txt").write_text("看不懂")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(a_mail(6))[:40])

    assert counted(tmp_path) == [8, 5, 1, 0, 2]
    assert (Case.objects.count(), Message.objects.count()) == (5, 5)
    assert set(Case.objects.values_list("team__code", flat=True)) == {"aftersales"}
    assert StoredMail.objects.get(case__subject="漏水 3").source.endswith("box#1")


@pytest.mark.django_db
def test_an_import_that_is_run_again_changes_nothing(house, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(a_mail(number))

    assert counted(tmp_path / "0.eml") == [1, 1, 0, 0, 0]
    assert counted(tmp_path) == [3, 2, 1, 0, 0]
    assert counted(tmp_path) == [3, 0, 3, 0, 0]
    assert Case.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_nobody_is_written_to_because_of_an_import(house, tmp_path):
    mailbox = save_mailbox(
        draft=MailboxDraft(address="support@henuan.example", sender_name="x", in_host="imap", out_host="smtp"),
        team=house.other_team,
        by=SYSTEM,
        at=BEGINNING,
    )
    follow_everything("mail.")
    (tmp_path / "1.eml").write_bytes(a_mail(1))

    assert counted(tmp_path, mailbox=mailbox) == [1, 1, 0, 0, 0]
    follow_everything("mail.")

    assert OutgoingMail.objects.count() == 0


@pytest.mark.django_db
def test_a_machines_mail_is_stored_and_an_empty_one_is_rejected(house, tmp_path):
    (tmp_path / "away.eml").write_bytes(a_mail(1, Auto_Submitted="auto-replied", X_Autoreply="yes", text="我在休假"))
    (tmp_path / "empty.eml").write_bytes(b"")

    assert counted(tmp_path) == [2, 1, 0, 0, 1]


@pytest.mark.django_db
def test_without_anybody_who_can_own_a_case_the_mails_are_kept_and_say_so(house, tmp_path):
    (tmp_path / "1.eml").write_bytes(a_mail(1))
    Staff.objects.update(left_at=BEGINNING)
    counts, [(source, reason)] = import_mails([tmp_path], mailbox=None)
    assert (counts["kept_raw"], source.endswith("1.eml"), "Error" in reason) == (1, True, False)

    Team.objects.update(is_fallback=False)
    (tmp_path / "1.eml").write_bytes(a_mail(2))
    counts, [(source, reason)] = import_mails([tmp_path], mailbox=None)

    assert counts["kept_raw"] == 1
    assert "DoesNotExist" not in reason
    assert Case.objects.count() == 0


@pytest.mark.django_db
def test_a_full_disk_ends_an_import_in_a_sentence_and_it_goes_on_when_run_again(house, tmp_path):
    (tmp_path / "1.eml").write_bytes(a_mail(1))
    (tmp_path / "2.eml").write_bytes(a_mail(2, text="很长 " * 40_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StorageFull):
            import_mails([tmp_path], mailbox=None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert Case.objects.count() == 1
    assert counted(tmp_path) == [2, 1, 1, 0, 0]
