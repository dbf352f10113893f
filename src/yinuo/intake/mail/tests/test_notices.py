"""Who looks after mailboxes hears that one cannot be read; nobody else does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from yinuo.access.actors import Actor
from yinuo.access.models import Account
from yinuo.cases.tests.cast import actor_of
from yinuo.foundation.facts import COLUMNS, RecordedFact, announce, recorded
from yinuo.intake.mail.facts import MailboxCleared, MailboxObstructed
from yinuo.intake.mail.models import Letter, Mailbox
from yinuo.intake.mail.reactions import queue_digests, tell_of_mailboxes
from yinuo.intake.mail.tasks import send_due
from yinuo.intake.mail.tests.following_mail import Person, open_for_mail, text_of
from yinuo.notifications.actions import Wish, choose_wish, make_due_digests
from yinuo.notifications.queries import centre, shown, unread_count

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
MAIL = Actor.system("mail")


def read_log(*types: str) -> list[RecordedFact]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM foundation_fact WHERE type = ANY(%s) ORDER BY id", [list(types)])
        return [recorded(row) for row in cursor.fetchall()]


def test_trouble_with_a_mailbox_is_told_to_administrators(house):
    mailbox = Mailbox.objects.create(
        address="service@henuan.example",
        sender_name="x",
        team=house.team,
        in_host="a",
        out_host="b",
        problem="offline",
    )
    announce(MailboxObstructed(mailbox_id=mailbox.pk, code="mail.unreachable"), by=MAIL, at=AT)
    announce(MailboxObstructed(mailbox_id=mailbox.pk, code="mail.refused"), by=MAIL, at=AT)
    announce(MailboxCleared(mailbox_id=mailbox.pk), by=MAIL, at=AT)
    tell_of_mailboxes(read_log("intake.mailbox_obstructed", "intake.mailbox_cleared"))

    admin = actor_of(house.admin)
    found = [(row.sentence, row.detail, row.count, row.url) for row in shown(centre(admin), actor=admin)]
    url = f"/settings/mailboxes/{mailbox.pk}"
    assert sorted(found) == [
        ("The mailbox service@henuan.example cannot be read", "offline", 2, url),
        ("The mailbox service@henuan.example is read again", "offline", 1, url),
    ]
    assert unread_count(actor_of(house.chen)) == 0


@pytest.mark.mail_peers
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_a_digest_arrives_by_a_real_server_as_a_machine_s_mail(house, mail_servers, monkeypatch):
    monkeypatch.setenv("YINUO_MAIL_CA", str(mail_servers.ca_file))
    open_for_mail(mail_servers, house.team, mail_servers.new_user(), acknowledges=False)
    chen = Person(mail_servers, "陈晨")
    Account.objects.filter(pk=house.chen.pk).update(email=chen.address)
    choose_wish(wish=Wish(zone="Asia/Shanghai", digest_hour=9), by=actor_of(house.chen), at=AT)
    case = house.open(at=AT)

    assert make_due_digests(at=AT) == 1
    queue_digests(read_log("notifications.digest_ready"))
    Letter.objects.update(send_after=AT, expires_at=AT + timedelta(hours=8))
    assert send_due(AT) == 1

    [mail] = chen.received(1)
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("一诺每日摘要 · 11月2日", "auto-generated")
    assert f"· {case.reference}：首次响应，11:00 前" in text_of(mail)
