"""The acts the desk itself offers on a case, by what they are about; importing this declares them."""

from . import following, handoffs, joining, tasks

__all__ = ["following", "handoffs", "joining", "tasks"]
