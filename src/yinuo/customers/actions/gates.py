"""Who may change which customer: the one place where actions ask."""

from yinuo.access.actors import Actor
from yinuo.access.scopes import within_scopes
from yinuo.customers.models import Customer
from yinuo.foundation.refusals import NotAllowed, NotFound


def locked_customer(customer_id: int, *, permission: str, by: Actor) -> Customer:
    """Return the customer, its row locked, for an actor who may do this to it.

    Customers may change only themselves. Refuses with NotFound when the actor may not know of the customer, and with
    NotAllowed when none of the actor's roles carries the permission for this customer.
    """
    if not by.customer_id:
        by.require(permission)
    customer = Customer.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=customer_id).first()
    if customer is None:
        raise NotFound
    if by.is_system or by.customer_id:
        return customer
    reach = within_scopes(by, permission, department=None, region="region_id", tier="tier")
    if reach and not Customer.objects.filter(reach, pk=customer_id).exists():
        raise NotAllowed(permission=permission)
    return customer
