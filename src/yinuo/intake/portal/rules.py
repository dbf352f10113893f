"""How a customer signs in: lengths of time, numbers of tries, and the refusals. Pure.

Source: docs/rules/customer-sign-in.md.
"""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yinuo.foundation.refusals import Refusal

CODE_DIGITS = 6
CODE_GOOD_FOR = timedelta(minutes=10)
CODE_TRIES = 5
SESSION_GOOD_FOR = timedelta(days=30)
FORGET_AFTER = timedelta(days=1)


class CodeWrong(Refusal):
    """The code is not the one in the letter; also said when there was no letter."""

    code = "portal.code_wrong"
    status = 422

    def sentence(self) -> str:
        return ngettext(
            "This is not the code in our mail. You can try it %(left)s more time.",
            "This is not the code in our mail. You can try it %(left)s more times.",
            self.left,
        ) % {"left": self.left}


class SignInOver(Refusal):
    """Too late, used already, or tried too often."""

    code = "portal.sign_in_over"
    status = 410

    def sentence(self) -> str:
        return _(
            "This code is no longer good: it was used, tried too often, or is older than ten minutes. "
            "Ask for a new one."
        )


def plain_code(text: str) -> str:
    """Return the digits of a code as somebody typed or pasted it, in any width, with blanks."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())
