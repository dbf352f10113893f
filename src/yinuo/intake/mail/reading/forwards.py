"""Forwarded mails: the customer is who wrote the mail inside, not the colleague who passed it on (field rules 9 and
26).
"""

import re

from yinuo.intake.mail.reading.addresses import Address, parse_addresses
from yinuo.intake.mail.reading.bounces import part_of_type
from yinuo.intake.mail.reading.headers import split_headers
from yinuo.intake.mail.reading.html_text import html_to_text
from yinuo.intake.mail.reading.mails import ParsedMail
from yinuo.intake.mail.reading.problems import ProblemList
from yinuo.intake.mail.reading.quotations import header_block_fields, header_block_length, is_separator
from yinuo.intake.mail.reading.subjects import is_forward_subject

_LINES_TO_SEARCH = 400


def is_forward(mail: ParsedMail) -> bool:
    """Return whether someone passed on a mail: by its subject, an attached mail, or a forwarded block as its first
    quotation.
    """
    if is_forward_subject(mail.subject) or any(
        name in mail.headers for name in ("x-forwarded-message-id", "resent-from")
    ):
        return True
    if part_of_type(mail, "message/rfc822") is not None and not mail.in_reply_to:
        return True
    return bool(_forward_separator(mail.text.split("\n")[:_LINES_TO_SEARCH]))


def forwarded_customer(mail: ParsedMail) -> Address | None:
    """Return who wrote the mail that was passed on, from its header block in the text or from the attached mail; None
    when unknown.

    The outermost block counts: in a chain of forwards the last person who wrote to us from outside.
    """
    if not is_forward(mail):
        return None
    for text in (mail.text, html_to_text(mail.html) if mail.html and mail.has_plain_text else ""):
        if found := _from_block(text.split("\n")[:_LINES_TO_SEARCH]):
            return found
    attached = part_of_type(mail, "message/rfc822")
    if attached is None:
        return None
    headers = split_headers(attached.content[:200_000], ProblemList())[0]
    return next((person for person in parse_addresses(headers.first("from")) if person.is_complete), None)


def forwarded_subject(mail: ParsedMail) -> str | None:
    """Return the subject of the mail that was passed on, or None."""
    lines = mail.text.split("\n")[:_LINES_TO_SEARCH]
    for number in range(len(lines)):
        if header_block_length(lines, number):
            return header_block_fields(lines, number).get("subject") or None
    return None


def _from_block(lines: list[str]) -> Address | None:
    for number, line in enumerate(lines):
        if (":" in line or "：" in line) and header_block_length(lines, number):
            return _address_of(header_block_fields(lines, number).get("from", ""))
    return None


def _address_of(written: str) -> Address | None:
    """`王女士 <wang@example.com>`, `wang@example.com [mailto:...]`, `"王女士"<...>;`, and names alone, which name
    nobody.
    """
    written = re.sub(r"[\[(]mailto:([^\])]+)[\])]", r"<\1>", written.replace("&lt;", "<").replace("&gt;", ">"))
    written = re.sub(r"<([^<>]+@[^<>]+)<mailto:[^<>]*>>?", r"<\1>", written)
    return next((person for person in parse_addresses(written) if person.is_complete), None)


def _forward_separator(lines: list[str]) -> str:
    wanted = re.compile(
        r"forward|转发|轉寄|轉發|weitergeleitet|transféré|reenviado|encaminhada|inoltrato|転送|пересыл", re.IGNORECASE
    )
    return next((line for line in lines if is_separator(line) and wanted.search(line)), "")
