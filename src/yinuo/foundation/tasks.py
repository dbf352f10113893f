"""Timed work of the foundation: room in the log for the months to come."""

from datetime import datetime, timedelta

from .database import prepare_database
from .timers import timed


@timed("foundation.partitions", every=timedelta(hours=6), lane="bulk")
def make_room_for_facts(at: datetime) -> int:
    """Make sure the log has partitions for the next months."""
    prepare_database(today=at.date())
    return 0
