"""Mails of other tools (Jira, ServiceNow): they thread by ids of their own, which their senders put into the subject
(field rule 10).
"""

import re
from dataclasses import dataclass

from yinuo.intake.mail.reading.mails import ParsedMail

_JIRA_KEY = re.compile(r"[\[(]?\b([A-Z][A-Z0-9]{1,9}-\d{1,7})\b[\])]?")
_SERVICENOW_NUMBER = re.compile(r"\b((?:INC|REQ|RITM|CHG|PRB|TASK|SCTASK|CS|HRC|CTASK)\d{7,10})\b")
_JIRA_ID = re.compile(r"^JIRA\.|@(?:Atlassian\.JIRA|JIRA)\b|atlassian\.net$", re.IGNORECASE)
_OWN_REFERENCE_PREFIX = "YN-"


@dataclass(frozen=True, slots=True)
class ToolThread:
    """The tool and its own number; `thread_id` stands in for In-Reply-To so that its mails about one matter meet."""

    tool: str
    number: str

    @property
    def thread_id(self) -> str:
        return f"{self.number.lower()}@{self.tool}.tool.invalid"


def tool_thread(mail: ParsedMail) -> ToolThread | None:
    """Return which matter of Jira or ServiceNow a mail of theirs is about, or None for every other mail."""
    if is_jira(mail):
        keys = [key for key in _JIRA_KEY.findall(mail.subject) if not key.startswith(_OWN_REFERENCE_PREFIX)]
        return ToolThread("jira", keys[0]) if keys else None
    if is_servicenow(mail):
        number = _SERVICENOW_NUMBER.search(mail.subject)
        return ToolThread("servicenow", number[1]) if number else None
    return None


def is_jira(mail: ParsedMail) -> bool:
    """Return whether Jira sent it, by its own headers and id shapes; the subject alone proves nothing."""
    headers = ("x-jira-fingerprint", "x-atlassian-token", "x-jira-issue-key")
    ids = (mail.message_id or "", *mail.in_reply_to)
    return any(name in mail.headers for name in headers) or any(_JIRA_ID.search(one) for one in ids)


def is_servicenow(mail: ParsedMail) -> bool:
    """Return whether ServiceNow sent it."""
    mailer = mail.header("x-mailer").lower() + mail.header("x-servicenow-generated").lower()
    author = mail.author
    return (
        "servicenow" in mailer
        or "x-servicenow-generated" in mail.headers
        or bool(author and author.domain.endswith("service-now.com"))
    )


def thread_ids(mail: ParsedMail) -> tuple[str, ...]:
    """Return the In-Reply-To ids to look for, those of known tools replaced by the tool's own number."""
    thread = tool_thread(mail)
    return (thread.thread_id,) if thread else mail.in_reply_to
