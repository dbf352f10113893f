"""What a watched mailbox says when something stands in its way, and what becomes of mails that cannot be had whole."""

import resource
import shutil
from dataclasses import replace
from threading import Event

import pytest

from yinuo.cases.models import Case, Message, MessageKind
from yinuo.cases.tests.cast import SYSTEM
from yinuo.foundation.clock import now
from yinuo.foundation.home import home
from yinuo.foundation.models import FactRow
from yinuo.intake.mail.actions import file_again, save_mailbox
from yinuo.intake.mail.house_addresses import house_addresses
from yinuo.intake.mail.models import Mailbox, OutgoingMail, StoredMail
from yinuo.intake.mail.settings_of import incoming_settings
from yinuo.intake.mail.tests.following_mail import Person, draft_for, open_for_mail, until, working
from yinuo.intake.mail.transport.maildir import drop_mail, make_maildir
from yinuo.intake.mail.transport.opening import open_mailbox
from yinuo.intake.mail.transport.values import START, Batch, Fetched, Position, Trouble
from yinuo.intake.mail.watching import MailboxWatchers, _Handler

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def shed(house, tmp_path) -> Mailbox:
    """A mailbox that is a local folder."""
    folders = {name: str(make_maildir(tmp_path / name)) for name in ("in", "out")}
    draft = draft_for_folder(**folders)
    return save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=now())


def draft_for_folder(**folders: str):
    from yinuo.intake.mail.actions import MailboxDraft

    return MailboxDraft(
        address="support@henuan.example",
        sender_name="禾暖客服",
        in_security="maildir",
        in_host=folders["in"],
        out_security="maildir",
        out_host=folders["out"],
    )


def a_mail(number: int | str, text: str = "洗衣机漏水", **headers: str) -> bytes:
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: 王丽 <wang@qq.example>\r\nTo: support@henuan.example\r\nSubject: 漏水 {number}\r\n"
        f"Message-ID: <{number}@qq.example>\r\n{more}\r\n{text}\r\n"
    ).encode()


def state_of(mailbox: Mailbox) -> Mailbox:
    return Mailbox.objects.get(pk=mailbox.pk)


@pytest.mark.mail_peers
def test_a_wrong_password_is_told_in_a_sentence_and_forgotten_once_mended(house, mail_servers, monkeypatch):
    monkeypatch.setenv("YINUO_MAIL_CA", str(mail_servers.ca_file))
    address = mail_servers.new_user()
    mailbox = open_for_mail(mail_servers, house.team, address, in_password="wrong")
    with working():
        until(lambda: state_of(mailbox).problem, "the obstacle is shown")
        shown = state_of(mailbox)
        assert f"did not accept the password of {address}" in shown.problem or f"{address} 的密码" in shown.problem
        assert shown.problem_since is not None

        Person(mail_servers, "王丽").write(address, "有人吗？")
        save_mailbox(draft=draft_for(mail_servers, address), team=house.team, mailbox=mailbox, by=SYSTEM, at=now())
        until(lambda: Case.objects.count() == 1, "the waiting mail is a case")

    assert (state_of(mailbox).problem, state_of(mailbox).problem_since) == ("", None)
    [fact] = FactRow.objects.filter(type="intake.mailbox_obstructed")
    assert fact.payload == {"mailbox_id": mailbox.pk, "code": "intake.mail_wrong_password"}


@pytest.mark.mail_peers
def test_a_certificate_nobody_vouches_for_is_told_in_a_sentence(house, mail_servers):
    mailbox = open_for_mail(mail_servers, house.team, mail_servers.new_user())
    with working():
        until(lambda: state_of(mailbox).problem, "the obstacle is shown")

    [fact] = FactRow.objects.filter(type="intake.mailbox_obstructed")
    assert fact.payload["code"] == "intake.mail_certificate"


