"""Products, what customers bought, and until when we stand for it."""

from datetime import date

from django.db import models

from yinuo.customers.models import Company, Customer
from yinuo.foundation.bilingual import Named


class Product(Named):
    """A model we sell."""

    line = models.CharField(max_length=60)
    warranty_months = models.PositiveSmallIntegerField()
    price_amount = models.DecimalField(max_digits=12, decimal_places=2)
    price_currency = models.CharField(max_length=3, default="CNY")


class Order(models.Model):
    """A purchase."""

    number = models.CharField(max_length=40, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    sales_channel = models.CharField(max_length=40)
    ordered_at = models.DateTimeField()
    total_amount = models.DecimalField(max_digits=12, decimal_places=2)
    total_currency = models.CharField(max_length=3, default="CNY")

    class Meta:
        indexes = [models.Index(fields=["customer", "-ordered_at"], name="orders_of_a_customer")]


class OwnedProduct(models.Model):
    """One appliance at a customer's, with its serial number and warranty."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="owned_products")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="owned_products")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="owned")
    serial_number = models.CharField(max_length=40, unique=True)
    warranty_until = models.DateField()

    def is_under_warranty(self, *, on: date) -> bool:
        """Return whether the warranty covers that day; the last day counts."""
        return on <= self.warranty_until
