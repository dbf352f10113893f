# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""A customer's turn as the raw mail that the customer's own mail client would send.

Structure, headers, character sets and quoting follow what these clients send; every address is under .example.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from random import Random
from typing import Protocol

from yinuo.demo.company.organisation import COMPANY_NAME_EN, COMPANY_NAME_ZH, ENGLISH_MAIL, SERVICE_MAIL
from yinuo.demo.company.pictures import jpeg
from yinuo.demo.company.values import COMPANY_ZONE, Customer, Plan, Turn

_WEEKDAYS_ZH = "一二三四五六日"
# Policy of the wire: CRLF, encoded headers, and never a raw 8-bit line.
_POLICY = SMTP.clone(max_line_length=78)


@dataclass(frozen=True)
class Quoted:
    """The mail a customer answers: ours, as it arrived at the customer. `references`: ids before it, oldest first."""

    message_id: str
    sender_name: str
    sender_mail: str
    subject: str
    text: str
    at: datetime
    references: tuple[str, ...] = ()


def as_email(
    plan: Plan,
    turn: Turn,
    customer: Customer,
    *,
    replying_to: Quoted | None = None,
    to: str = "",
) -> bytes:
    """Return the turn as a raw mail (CRLF) from the customer to `to`, else to the desk of the customer's language.

    `replying_to` threads it under a mail of ours, with that client's way of quoting. The same arguments give the
    same bytes.
    """
    random = Random(f"{plan.customer_number}:{turn.at.isoformat()}:{turn.text}")  # noqa: S311 - repeatable, no secret
    client = _CLIENTS[customer.mail_client]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(customer.name, addr_spec=customer.mail)
    desk, desk_name = (ENGLISH_MAIL, COMPANY_NAME_EN) if plan.language == "en" else (SERVICE_MAIL, COMPANY_NAME_ZH)
    # Most people type or pick the bare address; a reply carries the name we wrote under.
    mail["To"] = Address(
        replying_to.sender_name if replying_to else ("" if random.random() < 0.6 else desk_name), addr_spec=to or desk
    )
    mail["Subject"] = _subject(plan, customer, replying_to)
    mail["Date"] = format_datetime(turn.at.astimezone(COMPANY_ZONE))
    mail["Message-ID"] = client.message_id(random, turn.at, customer.mail)
    if replying_to is not None:
        mail["In-Reply-To"] = replying_to.message_id
        mail["References"] = " ".join((*replying_to.references, replying_to.message_id))
    client.body(mail, random, turn.text, replying_to, plan.language)
    for name, value in client.headers(random, plan, turn.at):
        mail[name] = value
    for photo in turn.photos:
        mail.add_attachment(jpeg(photo.seed), maintype="image", subtype="jpeg", filename=photo.name)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"----=_Part_{number}_{_hexadecimal(random, 16)}")
    return mail.as_bytes()


def _subject(plan: Plan, customer: Customer, replying_to: Quoted | None) -> str:
    if replying_to is None:
        return plan.subject
    prefix = {"qqmail": "回复：", "foxmail": "回复: ", "outlook": "答复: "}.get(customer.mail_client, "Re: ")
    if plan.language == "en" or customer.mail_client in {"gmail", "apple"}:
        prefix = "RE: " if customer.mail_client == "outlook" else "Re: "
    bare = re.sub(r"^((re|回复|答复)\s*[:：]\s*)+", "", replying_to.subject, flags=re.IGNORECASE)
    return prefix + bare


def _hexadecimal(random: Random, length: int) -> str:
    return "".join(random.choice("0123456789ABCDEF") for _ in range(length))


def _as_html(text: str, *, block: str = "div") -> str:
    return "".join(f"<{block}>{html.escape(line) or '<br>'}</{block}>" for line in text.splitlines())


def _encodable(text: str, charset: str) -> str:
    """Return the charset when it can carry the text, else the one a client falls back to."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return "utf-8"
    return charset


def _set_text(mail: EmailMessage, text: str, charset: str, cte: str) -> None:
    mail.set_content(text, charset=_encodable(text, charset), cte=cte)


def _set_html(mail: EmailMessage, markup: str, charset: str, *, alternative: bool) -> None:
    chosen = _encodable(markup, charset)
    if alternative:
        mail.add_alternative(markup, subtype="html", charset=chosen, cte="base64")
    else:
        mail.set_content(markup, subtype="html", charset=chosen, cte="base64")


class _Client(Protocol):
    """What a mail client decides about a mail."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str: ...

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]: ...

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None: ...


