"""Who follows a case, and which follow-ups run on it or fall due for somebody today."""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from yinuo.cases.models import Case, FollowUp
from yinuo.organisation.models import Staff
from yinuo.organisation.queries import our_zone


def running_follow_ups(case: Case) -> list[FollowUp]:
    """Return the follow-ups of a case that are not done, the soonest first."""
    rows = FollowUp.objects.filter(case=case, ended_at=None).select_related("staff")
    return list(rows.order_by("due_at", "id"))


def watchers(case: Case) -> list[Staff]:
    """Return who follows a case, by name."""
    return list(Staff.objects.filter(watches__case=case).order_by("name", "pk"))


def is_watched_by(case: Case, staff_id: int | None) -> bool:
    """Return whether somebody follows a case."""
    return case.watches.filter(staff_id=staff_id).exists()


def follow_ups_until_tonight(staff_id: int | None, *, at: datetime) -> QuerySet[FollowUp]:
    """Return the follow-ups of somebody that are due, or will be before their day ends."""
    return FollowUp.objects.filter(staff_id=staff_id, ended_at=None, due_at__lt=tonight(at))


def tonight(at: datetime) -> datetime:
    """Return the end of the house's day in which an instant lies."""
    local = at.astimezone(our_zone())
    return datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=our_zone())
