"""People and companies, and every identity by which we know them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yinuo.access.actors import Actor
from yinuo.access.encryption import EncryptedTextField
from yinuo.access.scopes import within_scopes
from yinuo.foundation.words import Pairs
from yinuo.organisation.models import Region


class Tier(models.TextChoices):
    """How close a customer is to us; each tier has its own lane and standards."""

    STANDARD = "standard", pgettext_lazy("tier", "Standard")
    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")
    PLATINUM = "platinum", _("Platinum")


VIP_TIERS = (Tier.GOLD, Tier.PLATINUM)


class Company(models.Model):
    """An organisation that buys from us."""

    name = models.CharField(max_length=200)
    registration_number = models.CharField(max_length=60, blank=True)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, actor: Actor) -> "CustomerQuerySet":
        """Return the customers this actor may know of: all within the scopes of the roles that see customers."""
        if actor.is_system:
            return self
        if actor.customer_id:
            return self.filter(pk=actor.customer_id)
        if not actor.may("customers.view"):
            return self.none()
        return self.filter(within_scopes(actor, "customers.view", department=None, region="region_id", tier="tier"))


class Customer(models.Model):
    """A person we serve. Phone, mail and ids are identities; the address is encrypted."""

    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=200, blank=True, help_text="The name in pinyin, for sorting.")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    tier = models.CharField(max_length=20, choices=Tier.choices, default=Tier.STANDARD)
    language = models.CharField(max_length=10, default="zh-hans")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    city = models.CharField(max_length=80, blank=True)
    address = EncryptedTextField(null=True, blank=True)
    registered_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], name="customers_by_name"),
            models.Index(fields=["created_at", "id"], name="customers_by_beginning"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customers_name_words"),
            GinIndex(Pairs("name"), name="customers_name_pairs"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vip(self) -> bool:
        return self.tier in VIP_TIERS


class IdentityKind(models.TextChoices):
    MAIL = "mail", _("Mail address")
    PHONE = "phone", _("Phone number")
    OPEN_ID = "open_id", _("Open id")
    ACCOUNT_NUMBER = "account_number", _("Account number")


class Identity(models.Model):
    """One way to reach or recognise a customer. A value belongs to one customer only."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20, choices=IdentityKind.choices)
    value = EncryptedTextField()
    lookup = models.BinaryField(max_length=16, help_text="Blind index of the normalised value.")
    masked = models.CharField(max_length=120, help_text="What may be shown to everybody who sees the customer.")
    source = models.CharField(max_length=40)
    is_verified = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["kind", "lookup"], name="an_identity_belongs_to_one_customer")]


class ImportRun(models.Model):
    """One import of customers from a file: what was read so far, what came of it, and every rejected row."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("import", "Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20, default="utf-8")
    delimiter = models.CharField(max_length=1, default=",")
    header = models.JSONField(default=list, help_text="The names of the columns, in the file's order.")
    mapping = models.JSONField(help_text="What we store -> the column it stands in.")
    source = models.CharField(max_length=40)
    is_dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    problem = models.TextField(blank=True)
    row_count = models.PositiveIntegerField(default=0)
    read_count = models.PositiveIntegerField(default=0)
    stored_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    by_staff_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class RejectedRow(models.Model):
    """A row that was not imported, with the reason in words; the row's text is encrypted, it is personal."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected_rows")
    line_number = models.PositiveIntegerField()
    text = EncryptedTextField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line_number"], name="a_row_is_rejected_once")]
