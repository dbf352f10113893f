"""Reading a mailbox on a real Dovecot."""

from dataclasses import replace

import pytest

from yinuo.intake.mail.tests.peers import MailPeers
from yinuo.intake.mail.transport.imap import ImapMailbox
from yinuo.intake.mail.transport.refusals import (
    CertificateNotTrusted,
    EncryptionFailed,
    FolderNotFound,
    MailServerRefusal,
    ServerTooSlow,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from yinuo.intake.mail.transport.tests.conftest import mail, numbers_of
from yinuo.intake.mail.transport.values import START, Fetched, MailboxSettings, Position, Security, Tally, Trouble

pytestmark = pytest.mark.mail_peers


def fetched(settings: MailboxSettings, since: Position = START) -> list[Fetched]:
    with ImapMailbox(settings) as mailbox:
        return [one for batch in mailbox.fetch_new(since) for one in batch.mails]


def test_a_mail_arrives_byte_for_byte_with_the_time_the_server_got_it(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)

    (one,) = fetched(mailbox)

    assert one.raw.endswith(mail(1))
    assert one.uid == 1
    assert one.size_bytes == len(one.raw)
    assert one.received_at.utcoffset().total_seconds() == 0
    assert one.trouble is None


def test_reading_changes_nothing_in_the_mailbox(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)

    fetched(mailbox)

    with mail_servers.signed_in(mailbox.username) as other:
        assert b"\\Seen" not in other.fetch(b"1", "(FLAGS)")[1][0]
        assert b"\\Recent" in other.fetch(b"1", "(FLAGS)")[1][0]


def test_the_read_flag_is_set_only_when_the_settings_ask_for_it(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)

    with ImapMailbox(replace(mailbox, mark_seen=True)) as own:
        own.mark_seen([1])

    with mail_servers.signed_in(mailbox.username) as other:
        assert b"\\Seen" in other.fetch(b"1", "(FLAGS)")[1][0]


def test_a_mail_read_by_another_program_still_comes(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)
    with mail_servers.signed_in(mailbox.username) as other:
        other.store(b"1", "+FLAGS", r"(\Seen \Flagged)")

    assert numbers_of(fetched(mailbox)) == ["1"]


def test_it_goes_on_after_the_last_uid(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2)], mailbox.username)
    with ImapMailbox(mailbox) as first:
        (batch,) = first.fetch_new(START)
    mail_servers.deliver(mail(3), mailbox.username)

    assert numbers_of(fetched(mailbox, batch.position)) == ["3"]


def test_nothing_new_gives_no_batch_though_imap_always_shows_the_newest(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)
    with ImapMailbox(mailbox) as first:
        latest = first.latest()

    assert latest.last_uid == 1
    assert fetched(mailbox, latest) == []


def test_a_deleted_mail_is_passed_over_and_the_others_come(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2), mail(3)], mailbox.username)
    with mail_servers.signed_in(mailbox.username) as other:
        other.store(b"2", "+FLAGS", r"(\Deleted)")
        other.expunge()

    assert [(one.uid, number) for one, number in zip(fetched(mailbox), ["1", "3"], strict=True)] == [(1, "1"), (3, "3")]


def test_a_mail_deleted_between_look_and_fetch_is_counted_as_gone(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2), mail(3)], mailbox.username)

    with ImapMailbox(replace(mailbox, batch_count=1)) as own:
        batches = own.fetch_new(START)
        seen = list(next(batches).mails)
        with mail_servers.signed_in(mailbox.username) as other:
            other.store(b"2", "+FLAGS", r"(\Deleted)")
            other.expunge()
        seen += [one for batch in batches for one in batch.mails]

    assert numbers_of(seen) == ["1", "3"]
    assert own.tally == Tally(on_server_count=3, waiting_count=3, fetched_count=2, gone_count=1)
    assert own.tally.missing_count == 0


def test_a_new_uid_validity_brings_everything_again_and_says_so(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2)], mailbox.username)
    with ImapMailbox(mailbox) as own:
        (before,) = own.fetch_new(START)
    mail_servers.imap_down()
    mail_servers.renumber(mailbox.username)
    mail_servers.imap_up()

    with ImapMailbox(mailbox) as own:
        (again,) = own.fetch_new(before.position)

    assert not before.rescan
    assert again.rescan
    assert sorted(numbers_of(again.mails)) == ["1", "2"]
    assert again.position.uid_validity != before.position.uid_validity


def test_five_hundred_mails_come_in_order_in_bounded_batches(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(number) for number in range(500)], mailbox.username)

    with ImapMailbox(mailbox) as own:
        batches = list(own.fetch_new(START))

    assert [number for batch in batches for number in numbers_of(batch.mails)] == [str(n) for n in range(500)]
    assert [len(batch.mails) for batch in batches] == [50] * 10
    assert [batch.waiting_count for batch in batches] == [450, 400, 350, 300, 250, 200, 150, 100, 50, 0]
    assert own.tally == Tally(on_server_count=500, waiting_count=500, fetched_count=500)


