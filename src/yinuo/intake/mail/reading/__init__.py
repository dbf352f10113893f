"""Reading mail: bytes in, values out; no database, no network, no clock.

`parse_mail` reads a mail, `split_reply` tells the answer from the quotation, `classify_automatic` people from
machines, and
`find_thread` to which case a mail belongs.
"""

from yinuo.intake.mail.reading.addresses import Address, normal_address, parse_addresses
from yinuo.intake.mail.reading.automatic import (
    LOOP_HEADER,
    Automatic,
    AutomaticKind,
    MayReply,
    RecentSend,
    classify_automatic,
    may_auto_reply_to,
    may_send_more,
)
from yinuo.intake.mail.reading.bounces import Bounce
from yinuo.intake.mail.reading.files import Attachment
from yinuo.intake.mail.reading.forwards import forwarded_customer, forwarded_subject, is_forward
from yinuo.intake.mail.reading.html_text import html_to_text
from yinuo.intake.mail.reading.mails import ParsedMail, Unreadable
from yinuo.intake.mail.reading.message_ids import (
    OwnId,
    looks_like_own_id,
    make_body_mark,
    make_message_id,
    read_body_mark,
    read_message_id,
)
from yinuo.intake.mail.reading.parsing import mailbox_id, parse_mail
from yinuo.intake.mail.reading.people import ReplyToMode, control_headers, customer_of, participants, sender_of
from yinuo.intake.mail.reading.problems import Problem
from yinuo.intake.mail.reading.replies import (
    Kind,
    Segment,
    Split,
    split_html,
    split_html_reply,
    split_mail,
    split_reply,
)
from yinuo.intake.mail.reading.subjects import is_forward_subject, same_subject, subject_base
from yinuo.intake.mail.reading.threads import (
    Candidate,
    Found,
    Recipient,
    ThreadMatch,
    Wanted,
    find_thread,
    subject_references,
    wanted,
)
from yinuo.intake.mail.reading.tools import ToolThread, tool_thread

__all__ = [
    "LOOP_HEADER",
    "Address",
    "Attachment",
    "Automatic",
    "AutomaticKind",
    "Bounce",
    "Candidate",
    "Found",
    "Kind",
    "MayReply",
    "OwnId",
    "ParsedMail",
    "Problem",
    "RecentSend",
    "Recipient",
    "ReplyToMode",
    "Segment",
    "Split",
    "ThreadMatch",
    "ToolThread",
    "Unreadable",
    "Wanted",
    "classify_automatic",
    "control_headers",
    "customer_of",
    "find_thread",
    "forwarded_customer",
    "forwarded_subject",
    "html_to_text",
    "is_forward",
    "is_forward_subject",
    "looks_like_own_id",
    "mailbox_id",
    "make_body_mark",
    "make_message_id",
    "may_auto_reply_to",
    "may_send_more",
    "normal_address",
    "parse_addresses",
    "parse_mail",
    "participants",
    "read_body_mark",
    "read_message_id",
    "same_subject",
    "sender_of",
    "split_html",
    "split_html_reply",
    "split_mail",
    "split_reply",
    "subject_base",
    "subject_references",
    "tool_thread",
    "wanted",
]
