"""The only writers of notifications and of what people want to be told."""

from .choosing import Wish, choose_ways, choose_wish
from .reading import forget_old, mark_all_read, mark_read
from .telling import Notice, notify

__all__ = ["Notice", "Wish", "choose_ways", "choose_wish", "forget_old", "mark_all_read", "mark_read", "notify"]
