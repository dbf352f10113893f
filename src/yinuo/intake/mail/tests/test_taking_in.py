"""Mail becomes cases in the real database. The cast and their office hours stand in `cases/tests/cast.py`."""

import json
import threading
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.db import connection

from yinuo.cases.actions import close_case
from yinuo.cases.actions import reply as answer
from yinuo.cases.actions.messages import Said
from yinuo.cases.models import Case, Message
from yinuo.cases.tests.cast import SYSTEM, actor_of
from yinuo.customers.models import Customer
from yinuo.foundation.models import FactRow
from yinuo.foundation.tests.data import data_folder
from yinuo.foundation.tests.following import follow_everything
from yinuo.intake.mail import reactions  # noqa: F401 - registers the followers
from yinuo.intake.mail.actions import MailboxDraft, file_again, save_mailbox, take_in
from yinuo.intake.mail.models import BlockedAddress, Mailbox, OutgoingMail, StoredMail
from yinuo.intake.mail.transport.compose import compose
from yinuo.intake.mail.writing import outgoing_mail

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai


@pytest.fixture
def support(house) -> Mailbox:
    draft = MailboxDraft(address="support@henuan.example", sender_name="禾暖客服", in_host="imap", out_host="smtp")
    return save_mailbox(draft=draft, team=house.team, by=SYSTEM, at=AT)


def mail(
    text="洗衣机漏水，怎么办？", *, sender="王丽 <wang@qq.example>", to="support@henuan.example", **headers
) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = headers.pop("subject", "洗衣机漏水")
    message["Message-ID"] = headers.pop("message_id", "<a1@qq.example>")
    message["Date"] = "Mon, 02 Nov 2026 08:59:00 +0800"
    files = headers.pop("files", [])
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def only_case() -> Case:
    return Case.objects.get()


@pytest.mark.django_db
def test_a_mail_becomes_a_case_with_customer_owner_and_promise(house, support):
    taken = take_in(mail(files=[("照片.jpg", b"\xff\xd8\xff\xe0photo")]), mailbox=support, at=AT)

    case = only_case()
    assert (taken.state, taken.case_id) == ("filed", case.pk)
    assert (case.subject, case.channel, case.language) == ("洗衣机漏水", "mail", "zh-hans")
    assert (case.customer.name, case.customer.identities.get().value) == ("王丽", "wang@qq.example")
    assert case.owner in {house.chen, house.zhou}
    assert case.next_due_at == datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    message = Message.objects.get(case=case)
    assert (message.text, message.author_name, message.at) == (
        "洗衣机漏水，怎么办？",
        "王丽",
        datetime(2026, 11, 2, 0, 59, tzinfo=UTC),
    )
    file = message.attachments.get()
    assert (file.name, file.content_type, file.size) == ("照片.jpg", "image/jpeg", 9)


@pytest.mark.django_db
def test_the_same_mail_twice_is_one_message_but_to_two_mailboxes_it_is_two_cases(house, support):
    other = save_mailbox(
        draft=MailboxDraft(address="invoice@henuan.example", sender_name="x", in_host="imap", out_host="smtp"),
        team=house.team,
        by=SYSTEM,
        at=AT,
    )
    states = [take_in(mail(), mailbox=box, at=AT).state for box in (support, support, other)]

    assert (states, Case.objects.count(), Customer.objects.filter(name="王丽").count()) == (
        ["filed", "duplicate", "filed"],
        2,
        2,  # Wang of the cast and this one
    )


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_mail_make_one_case(house, support):
    results = []

    def take() -> None:
        try:
            results.append(take_in(mail(), mailbox=support, at=AT).state)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["duplicate"] * 5 + ["filed"]
    assert (Case.objects.count(), Message.objects.count()) == (1, 1)


def answered(house, support) -> tuple[Case, OutgoingMail]:
    """Wang wrote, Chen answered; return the case and the answer on its way."""
    take_in(mail(), mailbox=support, at=AT)
    case = only_case()
    follow_everything("mail.")
    answer(case=case, said=Said("您好，明天上午师傅上门。", AT), by=actor_of(house.chen), at=AT)
    follow_everything("mail.")
    return case, OutgoingMail.objects.get(is_automatic=False)


@pytest.fixture
def followed(transactional_db, house, support):
    """The followers of mail, begun before anything happens."""
    follow_everything("mail.")
    return house, support


