"""Canned answers: texts with variables in braces, filled from a case. Pure: a text and values in, a text out."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yinuo.foundation.refusals import Refusal

VARIABLES = {
    "customer": gettext_lazy("The customer's name"),
    "agent": gettext_lazy("Who answers"),
    "reference": gettext_lazy("The number of the case"),
    "subject": gettext_lazy("What the case is about"),
    "due": gettext_lazy("When the next promise falls due"),
    "product": gettext_lazy("The product bought last"),
    "team": gettext_lazy("The team of the case"),
}
_VARIABLE = re.compile(r"\{([^{}\n]{1,40})\}")


class UnknownVariable(Refusal):
    """A text names in braces what no case can fill in."""

    code = "desk.unknown_variable"
    status = 422

    def sentence(self) -> str:
        return _("%(name)s is not known here. Write one of: %(known)s.") % {
            "name": f"{{{self.details['name']}}}",
            "known": ", ".join(f"{{{name}}}" for name in VARIABLES),
        }


def check_text(text: str) -> None:
    """Pass when every variable of a text is known; refuses with UnknownVariable."""
    for name in _VARIABLE.findall(text):
        if name not in VARIABLES:
            raise UnknownVariable(name=name)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its variables filled. What this case has no value for stands as `[name]`, to be seen.

    values: by the names of VARIABLES. Values are put in as they are: braces in them mean nothing. Refuses with
    UnknownVariable.
    """
    check_text(text)
    return _VARIABLE.sub(lambda found: values.get(found[1]) or f"[{VARIABLES[found[1]]}]", text)
