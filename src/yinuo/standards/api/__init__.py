"""Standards, calendars and pledges for other programs."""

from . import pledges, standards
from .router import router

__all__ = ["pledges", "router", "standards"]
