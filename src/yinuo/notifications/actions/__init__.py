"""The only writers of notifications, of what people want to be told, and of what is on its way to browsers."""

from .choosing import Wish, choose_ways, choose_wish
from .digesting import make_due_digests, write_digest
from .pushing import hand_out_pushes, send_due_pushes
from .reading import forget_old, mark_all_read, mark_read
from .subscribing import subscribe_browser, try_browser, unsubscribe_browser
from .telling import Notice, notify

__all__ = [
    "Notice",
    "Wish",
    "choose_ways",
    "choose_wish",
    "forget_old",
    "hand_out_pushes",
    "make_due_digests",
    "mark_all_read",
    "mark_read",
    "notify",
    "send_due_pushes",
    "subscribe_browser",
    "try_browser",
    "unsubscribe_browser",
    "write_digest",
]
