"""`{% load yinuo %}`: every shared component and filter. They are written in `yinuo.web.components`, by noun."""

from yinuo.web import shortcuts
from yinuo.web.components import basics, conversation, forms, lists, promises, times
from yinuo.web.components.library import register

__all__ = ["basics", "conversation", "forms", "lists", "promises", "register", "shortcuts", "times"]
