"""Following a mailbox on a real Dovecot through news, outages and restarts."""

import os
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinuo.intake.mail.tests.peers import MailPeers
from yinuo.intake.mail.transport.imap import ImapMailbox
from yinuo.intake.mail.transport.refusals import ConnectionLost, ServerUnreachable, WrongPassword
from yinuo.intake.mail.transport.tests.conftest import Watched, mail, numbers_of
from yinuo.intake.mail.transport.values import MailboxSettings, Pace, Trouble
from yinuo.intake.mail.transport.watching import Connected, Looked, Obstructed, retry_pause

pytestmark = pytest.mark.mail_peers


def looks(watched: Watched) -> list[Looked]:
    return [event for event in watched.events if isinstance(event, Looked)]


def obstacles(watched: Watched) -> list[Obstructed]:
    return [event for event in watched.events if isinstance(event, Obstructed)]


def test_a_new_mail_is_noticed_within_two_seconds_by_idle(mail_servers: MailPeers, watched):
    watched.until(lambda: len(looks(watched)) == 1)
    time.sleep(0.3)

    begun = time.monotonic()
    mail_servers.deliver(mail(1), watched.settings.username)
    watched.until(lambda: len(watched.mails) == 1)

    assert time.monotonic() - begun < 2
    assert len(looks(watched)) <= 2


def test_a_mail_arriving_during_a_look_is_not_left_until_the_next_push(mail_servers: MailPeers, watched):
    for number in range(30):
        mail_servers.deliver(mail(number), watched.settings.username)

    watched.until(lambda: len(watched.mails) == 30, seconds=5)

    assert numbers_of(watched.mails) == [str(number) for number in range(30)]


def test_without_idle_the_mailbox_is_polled(mail_servers: MailPeers, mailbox):
    with Watched(replace(mailbox, idle=False)) as watched:
        watched.until(lambda: len(looks(watched)) == 1)
        mail_servers.deliver(mail(1), mailbox.username)
        watched.until(lambda: len(watched.mails) == 1, seconds=3)


def test_idle_is_begun_anew_when_its_time_is_over(mailbox):
    pace = replace(mailbox.pace, idle_for=timedelta(seconds=0.2))
    with Watched(replace(mailbox, pace=pace)) as watched:
        watched.until(lambda: len(looks(watched)) >= 4)

    assert obstacles(watched) == []


def test_a_server_away_for_a_while_loses_nothing_and_nothing_comes_twice(mail_servers: MailPeers, watched):
    user = watched.settings.username
    mail_servers.deliver(mail(1), user)
    watched.until(lambda: len(watched.mails) == 1)

    mail_servers.imap_down()
    watched.until(lambda: len(obstacles(watched)) >= 3)
    mail_servers.deliver(mail(2), user, by_smtp=True)
    mail_servers.deliver(mail(3), user, by_smtp=True)
    mail_servers.imap_up()
    mail_servers.flush()
    watched.until(lambda: len(watched.mails) == 3)

    assert sorted(numbers_of(watched.mails)) == ["1", "2", "3"]
    assert type(obstacles(watched)[0].refusal) is ConnectionLost
    assert type(obstacles(watched)[1].refusal) is ServerUnreachable


def test_after_a_restart_it_goes_on_where_it_saved_its_position(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)
    with Watched(mailbox) as before:
        before.until(lambda: len(before.mails) == 1)
    mail_servers.deliver(mail(2), mailbox.username)

    with Watched(mailbox, before.position) as after:
        after.until(lambda: len(looks(after)) == 1)

    assert numbers_of(after.mails) == ["2"]


def test_a_crash_before_saving_brings_the_batch_again(mail_servers: MailPeers, mailbox):
    mail_servers.deliver(mail(1), mailbox.username)

    class Crashing(Watched):
        def _handle(self, batch):  # noqa: ARG002  it crashes whatever comes
            raise OSError("disk full")

    with Crashing(mailbox) as broken:
        broken.until(lambda: not broken._thread.is_alive()) if broken.fault else time.sleep(1)
    with Watched(mailbox, broken.position) as after:
        after.until(lambda: len(after.mails) == 1)

    assert str(broken.fault) == "disk full"
    assert numbers_of(after.mails) == ["1"]


