"""Every key that does something, in groups: the dialog behind `?` and the help page show these words.

A page gives an element `data-shortcut`, or `data-key-help` where its own script handles the key; the key must stand
here, or a test fails. What every list and composer has (`j`, `k`, `Ctrl+Enter`) stands in keys.js.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yinuo.web.components.library import register


@dataclass(frozen=True)
class Shortcut:
    """One key, or several that are pressed together or are each other's opposite, and what they do."""

    keys: tuple[str, ...]
    does: Promise


@dataclass(frozen=True)
class ShortcutGroup:
    """The keys of one kind of page."""

    label: Promise
    shortcuts: tuple[Shortcut, ...]


GROUPS = (
    ShortcutGroup(
        gettext_lazy("Everywhere"),
        (
            Shortcut(("/",), gettext_lazy("Search")),
            Shortcut(("b",), gettext_lazy("Notifications")),
            Shortcut(("p",), gettext_lazy("Your presence")),
            Shortcut(("Esc",), gettext_lazy("Close what is open")),
            Shortcut(("?",), gettext_lazy("This help")),
        ),
    ),
    ShortcutGroup(
        gettext_lazy("Queue and lists"),
        (
            Shortcut(("j", "k"), gettext_lazy("Next and previous in the list")),
            Shortcut(("Enter",), gettext_lazy("Open it")),
            Shortcut(("o",), gettext_lazy("Open the case")),
            Shortcut(("x",), gettext_lazy("Choose the case")),
            Shortcut(("f",), gettext_lazy("Filter")),
            Shortcut(("c",), gettext_lazy("New case")),
            Shortcut(("[", "]"), gettext_lazy("Previous and next page of a list")),
        ),
    ),
    ShortcutGroup(
        gettext_lazy("Case"),
        (
            Shortcut(("r",), gettext_lazy("Reply")),
            Shortcut(("n",), gettext_lazy("Write a note")),
            Shortcut(("h",), gettext_lazy("Hand over")),
            Shortcut(("t",), gettext_lazy("Ask another team")),
            Shortcut(("e",), gettext_lazy("Close or reopen")),
            Shortcut(("m",), gettext_lazy("More acts")),
            Shortcut(("z",), gettext_lazy("Take the answer back before it leaves")),
            Shortcut(("Ctrl", "Enter"), gettext_lazy("Send what you are writing")),
        ),
    ),
)


@register.simple_tag
def keyboard_groups() -> tuple[ShortcutGroup, ...]:
    """Return the groups; `{% keyboard_groups as groups %}`."""
    return GROUPS
