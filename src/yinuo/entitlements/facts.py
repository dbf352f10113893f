"""What can happen to products, orders and warranties."""

from datetime import date

from yinuo.foundation.facts import Fact


class ProductAdded(Fact):
    """We sell one more model."""

    product_id: int


class ProductChanged(Fact):
    """A model's names, line, price or warranty changed; what was bought before keeps its warranty."""

    product_id: int
    fields: list[str]


class OrderAdded(Fact):
    """A customer bought from us."""

    customer_id: int
    order_id: int
    sales_channel: str
    owned_product_ids: list[int]


class WarrantyExtended(Fact):
    """We stand for an appliance longer than before."""

    customer_id: int
    owned_product_id: int
    before: date
    after: date