def test_several_mailboxes_are_followed_at_once_and_do_not_mix(mail_servers: MailPeers, mailbox):
    users = [mail_servers.new_user() for _ in range(4)]
    with ExitStack() as stack:
        all_watched = [stack.enter_context(Watched(replace(mailbox, username=user))) for user in users]
        for number, user in enumerate(users * 3):
            mail_servers.deliver(mail(number), user)
        for watched in all_watched:
            watched.until(lambda watched=watched: len(watched.mails) == 3)

    assert [numbers_of(watched.mails) for watched in all_watched] == [
        ["0", "4", "8"],
        ["1", "5", "9"],
        ["2", "6", "10"],
        ["3", "7", "11"],
    ]


def test_a_wrong_password_is_reported_and_not_hammered(mailbox):
    with Watched(
        replace(mailbox, password="wrong", pace=replace(mailbox.pace, retry_longest=timedelta(minutes=5)))
    ) as w:
        w.until(lambda: len(w.events) == 1)
        time.sleep(0.5)

    (event,) = w.events
    assert type(event.refusal) is WrongPassword
    assert timedelta(seconds=30) <= event.retry_in <= timedelta(seconds=60)


def test_a_mail_on_which_the_server_breaks_off_holds_up_nothing_and_is_reported(mail_servers: MailPeers, mailbox):
    mail_servers.deliver_many([mail(1), mail(2), mail(3)], mailbox.username)
    broken = sorted((mail_servers.folder / "mail" / mailbox.username / "Maildir" / "new").iterdir())[1]
    owner = broken.stat()
    broken.chmod(0)
    if os.access(broken, os.R_OK):
        os.chown(broken, 0, 0)

    with Watched(mailbox) as watched:
        watched.until(lambda: len(looks(watched)) == 1)

    assert numbers_of(watched.mails) == ["1", "", "3"]
    assert [one.trouble for one in watched.mails] == [None, Trouble.UNREADABLE, None]
    assert len(obstacles(watched)) == 5
    assert looks(watched)[0].tally.unreadable_count == 1

    os.chown(broken, owner.st_uid, owner.st_gid)
    broken.chmod(0o600)
    with ImapMailbox(mailbox) as mended:
        assert numbers_of([mended.refetch(2)]) == ["2"]


def test_a_renumbered_mailbox_is_reported_and_read_anew(mail_servers: MailPeers, watched):
    mail_servers.deliver(mail(1), watched.settings.username)
    watched.until(lambda: len(watched.mails) == 1)
    mail_servers.imap_down()
    mail_servers.renumber(watched.settings.username)
    mail_servers.imap_up()

    watched.until(lambda: len(watched.mails) == 2)

    assert numbers_of(watched.mails) == ["1", "1"]
    assert [event.renumbered for event in watched.events if isinstance(event, Connected)] == [False, True]


def test_each_look_counts_what_the_server_has_and_what_was_taken(mail_servers: MailPeers, watched):
    watched.until(lambda: len(looks(watched)) == 1)
    mail_servers.deliver(mail(1), watched.settings.username)
    watched.until(lambda: len(looks(watched)) == 2)

    tally = looks(watched)[1].tally
    assert (tally.on_server_count, tally.waiting_count, tally.fetched_count, tally.missing_count) == (1, 1, 1, 0)


def test_it_stops_within_a_second_while_waiting(mailbox):
    with Watched(mailbox) as watched:
        watched.until(lambda: len(looks(watched)) == 1)
        time.sleep(0.2)
        begun = time.monotonic()

    assert time.monotonic() - begun < 1


@given(failures=st.integers(1, 10_000), spread=st.floats(0, 1), temporary=st.booleans())
def test_a_pause_is_never_longer_than_allowed_and_never_less_than_half_the_first(failures, spread, temporary):
    pause = retry_pause(MailboxSettings(host="x"), failures_count=failures, temporary=temporary, spread=spread)

    assert timedelta(seconds=1) <= pause <= timedelta(minutes=10)


@pytest.mark.parametrize(
    ("failures", "temporary", "seconds"), [(1, True, 2), (2, True, 4), (5, True, 32), (20, True, 600), (1, False, 60)]
)
def test_pauses_double_up_to_ten_minutes(failures, temporary, seconds):
    pause = retry_pause(MailboxSettings(host="x"), failures_count=failures, temporary=temporary, spread=1)

    assert pause == timedelta(seconds=seconds)


def test_an_idle_of_29_minutes_is_refused():
    with pytest.raises(ValueError, match="between 0 and 29 minutes"):
        Pace(idle_for=timedelta(minutes=29))
