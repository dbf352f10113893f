"""The customers who keep writing: new requests fall into the right mailbox, and people answer what we sent."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from random import Random

import pytest

from yinuo.demo.company.organisation import TEAMS
from yinuo.demo.live_feed import LiveFeed
from yinuo.intake.mail.transport.maildir import drop_mail, make_maildir

AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    make_maildir(tmp_path / "out")
    for team in TEAMS:
        if team.mailbox:
            make_maildir(tmp_path / "in" / team.code)
    return tmp_path


@pytest.fixture
def feed(world, folder):
    return LiveFeed(world, folder, Random(1), [].append)


def _read(path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _sent(folder, to: str, **headers: str) -> None:
    mail = EmailMessage()
    for name, value in {
        "From": "禾暖家电 <service@henuan.example>",
        "To": to,
        "Subject": "Re: 洗衣机漏水 [YN-261122-0017]",
        "Date": "Sun, 22 Nov 2026 10:00:00 +0800",
        "Message-ID": "<yn.5.9.abcdefghij@henuan.example>",
        "References": "<first@qq.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        mail[name] = value
    mail.set_content("您好，请告诉我们序列号。")
    drop_mail(folder / "out", mail.as_bytes())


def test_a_new_request_falls_into_the_mailbox_it_is_written_to(feed) -> None:
    boxes = {team.code: team.mailbox for team in TEAMS}
    for _number in range(20):
        path = feed.drop_one(AT)
        mail = _read(path)
        assert path.parent.name == "new"
        assert mail["To"].addresses[0].addr_spec == boxes[path.parent.parent.name]
        assert mail["In-Reply-To"] is None
        assert mail["From"].addresses[0].domain.endswith(".example")


def test_a_customer_answers_what_we_sent_in_its_thread(feed, folder, world) -> None:
    customer = world.customers[3]
    _sent(folder, customer.mail)
    answer = _read(feed.drop_one(AT))
    assert answer["From"].addresses[0].addr_spec == customer.mail
    assert answer["In-Reply-To"] == "<yn.5.9.abcdefghij@henuan.example>"
    assert answer["References"].split() == ["<first@qq.example>", "<yn.5.9.abcdefghij@henuan.example>"]
    assert "YN-261122-0017" in answer["Subject"]
    assert _read(feed.drop_one(AT))["In-Reply-To"] is None  # once is enough


def test_who_wrote_a_request_goes_on_with_its_own_course(feed, folder) -> None:
    """The next words are those of the plan, while it has some."""
    for _number in range(40):
        request = _read(feed.drop_one(AT))
        address = request["From"].addresses[0].addr_spec
        (plan, *_others) = feed.plans[address.lower()]
        later = [turn.text for turn in plan.turns[1:] if turn.kind == "message"]
        if later:
            break
    _sent(folder, address)
    answer = _read(feed.drop_one(AT))
    assert later[0].split()[0] in answer.get_body(("plain", "html")).get_content()


def test_nobody_answers_a_notice_of_a_machine_or_mail_to_a_stranger(feed, folder, world) -> None:
    _sent(folder, world.customers[3].mail, Auto_Submitted="auto-replied")
    _sent(folder, "somebody@elsewhere.example")
    assert _read(feed.drop_one(AT))["In-Reply-To"] is None


def test_what_was_sent_before_it_began_stays_unanswered(world, folder) -> None:
    _sent(folder, world.customers[3].mail)
    feed = LiveFeed(world, folder, Random(1), [].append)
    assert _read(feed.drop_one(AT))["In-Reply-To"] is None
