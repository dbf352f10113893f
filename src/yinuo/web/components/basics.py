"""The smallest components: icon, key cap, pill, avatar, button, card, empty state, notice."""

import zlib
from typing import Any

from django.templatetags.static import static

from yinuo.web.components.declare import Choice, Optional, Required, component
from yinuo.web.components.icons import ICON_NAMES, ICON_SPRITE
from yinuo.web.components.library import register

TONES = ("plain", "kept", "live", "soon", "broken", "info", "gold")
NOTICE_ICONS = {
    "plain": "info-circle",
    "info": "info-circle",
    "kept": "circle-check",
    "soon": "alert-triangle",
    "broken": "alert-circle",
}
PERSON_COLOUR_COUNT = 6
PRESENCE_STATES = ("available", "busy", "away", "offline")


@component(
    register,
    "web/components/icon.html",
    name=Choice(*ICON_NAMES),
    size=Choice("normal", "small", "large", default="normal"),
)
def icon(*, name: str, size: str) -> dict[str, Any]:
    """A drawing that says nothing by itself: hidden from screen readers, so a text stands beside it."""
    return {"href": f"{static(ICON_SPRITE)}#{name}", "size": size}


@component(register, "web/components/key.html", label=Required())
def key(*, label: str) -> dict[str, Any]:
    """A key of the keyboard, as printed on it."""
    return {"label": label}


@component(
    register,
    "web/components/pill.html",
    label=Required(),
    tone=Choice(*TONES, default="plain"),
    icon=Choice("", *ICON_NAMES, default=""),
)
def pill(*, label: str, tone: str, icon: str) -> dict[str, Any]:
    """A short state or tag. The label says it; the tone only underlines it."""
    return {"label": label, "tone": tone, "icon": icon}


@component(
    register,
    "web/components/presence_mark.html",
    state=Choice(*PRESENCE_STATES),
    label=Required(),
)
def presence_mark(*, state: str, label: str) -> dict[str, Any]:
    """Whether somebody takes work now: a dot whose shape and colour follow the state, and the word beside it."""
    return {"state": state, "label": label}


@component(
    register,
    "web/components/avatar.html",
    name=Required(),
    size=Choice("normal", "small", "large", default="normal"),
    channel=Choice("", *ICON_NAMES, default=""),
)
def avatar(*, name: str, size: str, channel: str) -> dict[str, Any]:
    """A person's first letter on a colour that stays theirs; decorative, the name stands beside it."""
    return {"initial": initial(name), "colour": person_colour(name), "size": size, "channel": channel}


def initial(name: str) -> str:
    """Return the first letter or character of a name in upper case, `?` for an empty one."""
    return next((character.upper() for character in name if character.isalnum()), "?")


def person_colour(name: str) -> int:
    """Return 1 to 6, the same for the same name on every machine and in every process."""
    return zlib.crc32(name.encode()) % PERSON_COLOUR_COUNT + 1


@component(
    register,
    "web/components/button.html",
    extra=True,
    label=Required(),
    tone=Choice("primary", "plain", "quiet", "danger", default="plain"),
    icon=Choice("", *ICON_NAMES, default=""),
    href=Optional(""),
    type=Choice("submit", "button", "reset", default="submit"),
    name=Optional(""),
    value=Optional(""),
    form=Optional(""),
    id=Optional(""),
    small=Choice(True, False, default=False),
    disabled=Choice(True, False, default=False),
    shortcut=Optional(""),
)
def button(**values: Any) -> dict[str, Any]:
    """A button, or with `href` a link that looks like one. `shortcut` is the key that presses it."""
    return values


@component(
    register,
    "web/components/icon_button.html",
    extra=True,
    icon=Choice(*ICON_NAMES),
    label=Required(),
    href=Optional(""),
    type=Choice("submit", "button", default="button"),
    name=Optional(""),
    value=Optional(""),
    only=Choice("always", "narrow", "phone", "wide", default="always"),
    shortcut=Optional(""),
)
def icon_button(**values: Any) -> dict[str, Any]:
    """A button with an icon only; the label is its name and its tooltip. `only` limits it to a width of screen."""
    return values


@component(
    register,
    "web/components/card.html",
    body=True,
    title=Optional(""),
    aside=Optional(""),
    level=Choice(2, 3, default=2),
    id=Optional(""),
)
def card(**values: Any) -> dict[str, Any]:
    """A group of things that belong together, with an optional heading and a short text at its right."""
    return values


@component(
    register,
    "web/components/empty.html",
    body=True,
    title=Required(),
    text=Required(),
    icon=Choice(*ICON_NAMES, default="inbox"),
)
def empty(**values: Any) -> dict[str, Any]:
    """What stands where a list would be: why it is empty and, as content, what to do next."""
    return values


@component(register, "web/components/notice.html", body=True, tone=Choice(*NOTICE_ICONS, default="info"))
def notice(*, tone: str) -> dict[str, Any]:
    """A sentence that must be seen, above what it is about."""
    return {"tone": tone, "icon": NOTICE_ICONS[tone]}
