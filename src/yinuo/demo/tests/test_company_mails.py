"""Invented customers' turns as the raw mails their clients would send."""

import email
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.policy import default

import pytest

from yinuo.demo.company.mails import Quoted, as_email
from yinuo.demo.company.pictures import jpeg


@pytest.fixture(scope="session")
def mailed(plans, world):
    return [(plan, world.customer_by_number[plan.customer_number]) for plan in plans if plan.channel == "mail"]


def quoted_for(plan):
    return Quoted(
        message_id="<answer.1@henuan.example>",
        sender_name="禾暖家电 陈晓岚",
        sender_mail="service@henuan.example",
        subject=f"Re: {plan.subject}",
        text="王女士您好，\n\n明天（11月23日）9:00 前给您时段。\n\n陈晓岚",
        at=datetime(2026, 11, 22, 2, 30, tzinfo=UTC),
        references=("<first@qq.example>",),
    )


def test_every_mail_parses_without_defects_and_keeps_the_words(mailed):
    for plan, customer in mailed[:400]:
        raw = as_email(plan, plan.turns[0], customer)
        message = email.message_from_bytes(raw, policy=default)

        assert message.defects == []
        assert all(part.defects == [] for part in message.walk())
        assert message["From"].addresses[0].addr_spec == customer.mail
        assert message["Subject"] == plan.subject
        assert message["Date"].datetime == plan.turns[0].at.replace(microsecond=0)
        plain = message.get_body(("plain",))
        if plain is not None:
            assert plan.turns[0].text.split("\n")[0].strip() in plain.get_content()


def test_the_same_turn_gives_the_same_bytes_and_only_seven_bit_lines(mailed):
    for plan, customer in mailed[:150]:
        raw = as_email(plan, plan.turns[0], customer)

        assert raw == as_email(plan, plan.turns[0], customer)
        assert raw.isascii()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_all_addresses_are_reserved_ones(mailed):
    for plan, customer in mailed[:300]:
        message = email.message_from_bytes(as_email(plan, plan.turns[0], customer), policy=default)
        addresses = [address.domain for name in ("From", "To") for address in message[name].addresses]

        assert all(domain.endswith(".example") for domain in addresses)
        assert message["Message-ID"].rstrip(">").endswith(".example")


def test_charsets_shapes_and_clients_are_mixed(mailed):
    charsets, clients, shapes = Counter(), Counter(), Counter()
    for plan, customer in mailed:
        message = email.message_from_bytes(as_email(plan, plan.turns[0], customer), policy=default)
        body = message.get_body(("plain", "html"))
        charsets[body.get_content_charset()] += 1
        shapes[body.get_content_type()] += 1
        clients[customer.mail_client] += 1

    assert set(charsets) == {"utf-8", "gb18030", "gbk", "gb2312"}
    assert set(clients) == {"qqmail", "netease", "foxmail", "outlook", "apple", "gmail"}
    assert shapes["text/html"] > 0


def test_a_reply_is_threaded_and_quotes_our_answer_in_its_clients_way(mailed):
    marks = {
        ("qqmail", "zh"): "原始邮件",
        ("netease", "zh"): "wrote:",
        ("foxmail", "zh"): "发送时间：",
        ("outlook", "zh"): "-----邮件原件-----",
        ("outlook", "en"): "Sent:",
        ("apple", "zh"): "写道：",
        ("apple", "en"): "wrote:",
        ("gmail", "en"): "wrote:",
    }
    seen = set()
    for plan, customer in mailed:
        raw = as_email(plan, plan.turns[0], customer, replying_to=quoted_for(plan))
        message = email.message_from_bytes(raw, policy=default)
        plain = message.get_body(("plain",))
        assert message["In-Reply-To"] == "<answer.1@henuan.example>"
        assert message["References"] == "<first@qq.example> <answer.1@henuan.example>"
        if plain is not None:
            seen.add((customer.mail_client, plan.language))
            assert marks[customer.mail_client, plan.language] in plain.get_content()
            assert "9:00 前给您时段" in plain.get_content()

    assert seen == set(marks)


def test_a_photo_arrives_as_a_jpeg_with_its_name(mailed):
    plan, customer = next((plan, customer) for plan, customer in mailed if plan.turns[0].photos)
    message = email.message_from_bytes(as_email(plan, plan.turns[0], customer), policy=default)
    pictures = list(message.iter_attachments())

    assert [picture.get_filename() for picture in pictures] == [photo.name for photo in plan.turns[0].photos]
    assert all(picture.get_content().startswith(b"\xff\xd8\xff") for picture in pictures)


def test_pictures_differ_by_seed_and_are_whole():
    one, two = jpeg(1), jpeg(2)

    assert one == jpeg(1)
    assert one != two
    assert one.endswith(b"\xff\xd9")
    assert (one.count(b"\xff\xda"), one.count(b"\xff\xc0")) == (1, 1)
    assert 400 < len(one) < 3000


def test_a_later_turn_has_its_own_message_id(mailed):
    plan, customer = next((plan, customer) for plan, customer in mailed if len(plan.turns) > 3)
    first = as_email(plan, plan.turns[0], customer)
    later = as_email(
        plan,
        plan.turns[0].__class__("message", plan.opened_at + timedelta(hours=1), "customer", "mail", "谢谢"),
        customer,
    )

    ids = {email.message_from_bytes(raw, policy=default)["Message-ID"] for raw in (first, later)}
    assert len(ids) == 2