def test_a_batch_is_also_bounded_by_its_bytes(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(number, body="x" * 900) for number in range(4)], mailbox.username)

    with ImapMailbox(replace(mailbox, batch_bytes=3000)) as own:
        assert [numbers_of(batch.mails) for batch in own.fetch_new(START)] == [["0", "1"], ["2", "3"]]


def test_a_mail_of_25_megabytes_comes_whole(mail_servers: MailPeers, mailbox):
    large = mail(1) + (b"A" * 76 + b"\r\n") * 340_000
    mail_servers.deliver(large, mailbox.username)

    (one,) = fetched(mailbox)

    assert len(large) > 25 * 1024 * 1024
    assert one.raw.endswith(large)


def test_of_a_mail_beyond_the_limit_only_the_headers_come(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2, body="x" * 3_000_000), mail(3)], mailbox.username)

    with ImapMailbox(replace(mailbox, largest_bytes=2 * 1024 * 1024)) as own:
        small, large, last = [one for batch in own.fetch_new(START) for one in batch.mails]

    assert numbers_of([small, large, last]) == ["1", "2", "3"]
    assert large.trouble is Trouble.TOO_LARGE
    assert large.raw.endswith("Subject: 屏幕碎了\r\n\r\n".encode())
    assert large.size_bytes > 3_000_000
    assert own.tally.too_large_count == 1


def test_one_mail_can_be_fetched_again(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2)], mailbox.username)

    with ImapMailbox(mailbox) as own:
        assert numbers_of([own.refetch(2)]) == ["2"]
        assert own.refetch(77) is None


@pytest.mark.parametrize("security", [Security.PLAIN, Security.STARTTLS])
def test_starttls_and_plain_read_the_same(mail_servers: MailPeers, mailbox, security):
    mail_servers.deliver(mail(1), mailbox.username)

    assert numbers_of(fetched(replace(mailbox, port=mail_servers.imap_port, security=security))) == ["1"]


def test_a_folder_with_a_chinese_name_is_read(mail_servers: MailPeers, mailbox):
    with mail_servers.signed_in(mailbox.username) as other:
        other.append("&XfJZBHQG-", None, None, mail(9))

    assert numbers_of(fetched(replace(mailbox, folder="已处理"))) == ["9"]


def refusal(settings: MailboxSettings) -> MailServerRefusal:
    with pytest.raises(MailServerRefusal) as caught:
        ImapMailbox(settings)
    return caught.value


def test_a_wrong_password_asks_for_it_again_and_names_the_account(mailbox):
    refused = refusal(replace(mailbox, password="falsch"))

    assert type(refused) is WrongPassword
    assert refused.sentence() == (
        f"The mail server localhost did not accept the password of {mailbox.username}. Enter it again; many providers "
        "(QQ, 163, Gmail) want an authorisation code made in their settings instead of the sign-in password."
    )
    assert not refused.temporary


@pytest.mark.parametrize("password", ["错误", 'a"b\\c'])
def test_passwords_with_any_letters_are_sent_as_they_are(mailbox, password):
    assert type(refusal(replace(mailbox, password=password))) is WrongPassword


def test_an_unknown_host_asks_to_check_the_spelling(mailbox):
    refused = refusal(replace(mailbox, host="mail.invalid"))

    assert type(refused) is UnknownHost
    assert refused.sentence().startswith("The mail server mail.invalid was not found.")


def test_a_missing_folder_is_named(mailbox):
    refused = refusal(replace(mailbox, folder="收件箱/售后"))

    assert type(refused) is FolderNotFound
    assert "收件箱/售后" in refused.sentence()


def test_a_certificate_nobody_vouches_for_is_refused(mailbox):
    assert type(refusal(replace(mailbox, ca_file=None))) is CertificateNotTrusted


def test_a_certificate_for_another_name_is_refused(mailbox):
    assert type(refusal(replace(mailbox, host="127.0.0.1"))) is CertificateNotTrusted


def test_tls_on_a_port_without_it_says_to_try_the_other_mode(mail_servers: MailPeers, mailbox):
    refused = refusal(replace(mailbox, port=mail_servers.imap_port))

    assert type(refused) is EncryptionFailed
    assert "STARTTLS" in refused.sentence()


def test_a_closed_port_says_that_nobody_answers(mail_servers: MailPeers, mailbox):
    mail_servers.imap_down()
    refused = refusal(mailbox)
    mail_servers.imap_up()

    assert type(refused) is ServerUnreachable
    assert refused.temporary


def test_a_server_that_says_nothing_is_given_up_in_time(mail_servers: MailPeers, mailbox):
    # No greeting ever comes from a port that waits for us to begin TLS.
    pace = replace(mailbox.pace, connect_within=mailbox.pace.retry_longest)

    assert type(refusal(replace(mailbox, security=Security.PLAIN, pace=pace))) is ServerTooSlow


def test_a_password_never_shows_in_a_printed_setting(mailbox):
    assert mailbox.password not in repr(mailbox)
