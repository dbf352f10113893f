"""What a mail consists of: texts, files, pictures; nothing is lost and nothing breaks."""

import pytest

from yinuo.intake.mail.reading import Unreadable, html_to_text, mailbox_id, parse_mail
from yinuo.intake.mail.reading.tests.letters import codes, letter, multipart, read

PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\n您好"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>您好</p>"
PNG = "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n"
PNG_BODY = "iVBORw0KGgoAAAANSUhEUg=="


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\0\0 \n"])
def test_nothing_at_all_is_unreadable(raw):
    with pytest.raises(Unreadable) as refused:
        parse_mail(raw)

    assert refused.value.code == "intake.mail_unreadable"


def test_an_empty_message_id_is_derived_from_sender_and_body():
    first = read("Message-ID: <>", "Received: by one")
    again = read("Message-ID: ", "Received: by another")
    other_sender = read("Message-ID: <>", sender="li@example.com")
    other_body = read("Message-ID: <>", body="别的")

    assert first.message_id is None
    assert first.derived_id == again.derived_id
    assert len({first.derived_id, other_sender.derived_id, other_body.derived_id}) == 3


def test_the_same_words_on_two_days_are_two_mails():
    monday, tuesday = (read(f"Date: {day} Nov 2026 10:00:00 +0800", body="谢谢") for day in ("Mon, 23", "Tue, 24"))

    assert monday.derived_id != tuesday.derived_id


def test_one_mail_to_two_mailboxes_counts_once_in_each():
    mail = read("Message-ID: <a@example.com>")

    assert mailbox_id(mail, "service@yinuo.example") == "service@yinuo.example:a@example.com"
    assert mailbox_id(mail, "repair@yinuo.example") != mailbox_id(mail, "service@yinuo.example")


def test_alternatives_are_one_text_and_its_html():
    mail = parse_mail(multipart("alternative", PLAIN, HTML))

    assert (mail.text, mail.html, mail.attachments) == ("您好", "<p>您好</p>", ())


def test_an_html_only_mail_gets_a_text_with_its_blocks():
    html = "<p>您好，</p><ul><li>型号&nbsp;KJ-350</li><li>E4</li></ul><table><tr><td>a</td><td>b</td></tr></table>"
    mail = read("Content-Type: text/html; charset=utf-8", body=html.encode())

    assert mail.text == "您好，\n\n- 型号 KJ-350\n- E4\na b"
    assert mail.html == html
    assert not mail.has_plain_text


def test_an_empty_plain_text_beside_html_does_not_hide_it():
    mail = parse_mail(multipart("alternative", "Content-Type: text/plain\r\n\r\n \r\n", HTML))

    assert mail.text == "您好"


def test_several_texts_in_a_row_are_all_kept_in_order():
    mail = parse_mail(multipart("mixed", PLAIN, HTML, "Content-Type: text/plain\r\n\r\nfooter"))

    assert mail.text == "您好\n您好\nfooter"
    assert mail.html == "<pre>您好</pre>\n<p>您好</p>\n<pre>footer</pre>"


def test_a_picture_shown_by_its_content_id_is_inline_and_others_are_files():
    html = 'Content-Type: text/html\r\n\r\n<img src="cid:logo@1">'
    shown = f"{PNG}Content-ID: <logo@1>\r\n\r\n{PNG_BODY}"
    unused = f"{PNG}Content-ID: <other@1>\r\nContent-Disposition: inline\r\n\r\n{PNG_BODY}"
    mail = parse_mail(multipart("related", html, shown, unused))

    assert list(mail.inline_images) == ["logo@1"]
    assert [file.content_id for file in mail.files] == ["other@1"]
    assert mail.files[0].sniffed_type == "image/png"


def test_a_forwarded_mail_is_kept_as_a_file_named_by_its_subject():
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: li@example.com\r\nSubject: =?utf-8?B?6YCA5qy+?=\r\n\r\ninside"
    mail = parse_mail(multipart("mixed", PLAIN, inner))

    (file,) = mail.attachments
    assert (file.filename, file.content_type) == ("退款.eml", "message/rfc822")
    assert parse_mail(file.content).text == "inside"


def test_declared_and_real_type_of_a_file_are_both_known():
    part = 'Content-Type: application/pdf; name="invoice.pdf"\r\n\r\nMZ\x90 this is a program'
    (file,) = parse_mail(multipart("mixed", part)).attachments

    assert (file.content_type, file.sniffed_type) == (
        "application/pdf",
        "application/vnd.microsoft.portable-executable",
    )


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\wang\\a.pdf", "a.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("con\x00tract\r\n.pdf", "contract .pdf"),
        ('a<b>"c|?.txt', "a_b__c__.txt"),
        ("...", "attachment-1.pdf"),
        ("长" * 300 + ".pdf", "长" * 65 + ".pdf"),
    ],
)
def test_file_names_cannot_leave_their_folder_or_hide_their_type(written, safe):
    from yinuo.intake.mail.reading.files import safe_filename

    assert safe_filename(written, "application/pdf", 1) == safe