def test_a_mailbox_added_changed_and_switched_off_is_followed_without_a_restart(house, shed, tmp_path):
    other = make_maildir(tmp_path / "other")
    with working():
        drop_mail(tmp_path / "in", a_mail(1))
        until(lambda: Case.objects.count() == 1, "the first mail is a case")

        draft = draft_for_folder(**{"in": str(other), "out": str(tmp_path / "out")})
        save_mailbox(draft=draft, team=house.team, mailbox=shed, by=SYSTEM, at=now())
        drop_mail(other, a_mail(2))
        until(lambda: Case.objects.count() == 2, "a mail in the new folder is a case")

        save_mailbox(draft=replace(draft, is_active=False), team=house.team, mailbox=shed, by=SYSTEM, at=now())
        looked_at = _when_it_is_left_alone(shed)
        drop_mail(other, a_mail(3))
        Event().wait(1)

    assert Case.objects.count() == 2
    assert state_of(shed).looked_at == looked_at


def _when_it_is_left_alone(mailbox: Mailbox):
    """A watcher may look once more within the seconds until it hears of the change."""
    Event().wait(7)
    return state_of(mailbox).looked_at


def test_a_password_whose_key_is_missing_is_told_and_stops_no_other_mailbox(house, shed, tmp_path):
    draft = replace(
        draft_for_folder(**{"in": str(tmp_path / "in"), "out": str(tmp_path / "out")}),
        address="repair@henuan.example",
        in_password="secret",
    )
    locked = save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=now())
    Mailbox.objects.filter(pk=locked.pk).update(in_password=bytes([0, 99]) + b"written under another key")
    with working():
        drop_mail(tmp_path / "in", a_mail(1))
        until(lambda: Case.objects.count() == 1, "the other mailbox is followed")
        until(lambda: Mailbox.objects.defer("in_password").get(pk=locked.pk).problem, "the missing key is shown")

    assert "99" in Mailbox.objects.defer("in_password").get(pk=locked.pk).problem
    [fact] = FactRow.objects.filter(type="intake.mailbox_obstructed")
    assert fact.payload == {"mailbox_id": locked.pk, "code": "access.personal_key_missing"}


