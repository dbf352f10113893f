"""The only writers of the portal: asking, signing in and out, a customer's language."""

from .asking import Question, ask
from .signing_in import (
    ask_to_sign_in,
    change_language,
    forget_what_ended,
    send_code,
    sign_in_by_code,
    sign_in_by_link,
    sign_out,
)

__all__ = [
    "Question",
    "ask",
    "ask_to_sign_in",
    "change_language",
    "forget_what_ended",
    "send_code",
    "sign_in_by_code",
    "sign_in_by_link",
    "sign_out",
]