class _QQMail:
    """Web and phone client: text and HTML, gb18030 on old accounts, quoting under a grey bar of headers."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str:  # noqa: ARG002 - each client takes what it needs
        return f"<tencent_{_hexadecimal(random, 40)}@qq.example>"

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        serial = f"webmail{random.randint(100, 999)}t{int(at.timestamp())}t{random.randint(1_000_000, 9_999_999)}"
        return (("X-QQ-mid", serial), ("X-QQ-MIME", "TCMime 1.0"), ("X-Mailer", "QQMail 2.x"))

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None:  # noqa: ARG002
        charset = "gb18030" if random.random() < 0.55 else "utf-8"
        old = ""
        markup = _as_html(text)
        if quoted is not None:
            head = (
                "------------------ 原始邮件 ------------------\n"
                f'发件人: "{quoted.sender_name}" <{quoted.sender_mail}>;\n'
                f"发送时间: {_long_zh(quoted.at)}\n主题: {quoted.subject}\n\n"
            )
            old = f"\n\n\n{head}{quoted.text}"
            markup += (
                '<div><br></div><div style="font-size:12px;font-family:Arial Narrow;padding:2px 0;">'
                "------------------&nbsp;原始邮件&nbsp;------------------</div>"
                f'<div style="background:#efefef;padding:8px;">{_as_html(head.split(chr(10), 1)[1])}</div>'
                f"{_as_html(quoted.text)}"
            )
        _set_text(mail, text + old, charset, "base64")
        _set_html(mail, markup, charset, alternative=True)


class _NetEase:
    """163 and 126: text and HTML in GBK, quoting with `At ... wrote` even in Chinese mails."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str:
        local, _at, domain = mail.partition("@")
        serial = f"{_hexadecimal(random, 8).lower()}.{random.randint(100, 9999):x}.{int(at.timestamp() * 1000):x}"
        return f"<{serial}.Coremail.{local}@{domain}>"

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return (
            ("X-Priority", "3"),
            ("X-Mailer", "Coremail Webmail Server Version XT5.0.14 build 20240801(9da12a7b)"),
            ("X-CM-SenderInfo", _hexadecimal(random, 24).lower()),
        )

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None:  # noqa: ARG002
        charset = "gbk" if random.random() < 0.7 else "utf-8"
        old, markup = (
            "",
            f'<div style="line-height:1.7;font-size:14px">{_as_html(text)}</div>',
        )
        if quoted is not None:
            local = quoted.at.astimezone(COMPANY_ZONE)
            head = f'At {local:%Y-%m-%d %H:%M:%S}, "{quoted.sender_name}" <{quoted.sender_mail}> wrote:'
            old = f"\n\n\n\n{head}\n" + _marked(quoted.text)
            markup += (
                f'<br><p>{html.escape(head)}</p><blockquote id="isReplyContent">{_as_html(quoted.text)}</blockquote>'
            )
        _set_text(mail, text + old, charset, "base64")
        _set_html(mail, markup, charset, alternative=True)


class _Foxmail:
    """Desktop client: gb2312, HTML with a header block in the quote; now and then HTML only."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str:
        return (
            f"<{at.astimezone(COMPANY_ZONE):%Y%m%d%H%M%S}{random.randint(10**11, 10**12 - 1)}@{mail.partition('@')[2]}>"
        )

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return (
            ("X-Priority", "3"),
            ("X-GUID", _hexadecimal(random, 32)),
            ("X-Has-Attach", "no"),
            ("X-Mailer", "Foxmail 7.2.25.331[cn]"),
        )

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None:  # noqa: ARG002
        charset = "gb2312" if random.random() < 0.6 else "utf-8"
        old, markup = "", f"<html><head></head><body>{_as_html(text)}"
        if quoted is not None:
            head = (
                f"发件人： {quoted.sender_name}\n发送时间： {quoted.at.astimezone(COMPANY_ZONE):%Y-%m-%d %H:%M}\n"
                f"主题： {quoted.subject}\n"
            )
            old = f"\n\n\n{head}{quoted.text}"
            markup += f'<div><br></div><hr align="left"><blockquote>{_as_html(head + quoted.text)}</blockquote>'
        markup += "</body></html>"
        if random.random() < 0.2:
            _set_html(mail, markup, charset, alternative=False)
            return
        _set_text(mail, text + old, charset, "base64")
        _set_html(mail, markup, charset, alternative=True)


class _Outlook:
    """Desktop client: thread headers, HTML paragraphs, the quote under a line of headers in the client's language."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str:  # noqa: ARG002
        server = f"{_hexadecimal(random, 4)}PR01MB{random.randint(1000, 9999)}"
        return f"<{server}{_hexadecimal(random, 16)}@apcprd01.outlook.example>"

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return (
            ("Thread-Topic", plan.subject),
            ("Accept-Language", "en-US" if plan.language == "en" else "zh-CN, en-US"),
            ("Content-Language", "en-US" if plan.language == "en" else "zh-CN"),
            ("X-Mailer", "Microsoft Outlook 16.0"),
        )

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None:
        charset = "gb2312" if language == "zh" and random.random() < 0.6 else "utf-8"
        old, markup = "", '<html><body lang="ZH-CN"><div class="WordSection1">' + _paragraphs(text)
        if quoted is not None:
            labels = ("From", "Sent", "To", "Subject") if language == "en" else ("发件人", "发送时间", "收件人", "主题")
            sent = (
                f"{quoted.at.astimezone(COMPANY_ZONE):%A, %B %d, %Y %I:%M %p}"
                if language == "en"
                else _long_zh(quoted.at)
            )
            values = (
                f"{quoted.sender_name} <{quoted.sender_mail}>",
                sent,
                str(mail["From"].addresses[0].addr_spec),
                quoted.subject,
            )
            head = "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
            rule = "" if language == "en" else "-----邮件原件-----\n"
            old = f"\n\n{rule}{head}\n\n{quoted.text}"
            markup += f'<div style="border-top:solid #E1E1E1 1.0pt">{_paragraphs(head)}</div>{_paragraphs(quoted.text)}'
        _set_text(mail, text + old, charset, "base64")
        _set_html(mail, markup + "</div></body></html>", charset, alternative=True)