def test_a_disk_without_room_is_told_and_the_mail_arrives_once_there_is_room(house, shed, tmp_path, caplog):
    """A limit on the size of files answers like a full disk does: the write fails in the middle."""
    drop_mail(tmp_path / "in", a_mail(1))
    drop_mail(tmp_path / "in", a_mail(2, text="很长 " * 40_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with working():
            until(lambda: state_of(shed).problem, "the full disk is shown")
            stuck = state_of(shed)
            assert str(home().attachments) in stuck.problem
            assert stuck.last_uid == 0
            assert StoredMail.objects.filter(state="kept_raw").count() == 0
            [fact] = FactRow.objects.filter(type="intake.mailbox_obstructed")
            assert fact.payload["code"] == "cases.storage_full"

            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            until(lambda: Case.objects.count() == 2, "both mails are cases")
            until(lambda: not state_of(shed).problem, "the obstacle is forgotten")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert state_of(shed).last_uid == 2
    assert StoredMail.objects.count() == 2
    assert [path for path in home().attachments.rglob(".*") if path.is_file()] == []


def test_a_folder_that_may_not_be_written_is_told_and_nothing_is_lost(house, shed, tmp_path):
    shutil.rmtree(home().attachments, ignore_errors=True)
    home().attachments.write_text("a file where the folder should be")
    drop_mail(tmp_path / "in", a_mail(1))
    try:
        with working():
            until(lambda: state_of(shed).problem, "the obstacle is shown")
            assert (state_of(shed).last_uid, StoredMail.objects.count()) == (0, 0)

            home().attachments.unlink()
            until(lambda: Case.objects.count() == 1, "the mail is a case")
    finally:
        if home().attachments.is_file():
            home().attachments.unlink()


def handed(mailbox: Mailbox, *mails: Fetched, validity: int = 7) -> Position:
    return _Handler(mailbox).handle(Batch(mails, Position(validity, mails[-1].uid)))


def test_a_mail_that_is_too_large_becomes_a_case_that_says_where_the_mail_is(house, shed):
    headers = a_mail(1, **{"Content-Type": 'multipart/mixed; boundary="b"'}).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    large = Fetched(3, headers, None, 63_000_000, Trouble.TOO_LARGE, "63000000 bytes; limit 50 MB")

    assert handed(shed, large) == Position(7, 3)
    handed(shed, large)

    [case] = Case.objects.all()
    assert (case.subject, case.customer.name, case.is_open) == ("漏水 1", "王丽", True)
    [message] = Message.objects.filter(case=case, kind=MessageKind.CUSTOMER)
    assert "63 MB" in message.text
    assert "support@henuan.example" in message.text
    [stored] = StoredMail.objects.all()
    assert (stored.state, stored.source, stored.may_acknowledge) == ("filed", "uid 3 of 7", True)


def test_a_mail_the_server_does_not_give_is_kept_with_its_place_and_fetched_when_filed_again(house, shed, tmp_path):
    drop_mail(tmp_path / "in", a_mail(1))
    with open_mailbox(incoming_settings(shed)) as opened:
        [batch] = opened.fetch_new(START)
        validity, uid = opened.uid_validity, batch.mails[0].uid
    unread = Fetched(uid, b"", None, 900, Trouble.UNREADABLE, "NO [SERVERBUG] internal error")
    handed(shed, unread, validity=validity)
    handed(shed, unread, validity=validity)

    [stored] = StoredMail.objects.all()
    assert (stored.state, stored.source, stored.size) == ("kept_raw", f"uid {uid} of {validity}", 900)
    assert "NO [SERVERBUG] internal error" in stored.reason

    taken = file_again(stored=stored, by=SYSTEM, at=now())

    [case] = Case.objects.all()
    assert (taken.state, taken.case_id, case.subject) == ("filed", case.pk, "漏水 1")
    stored.refresh_from_db()
    assert (stored.state, stored.case_id) == ("filed", case.pk)
    assert file_again(stored=stored, by=SYSTEM, at=now()).state == "filed"
    assert Case.objects.count() == 1


def test_a_mail_that_left_the_mailbox_before_it_could_be_fetched_is_left_out_with_that_reason(house, shed):
    handed(shed, Fetched(99, b"", None, 900, Trouble.UNREADABLE, "no content"))

    taken = file_again(stored=StoredMail.objects.get(), by=SYSTEM, at=now())

    assert (taken.state, StoredMail.objects.get().state) == ("left_out", "left_out")
    assert StoredMail.objects.get().reason


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.example\r\nMessage-ID: <nul\0@b.example>\r\nSubject: nul\0 in \0subject\r\n\r\nnul \0 in text",
        b"From: =?utf-8?q?=00?= <a@b.example>\r\nTo: \xff\xfe\r\nMessage-ID: <" + b"x" * 5000 + b">\r\n\r\nx",
        b"Message-ID: <\xed\xa0\x80@b.example>\r\nFrom: \xed\xa0\x80 <a@b.example>\r\n\r\n\xed\xa0\x80",
        b"\0\0\0\0",
    ],
    ids=["nul", "long", "surrogates", "no mail"],
)
def test_no_single_mail_blocks_the_mailbox(house, shed, raw):
    position = handed(shed, Fetched(1, raw, None, len(raw)), Fetched(2, a_mail(2), None, 0))

    assert position == Position(7, 2)
    assert StoredMail.objects.count() == 2
    assert Case.objects.filter(subject="漏水 2").count() == 1


def test_the_threads_end_with_the_worker_and_the_mailbox_is_free_for_the_next(house, shed, tmp_path):
    for number in (1, 2):
        stop = Event()
        watchers = MailboxWatchers(stop)
        drop_mail(tmp_path / "in", a_mail(number))
        watchers._step()
        until(lambda number=number: Case.objects.count() == number, f"mail {number} is a case")
        stop.set()
        watchers.run()

    assert OutgoingMail.objects.count() == 0
    assert house_addresses().mailboxes == {"support@henuan.example"}
