"""The message bubble: one thing said in a conversation."""

from datetime import datetime
from typing import Any

from yinuo.web.components.declare import Choice, Optional, component
from yinuo.web.components.icons import ICON_NAMES
from yinuo.web.components.library import register


@component(
    register,
    "web/components/message.html",
    body=True,
    side=Choice("theirs", "ours", "note", "system"),
    author=Optional(""),
    at=Optional(None),
    icon=Choice(*ICON_NAMES, default="sparkles"),
    id=Optional(""),
    attachments=Optional(()),
    foot=Optional(""),
)
def message(*, side: str, author: str, at: datetime | None, **values: Any) -> dict[str, Any]:
    """What the customer said (theirs), we answered (ours), colleagues noted (note) or the system did (system).

    The content is the text, already escaped by the template; line breaks are kept. attachments: objects with `url`,
    `name` and `size` (readable). foot: a short state such as "Delivered".
    """
    return {"side": side, "author": author, "at": at, **values}