class _Apple:
    """Phone: plain text, flowed, quoting with `>`; the signature of the phone stays on."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str:  # noqa: ARG002
        groups = (8, 4, 4, 4, 12)
        return f"<{'-'.join(_hexadecimal(random, length) for length in groups)}@icloud.example>"

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return (
            ("X-Mailer", random.choice(("iPhone Mail (21F90)", "iPhone Mail (22B83)", "Apple Mail (2.3774.600.62)"))),
        )

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None:
        parts = [text]
        if random.random() < 0.6:
            parts.append("\n\nSent from my iPhone" if language == "en" else "\n\n发自我的 iPhone")
        if quoted is not None:
            local = quoted.at.astimezone(COMPANY_ZONE)
            who = f"{quoted.sender_name} <{quoted.sender_mail}>"
            if language == "en":
                head = f"On {local.day} {local:%b %Y}, at {local:%H:%M}, {who} wrote:"
            else:
                head = f"在 {local.year}年{local.month}月{local.day}日，{local:%H:%M}，{who} 写道："
            parts.append(f"\n\n{head}\n\n{_marked(quoted.text)}")
        mail.set_content("".join(parts), charset="utf-8", cte="quoted-printable" if language == "en" else "base64")


class _Gmail:
    """Web client: text and HTML in UTF-8, the quote folded in gmail_quote; its line in the client's language."""

    def message_id(self, random: Random, at: datetime, mail: str) -> str:  # noqa: ARG002
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_"
        return f"<CA{''.join(random.choice(letters) for _ in range(40))}@mail.gmail.example>"

    def headers(self, random: Random, plan: Plan, at: datetime) -> Sequence[tuple[str, str]]:  # noqa: ARG002
        return ()

    def body(self, mail: EmailMessage, random: Random, text: str, quoted: Quoted | None, language: str) -> None:  # noqa: ARG002
        old, markup = "", f'<div dir="ltr">{_as_html(text)}</div>'
        if quoted is not None:
            local = quoted.at.astimezone(COMPANY_ZONE)
            who = f"{quoted.sender_name} <{quoted.sender_mail}>"
            if language == "en":
                head = f"On {local:%a}, {local.day} {local:%b %Y} at {local:%H:%M}, {who} wrote:"
            else:
                weekday = _WEEKDAYS_ZH[local.weekday()]
                head = f"{who} 于{local.year}年{local.month}月{local.day}日周{weekday} {local:%H:%M}写道："
            old = f"\n\n{head}\n\n{_marked(quoted.text)}"
            markup += (
                f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(head)}<br></div>'
                f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{_as_html(quoted.text)}</blockquote></div>'
            )
        _set_text(mail, text + old, "utf-8", "base64")
        _set_html(mail, markup, "utf-8", alternative=True)


_CLIENTS: dict[str, _Client] = {
    "qqmail": _QQMail(),
    "netease": _NetEase(),
    "foxmail": _Foxmail(),
    "outlook": _Outlook(),
    "apple": _Apple(),
    "gmail": _Gmail(),
}


def _marked(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.splitlines())


def _paragraphs(text: str) -> str:
    return _as_html(text, block="p").replace("<p>", '<p class="MsoNormal">')


def _long_zh(at: datetime) -> str:
    local = at.astimezone(COMPANY_ZONE)
    return f"{local.year}年{local.month}月{local.day}日(星期{_WEEKDAYS_ZH[local.weekday()]}) {local:%H:%M}"
