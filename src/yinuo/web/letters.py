"""Mails of the framework's own pages, such as that for a forgotten password, go out by the queue like all of ours."""

import secrets
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import get_language

from yinuo.foundation.clock import now
from yinuo.intake.mail.actions import LetterDraft, queue_letter


class QueuedLetters(BaseEmailBackend):
    """Queues a letter for each reader; the worker hands it in by the house's mailbox. Named in the settings."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue the mails and return how many there were."""
        for mail in email_messages:
            for reader in mail.recipients():
                draft = LetterDraft(
                    to=reader,
                    subject=str(mail.subject),
                    text=str(mail.body),
                    purpose="access.account",
                    language=get_language() or "zh-hans",
                )
                queue_letter(draft=draft, key=f"access.account:{secrets.token_hex(16)}", at=now())
        return len(email_messages)
