"""Standards, ladders, calendars and pledges for other programs."""

from . import ladders, pledges, standards
from .router import router

__all__ = ["ladders", "pledges", "router", "standards"]
