"""Turns the scopes of an actor's roles into a filter on rows."""

from django.db.models import Q

from .actors import Actor
from .roles import PERMISSIONS


def within_scopes(actor: Actor, permission: str, *, department: str | None, region: str | None, tier: str | None) -> Q:
    """Return the filter for rows inside any grant that carries the permission.

    `department`, `region`, `tier` name the columns to compare; None means the table has no such column and that
    limit does not apply. An actor without the permission matches no row.
    """
    allowed = Q(pk__in=[])
    for grant in actor.grants:
        if permission not in PERMISSIONS[grant.role]:
            continue
        scope = Q()
        for column, value in ((department, grant.department_id), (region, grant.region_id), (tier, grant.tier)):
            if column and value is not None:
                scope &= Q(**{column: value})
        if not scope:
            return Q()
        allowed |= scope
    return allowed
