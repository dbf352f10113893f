"""What we offer: service standards, whose versions open cases keep, and the pledges that everybody can read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from yinuo.foundation.bilingual import Named, reads_chinese
from yinuo.foundation.models import Calendar
from yinuo.organisation.models import Post, Staff


class CaseClass(models.TextChoices):
    """How fast the field expects a case of this class to move: 2 h, 24 h, 72 h."""

    EMERGENCY = "emergency", _("Emergency")
    IMPORTANT = "important", _("Important")
    ROUTINE = "routine", _("Routine")


class Ladder(Named):
    """Who is told, and when, while a promise runs out or stays broken. Its rungs stand in its versions."""

    is_default = models.BooleanField(default=False, help_text="For every standard that names no ladder of its own.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_ladder"
            )
        ]
        ordering = ["code"]


class LadderVersion(models.Model):
    """The rungs of a ladder from one edit to the next; never changed, only followed."""

    ladder = models.ForeignKey(Ladder, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ladder", "number"], name="one_ladder_version_per_number")]
        ordering = ["ladder", "number"]


class RungMoment(models.TextChoices):
    """When a rung is reached, seen from the instant the promise falls due."""

    BEFORE = "before", _("Before it falls due")
    BROKEN = "broken", _("When it is broken")
    AFTER = "after", _("After it is broken")


class RungTarget(models.TextChoices):
    """Whose attention a rung raises. The owner stays the owner, whoever is told."""

    OWNER = "owner", _("The owner")
    TEAM_LEADER = "team_leader", _("The team leader")
    MANAGER = "manager", _("The manager")
    COORDINATION = "coordination", _("The leader of the fallback team")
    POST = "post", _("A post")
    STAFF = "staff", _("A colleague")


class Rung(models.Model):
    """One step of a ladder: when it is reached, and whose attention it raises.

    share: of the open time of the promise, for BEFORE. after_minutes: of open time since it fell due, for AFTER.
    """

    version = models.ForeignKey(LadderVersion, on_delete=models.PROTECT, related_name="rungs")
    number = models.PositiveSmallIntegerField()
    moment = models.CharField(max_length=10, choices=RungMoment.choices)
    share = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    after_minutes = models.PositiveIntegerField(null=True)
    target = models.CharField(max_length=20, choices=RungTarget.choices)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    respects_hours = models.BooleanField(
        default=True, help_text="Whether people are told in their working hours only; the rung is reached all the same."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="one_rung_per_number"),
            models.CheckConstraint(
                name="a_rung_says_when",
                condition=models.Q(moment="before", share__gt=0, share__lt=1, after_minutes=None)
                | models.Q(moment="broken", share=None, after_minutes=None)
                | models.Q(moment="after", share=None, after_minutes__gt=0),
            ),
            models.CheckConstraint(
                name="a_rung_says_whom",
                condition=models.Q(target="post", post__isnull=False, staff=None)
                | models.Q(target="staff", staff__isnull=False, post=None)
                | ~models.Q(target__in=["post", "staff"]) & models.Q(post=None, staff=None),
            ),
        ]
        ordering = ["version", "number"]


class Standard(Named):
    """One line of the ordered list; the first active line whose conditions all fit is taken.

    An empty condition fits everything.
    """

    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    tier = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    case_class = models.CharField(max_length=20, blank=True, choices=CaseClass.choices)
    category = models.CharField(max_length=60, blank=True)
    region_code = models.CharField(max_length=60, blank=True)
    ladder = models.ForeignKey(
        Ladder,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="standards",
        help_text="Who is told when its promises are broken; empty: the default ladder.",
    )

    class Meta:
        ordering = ["position", "id"]


def pausing_by_default() -> list[str]:
    """Return what pauses where nobody chose: the clock of the whole, while the next step is not ours."""
    return ["resolution"]


class StandardVersion(models.Model):
    """The times of a standard from one edit to the next, in open time of its calendar; never changed, only followed."""

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT)
    first_response_minutes = models.PositiveIntegerField()
    next_answer_minutes = models.PositiveIntegerField()
    next_update_minutes = models.PositiveIntegerField(
        help_text="After a broken promise: by when the customer hears again."
    )
    resolution_minutes = models.PositiveIntegerField()
    call_back_minutes = models.PositiveIntegerField(default=120, db_default=120)
    visit_minutes = models.PositiveIntegerField(default=1440, db_default=1440)
    parts_minutes = models.PositiveIntegerField(default=2880, db_default=2880)
    task_minutes = models.PositiveIntegerField(
        default=480, db_default=480, help_text="By when another team answers the owner."
    )
    pausing_kinds = ArrayField(
        models.CharField(max_length=20),
        default=pausing_by_default,
        help_text="Which kinds of promises pause while a case waits for its customer.",
    )
    replacement_limit = models.PositiveSmallIntegerField(
        default=2, db_default=2, help_text="How often a time may be moved before only a leader may."
    )
    warning_share = models.DecimalField(
        max_digits=3, decimal_places=2, default="0.80", help_text="Share of the time after which the owner is warned."
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="one_standard_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(first_response_minutes__gt=0, next_answer_minutes__gt=0)
                & models.Q(next_update_minutes__gt=0, resolution_minutes__gt=0)
                & models.Q(call_back_minutes__gt=0, visit_minutes__gt=0, parts_minutes__gt=0, task_minutes__gt=0),
                name="standard_times_are_positive",
            ),
        ]
        ordering = ["standard", "number"]


class Pledge(models.Model):
    """A commitment published to everybody. What it says stands in its versions; this row is its name and place."""

    code = models.SlugField(max_length=60, unique=True)
    position = models.PositiveIntegerField()
    is_published = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.code


class RemedyKind(models.TextChoices):
    """What a customer is given when we fell short."""

    REFUND = "refund", _("Refund")
    REPLACEMENT = "replacement", _("Replacement")
    VOUCHER = "voucher", _("Voucher")
    FREE_VISIT = "free_visit", _("Free visit")
    DEPOSIT_WAIVER = "deposit_waiver", _("No deposit")
    APOLOGY = "apology", _("Apology")


# Remedies that are worth an amount, and say which.
REMEDIES_OF_MONEY = (RemedyKind.REFUND, RemedyKind.VOUCHER, RemedyKind.DEPOSIT_WAIVER)


class PledgeVersion(models.Model):
    """What a pledge says from `effective_on` on, in both languages; never changed, only followed.

    Beside the words stand its terms, which the program acts by: it stands on promises of `promise_kinds` given on
    requests that its conditions fit (an empty condition fits everything), and names what is given when one of them is
    broken. Without kinds it stands on words alone, and nothing happens by itself.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_on = models.DateField(help_text="The first day on which it holds.")
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_zh = models.TextField(max_length=2000)
    text_en = models.TextField(max_length=2000)
    remedy_zh = models.TextField(max_length=1000, help_text="What the customer gets when we fall short.")
    remedy_en = models.TextField(max_length=1000)
    promise_kinds = ArrayField(
        models.CharField(max_length=20), default=list, help_text="Which kinds of promise it stands on."
    )
    tier = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    case_class = models.CharField(max_length=20, blank=True, choices=CaseClass.choices)
    category = models.CharField(max_length=60, blank=True)
    region_code = models.CharField(max_length=60, blank=True)
    remedy_kind = models.CharField(
        max_length=20, blank=True, choices=RemedyKind.choices, help_text="What is given when it is broken."
    )
    remedy_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    remedy_currency = models.CharField(max_length=3, default="CNY")
    opens_recovery_case = models.BooleanField(
        default=False, help_text="Whether somebody talks to the customer once more when it is broken."
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pledge", "number"], name="one_pledge_version_per_number"),
            models.CheckConstraint(
                condition=~models.Q(title_zh="")
                & ~models.Q(title_en="")
                & ~models.Q(text_zh="")
                & ~models.Q(text_en="")
                & ~models.Q(remedy_zh="")
                & ~models.Q(remedy_en=""),
                name="a_pledge_says_all_in_both_languages",
            ),
            models.CheckConstraint(
                condition=models.Q(remedy_kind__in=REMEDIES_OF_MONEY, remedy_amount__gt=0)
                | ~models.Q(remedy_kind__in=REMEDIES_OF_MONEY) & models.Q(remedy_amount=None),
                name="a_remedy_of_money_says_its_amount",
            ),
        ]
        ordering = ["pledge", "number"]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"

    @property
    def title(self) -> str:
        """Return the title in the language of the person who looks."""
        return self.title_zh if reads_chinese() else self.title_en

    @property
    def text(self) -> str:
        """Return what is pledged in the language of the person who looks."""
        return self.text_zh if reads_chinese() else self.text_en

    @property
    def remedy(self) -> str:
        """Return what the customer gets when we fall short, in the language of the person who looks."""
        return self.remedy_zh if reads_chinese() else self.remedy_en


class Revision(models.Model):
    """One row whose number changes with every edit, so that every process knows when its copy is old.

    The number is random: one that counted would come again after an edit that was rolled back.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_revision_row")]