def test_a_calendar_is_a_file_and_readable():
    mail = parse_mail(multipart("mixed", PLAIN, "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR"))

    assert mail.calendars == ("BEGIN:VCALENDAR\r\nEND:VCALENDAR",)
    assert [file.filename for file in mail.attachments] == ["attachment-1.ics"]


def test_a_mail_cut_off_in_its_last_part_keeps_what_came():
    raw = multipart("mixed", PLAIN, f"{PNG}\r\n{PNG_BODY}").replace(b"--b1--\r\n", b"")
    mail = parse_mail(raw)

    assert mail.text == "您好"
    assert mail.attachments[0].content.startswith(b"\x89PNG")
    assert "last_boundary_missing" in codes(mail)


def test_a_missing_boundary_parameter_is_found_in_the_body():
    raw = multipart("mixed", PLAIN).replace(b'; boundary="b1"', b"").replace(b"b1", b"boundary-one")

    assert parse_mail(raw).text == "您好"


def test_a_boundary_that_begins_like_another_does_not_end_it():
    inner = 'Content-Type: multipart/alternative; boundary="b10"\r\n\r\n--b10\r\n' + PLAIN + "\r\n--b10--"

    assert parse_mail(multipart("mixed", inner, "Content-Type: text/plain\r\n\r\nsecond")).text == "您好\nsecond"


def test_a_part_without_headers_keeps_lines_that_look_like_headers():
    mail = parse_mail(multipart("mixed", "\r\nNote: call me\r\nat noon"))

    assert mail.text == "Note: call me\nat noon"


def test_blank_lines_and_an_mbox_line_before_a_mail_are_skipped():
    raw = b"   \r\n\nFrom wang@example.com Sun Nov 22 14:00:00 2026\n" + letter("Subject: a")

    assert parse_mail(raw).subject == "a"


def test_text_outside_all_parts_is_read_when_there_is_no_other():
    raw = multipart("mixed", f"{PNG}\r\n{PNG_BODY}") + b"only here"
    mail = parse_mail(raw)

    assert mail.text == "only here"
    assert "text_outside_parts" in codes(mail)


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", "5oKo5aW9", "您好"),
        ("BASE64 ", "5oKo\r\n5aW9\r\n", "您好"),
        ("base64", "5oKo=5aW9", "您好"),
        ("base64", "5oKo5aW9Q", "您好"),
        ("quoted-printable", "=E6=82=A8=E5=A5=BD=\r\n!", "您好!"),
        ("quoted-printable", "50=% off=ZZ", "50=% off=ZZ"),
        ("8bit;", "您好", "您好"),
        ("no-such-thing", "您好", "您好"),
    ],
)
def test_transfer_encodings_sound_and_broken(encoding, body, text):
    raw = letter(
        f"Content-Transfer-Encoding: {encoding}", "Content-Type: text/plain; charset=utf-8", body=body.encode()
    )

    assert parse_mail(raw).text.strip() == text


def test_a_footer_that_a_list_server_put_behind_base64_is_kept():
    mail = parse_mail(
        letter(
            "Content-Transfer-Encoding: base64",
            "Content-Type: text/plain; charset=utf-8",
            body=b"5oKo5aW9IQ==\r\n\r\nList footer, please read.",
        )
    )

    assert mail.text == "您好!\nList footer, please read."
    assert "text_after_base64" in codes(mail)


def test_uuencoded_files_in_the_text_become_files():
    mail = read(body="看附件\nbegin 644 note.txt\n#0V%T\n`\nend\n谢谢")

    assert mail.text == "看附件\n\n谢谢"
    assert [(file.filename, file.content) for file in mail.attachments] == [("note.txt", b"Cat")]


def test_priority_languages_and_recipients_are_read():
    mail = read(
        "X-Priority: 1 (Highest)",
        "Content-Language: zh-CN, en;q=0.5",
        "Delivered-To: service@yinuo.example",
        "Return-Path: <wang@example.com>",
        "List-Id: <a.example.com>",
    )

    assert mail.priority == "high"
    assert mail.language_hints == ("zh-CN", "en")
    assert mail.delivered_to == ("service@yinuo.example",)
    assert mail.return_path == "wang@example.com"
    assert mail.list_headers == {"list-id": "<a.example.com>"}


def test_a_null_return_path_differs_from_none():
    assert read("Return-Path: <>").return_path == ""
    assert read().return_path is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<style>x{}</style><script>alert(1)</script>a<!-- hidden -->b", "ab"),
        ("<blockquote>old<br>mail</blockquote>new", "> old\n> mail\nnew"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("1 &lt; 2 &amp;&#20320;", "1 < 2 &你"),
        ("a < b <", "a < b <"),
        ('<img alt="Logo" src=x>', "[Logo]"),
        ("<head><title>t</title></head><body>b</body>", "b"),
        ("<!-- never closed <b>a</b>", "never closed a"),
    ],
)
def test_html_as_text(html, text):
    assert html_to_text(html) == text
