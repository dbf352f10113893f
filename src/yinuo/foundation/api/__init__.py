"""What every part of the API shares: the one shape of a refusal, bounded values, pages of a list."""

from .paging import Order, Page, PageWish, cursor_of, page_of, position_in
from .values import Code, Given, Id, Instant, JsonObject, LongText, ShortText, Text, Unset, bounded

__all__ = [
    "Code",
    "Given",
    "Id",
    "Instant",
    "JsonObject",
    "LongText",
    "Order",
    "Page",
    "PageWish",
    "ShortText",
    "Text",
    "Unset",
    "bounded",
    "cursor_of",
    "page_of",
    "position_in",
]
