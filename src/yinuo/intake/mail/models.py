"""Mailboxes, every mail as it came, and every mail on its way out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.access.encryption import EncryptedTextField
from yinuo.cases.models import Case, Message
from yinuo.organisation.models import Team
from yinuo.standards.models import CaseClass


class Security(models.TextChoices):
    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    PLAIN = "plain", _("No encryption (this machine only)")
    MAILDIR = "maildir", _("Local folder (Maildir)")


class Mailbox(models.Model):
    """One of our mail addresses: where its mail is fetched, how its answers go out, whose it is."""

    address = models.EmailField(max_length=254, unique=True)
    sender_name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="mailboxes")
    case_class = models.CharField(max_length=20, choices=CaseClass.choices, default=CaseClass.ROUTINE)
    is_active = models.BooleanField(default=True)
    acknowledges = models.BooleanField(default=True, help_text="Tell the customer at once the number and the time.")

    in_security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    in_host = models.CharField(max_length=255)
    in_port = models.PositiveIntegerField(default=993)
    in_username = models.CharField(max_length=254, blank=True)
    in_password = EncryptedTextField(null=True, blank=True)
    in_folder = models.CharField(max_length=120, default="INBOX")

    out_security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    out_host = models.CharField(max_length=255)
    out_port = models.PositiveIntegerField(default=465)
    out_username = models.CharField(max_length=254, blank=True)
    out_password = EncryptedTextField(null=True, blank=True)

    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, help_text="Why the last look failed, in words; empty when it went well.")
    problem_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.address


class StoredMail(models.Model):
    """A mail as it came. The bytes lie in the attachment store under `digest`; this row says what became of it."""

    class State(models.TextChoices):
        FILED = "filed", _("Filed")
        KEPT_RAW = "kept_raw", _("Kept raw")
        LEFT_OUT = "left_out", _("Left out")

    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="mails")
    delivery_key = models.CharField(max_length=80, unique=True, help_text="Hash of mailbox and Message-ID.")
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    source = models.CharField(max_length=500, blank=True, help_text="The file it was imported from.")
    state = models.CharField(max_length=12, choices=State.choices)
    reason = models.CharField(
        max_length=500, blank=True, help_text="Why it is not simply filed; or how it was matched."
    )
    automatic = models.CharField(
        max_length=30, blank=True, help_text="Which machine's mail it is; empty for a person's."
    )
    may_acknowledge = models.BooleanField(default=False)
    sender = EncryptedTextField(null=True, help_text="Who answers go to, as JSON: name and address.")
    message_id_header = models.CharField(max_length=998, blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="mails")
    message = models.OneToOneField(Message, null=True, on_delete=models.PROTECT, related_name="mail")
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-stored_at", "-id"], condition=~Q(state="filed"), name="mails_needing_a_look"),
            models.Index(fields=["message_id_header"], condition=~Q(message_id_header=""), name="mails_by_message_id"),
            models.Index(fields=["case"], name="mails_of_a_case"),
        ]


class OutgoingMail(models.Model):
    """One of our messages on its way to a mailbox; tried again until it is sent or nobody will take it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        WITHHELD = "withheld", _("Not sent")

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="outgoing_mail")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outgoing_mails")
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="outgoing_mails")
    message_id_header = models.CharField(max_length=300)
    recipients = EncryptedTextField(help_text="JSON list of addresses still to be reached.")
    recipient_lookup = models.BinaryField(max_length=16, help_text="Blind index of the first recipient.")
    is_automatic = models.BooleanField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    next_try_at = models.DateTimeField()
    attempt_count = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="mails_to_send"),
            models.Index(
                fields=["recipient_lookup", "queued_at"], condition=Q(is_automatic=True), name="automatic_mails_sent"
            ),
        ]


class Letter(models.Model):
    """A mail that belongs to no case, such as a sign-in code or a digest.

    Its words and its address are encrypted, and the words are dropped as soon as it went or never will.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        EXPIRED = "expired", _("Too late")
        WITHHELD = "withheld", _("Not sent")

    key = models.CharField(max_length=120, unique=True, help_text="The caller's own name for it: it is queued once.")
    purpose = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    address = EncryptedTextField()
    masked = models.CharField(max_length=120)
    lookup = models.BinaryField(max_length=16, help_text="Blind index of the address.")
    subject = EncryptedTextField()
    text = EncryptedTextField()
    html = EncryptedTextField()
    message_id_header = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    send_after = models.DateTimeField(help_text="Not before; after a failed try, when to try again.")
    expires_at = models.DateTimeField(help_text="Not sent at or after this instant.")
    sent_at = models.DateTimeField(null=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_letter_is_sent_at_an_instant",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
            )
        ]
        indexes = [
            models.Index(fields=["send_after", "id"], condition=Q(state="queued"), name="letters_to_send"),
            models.Index(fields=["message_id_header"], name="letters_by_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.masked}"


class BlockedAddress(models.Model):
    """An address that answered for good that it takes no mail; automatic mail to it rests until `until`."""

    lookup = models.BinaryField(max_length=16, unique=True)
    masked = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()
    until = models.DateTimeField()
