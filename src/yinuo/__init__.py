"""Yinuo (一诺, "one promise"): every request is one case with one owner and one promised time."""

__version__ = "0.1.0"