@pytest.mark.django_db(transaction=True)
def test_a_new_case_is_acknowledged_with_number_owner_and_time_and_an_answer_threads(followed):
    house, support = followed
    case, row = answered(house, support)

    notice = compose(outgoing_mail(OutgoingMail.objects.get(is_automatic=True)))
    text = notice.get_body(("plain",)).get_content()
    assert case.reference in text
    assert "小陈" in text
    assert "11月2日 11:00" in text
    assert f"/track/{case.track_token}" in text
    assert (notice["Auto-Submitted"], notice["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    reply = compose(outgoing_mail(row))
    assert reply["To"].addresses[0].addr_spec == "wang@qq.example"
    assert reply["In-Reply-To"] == f"<{OutgoingMail.objects.get(is_automatic=True).message_id_header}>"
    assert reply["References"].split()[0] == "<a1@qq.example>"
    assert str(reply["Subject"]) == f"Re: 洗衣机漏水 [{case.reference}]"
    assert reply["Auto-Submitted"] is None


@pytest.mark.django_db(transaction=True)
def test_no_receipt_is_sent_once_a_person_has_answered(followed):
    house, support = followed
    take_in(mail(), mailbox=support, at=AT)
    answer(case=only_case(), said=Said("您好", AT), by=actor_of(house.chen), at=AT)
    follow_everything("mail.")

    assert OutgoingMail.objects.filter(is_automatic=True).count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["in_reply_to", "references", "subject", "body_mark"])
def test_the_customers_reply_joins_by_every_honest_sign(followed, how):
    house, support = followed
    case, row = answered(house, support)
    signs = {
        "in_reply_to": {"In_Reply_To": f"<{row.message_id_header}>", "subject": "另一个标题"},
        "references": {
            "References": f"<x@y> <{row.message_id_header}>",
            "subject": f"Re: 洗衣机漏水 [{case.reference}]",
        },
        "subject": {"subject": f"回复: [{case.reference}] 好的"},
        "body_mark": {"subject": "好的"},
    }[how]
    text = outgoing_mail(row).text if how == "body_mark" else "好的"

    take_in(mail(f"知道了\n\n> {text}", message_id="<a2@qq.example>", **signs), mailbox=support, at=AT)

    assert only_case().messages.filter(kind="customer").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sign", ["subject", "forged id"])
def test_a_stranger_with_a_right_number_or_a_forged_id_gets_a_case_of_their_own(followed, sign):
    house, support = followed
    case, row = answered(house, support)
    forged = row.message_id_header.split(".")
    forged[3] = "a" * 20 + "@" + forged[3].partition("@")[2]
    signs = {"subject": f"Re: [{case.reference}]"} if sign == "subject" else {"In_Reply_To": f"<{'.'.join(forged)}>"}

    take_in(
        mail("把货发到我这里", sender="Mallory <mallory@evil.example>", message_id="<m@evil.example>", **signs),
        mailbox=support,
        at=AT,
    )

    assert case.messages.filter(text="把货发到我这里").count() == 0
    new = Case.objects.exclude(pk=case.pk).get()
    assert new.owner is not None
    assert new.messages.filter(kind="note").count() == (1 if sign == "subject" else 0)


@pytest.mark.django_db(transaction=True)
def test_an_absence_note_and_a_bounce_join_without_any_effect_on_promises(followed):
    house, support = followed
    case, row = answered(house, support)
    before = list(case.promises.values_list("kind", "end"))
    absence = mail(
        "我在休假", subject="自动回复: 洗衣机漏水", message_id="<ooo@qq.example>", Auto_Submitted="auto-replied",
        In_Reply_To=f"<{row.message_id_header}>",
    )  # fmt: skip
    bounce = (
        b"From: MAILER-DAEMON@qq.example\r\nTo: support@henuan.example\r\nSubject: Undelivered\r\n"
        b"Message-ID: <b@qq.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nUser unknown\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.qq.example\r\n\r\n"
        b"Final-Recipient: rfc822; wang@qq.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <"
        + row.message_id_header.encode()
        + b">\r\n\r\nhi\r\n--x--\r\n"
    )
    for raw in (absence, bounce):
        take_in(raw, mailbox=support, at=AT)
    follow_everything("mail.")

    assert Case.objects.count() == 1
    assert list(case.promises.values_list("kind", "end")) == before
    assert case.messages.filter(kind="automatic").count() == 2
    row.refresh_from_db()
    assert row.state == "failed"
    assert BlockedAddress.objects.get().until == AT + timedelta(days=60)
    assert OutgoingMail.objects.count() == 2  # nothing answered either of them


@pytest.mark.django_db(transaction=True)
def test_nothing_is_acknowledged_to_machines_lists_and_robots(followed):
    _house, support = followed
    for number, extra in enumerate(
        [
            {"Auto_Submitted": "auto-generated"},
            {"Precedence": "bulk"},
            {"List_Id": "<news.example>"},
            {"X_Auto_Response_Suppress": "All"},
            {"sender": "noreply@shop.example"},
            {"X_Loop": "shop"},
        ]
    ):
        sender = extra.pop("sender", f"a{number}@shop.example")
        take_in(mail(sender=sender, message_id=f"<r{number}@shop.example>", **extra), mailbox=support, at=AT)
    follow_everything("mail.")

    assert Case.objects.count() >= 5
    assert OutgoingMail.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_loop_of_two_machines_ends_by_counting(followed):
    _house, support = followed
    for number in range(15):
        take_in(
            mail(f"第 {number} 封", sender="robot@shop.example", subject=f"通知 {number}", message_id=f"<l{number}@s>"),
            mailbox=support,
            at=AT + timedelta(minutes=number),
        )
    follow_everything("mail.")

    assert OutgoingMail.objects.filter(state="queued").count() == 10
    assert OutgoingMail.objects.filter(state="withheld").count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_late_mail_to_a_closed_case_reopens_it_within_two_weeks_and_follows_it_after(followed):
    house, support = followed
    case, row = answered(house, support)
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=AT)
    thread = {"In_Reply_To": f"<{row.message_id_header}>"}

    take_in(mail(message_id="<later@q>", **thread), mailbox=support, at=AT + timedelta(days=13))
    case.refresh_from_db()
    assert case.is_open
    close_case(case=case, outcome="solved", by=actor_of(house.chen), at=AT + timedelta(days=14))
    take_in(mail(message_id="<latest@q>", **thread), mailbox=support, at=AT + timedelta(days=40))

    assert Case.objects.exclude(pk=case.pk).get().follows == case


