"""The acts the desk itself offers on a case, by what they are about; importing this declares them."""

from . import following, handoffs, joining, promises, tasks

__all__ = ["following", "handoffs", "joining", "promises", "tasks"]