@pytest.mark.django_db
def test_a_colleague_who_forwards_a_customers_mail_makes_the_customer_the_customer(house, support):
    forwarded = (
        "帮忙看一下\n\n-------- 转发邮件 --------\n发件人: 李强 <li@163.example>\n发送时间: 2026年11月1日\n"
        "收件人: chen@henuan.example\n主题: 发票抬头写错\n\n你好，发票抬头写错了。"
    )
    take_in(mail(forwarded, sender="陈晨 <chen@henuan.example>", subject="Fwd: 发票抬头写错"), mailbox=support, at=AT)

    assert only_case().customer.identities.get().value == "li@163.example"


@pytest.mark.django_db
def test_people_in_copy_take_part_but_our_own_addresses_do_not(house, support):
    take_in(mail(Cc="先生 <mr@qq.example>, support@henuan.example, chen@henuan.example"), mailbox=support, at=AT)

    assert [person.address for person in only_case().participants.all()] == ["mr@qq.example"]


@pytest.mark.django_db
def test_an_empty_mail_is_kept_raw_with_the_reason_and_can_be_filed_again(house, support):
    taken = take_in(b"", mailbox=support, at=AT)

    stored = StoredMail.objects.get()
    assert (taken.state, stored.state) == ("kept_raw", "kept_raw")
    assert stored.reason
    assert file_again(stored=stored, by=SYSTEM, at=AT).state == "kept_raw"


@pytest.mark.django_db
def test_a_mail_that_could_not_be_filed_is_filed_once_the_obstacle_is_gone(house, support):
    house.chen.left_at = house.zhou.left_at = AT
    house.chen.save()
    house.zhou.save()
    taken = take_in(mail(), mailbox=support, at=AT)
    assert (taken.state, Case.objects.count(), Customer.objects.filter(name="王丽").count()) == ("kept_raw", 0, 1)

    house.zhou.left_at = None
    house.zhou.save()
    again = file_again(stored=StoredMail.objects.get(), by=actor_of(house.zhou), at=AT)

    assert (again.state, only_case().owner) == ("filed", house.zhou)
    assert file_again(stored=StoredMail.objects.get(), by=SYSTEM, at=AT).case_id == only_case().pk


@pytest.mark.django_db
def test_the_folded_part_holds_what_was_repeated(house, support):
    take_in(mail("还是漏。\n\n在 2026年11月1日，陈晨 写道：\n> 您好\n> 请关水"), mailbox=support, at=AT)

    message = Message.objects.get()
    assert message.text == "还是漏。"
    assert "请关水" in message.quoted


@pytest.mark.django_db
def test_no_text_of_customers_stands_in_the_log(house, support):
    take_in(mail(), mailbox=support, at=AT)

    log = json.dumps([row.payload for row in FactRow.objects.all()], ensure_ascii=False)
    assert "洗衣机" not in log
    assert "qq.example" not in log


@pytest.mark.django_db
def test_every_mail_of_the_corpus_goes_through_without_loss(house, support):
    """Mails of 17 projects, with broken MIME, bounces and odd charsets: each is filed or kept, none is lost."""
    folder = data_folder("emails") / "dev"
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in {".csv", ".json"}]
    states: dict[str, int] = {}
    faults = []
    for path in paths:
        taken = take_in(path.read_bytes(), mailbox=support, at=AT, source=str(path), is_import=True)
        states[taken.state] = states.get(taken.state, 0) + 1
        if taken.state == "kept_raw":
            reason = StoredMail.objects.get(pk=taken.stored_mail_id).reason
            if not reason.startswith("This mail is empty"):
                faults.append((path.name, reason))

    assert faults == []
    assert sum(states.values()) == len(paths)
    assert StoredMail.objects.count() == len(paths) - states.get("duplicate", 0)
    assert states["filed"] > len(paths) * 0.4
