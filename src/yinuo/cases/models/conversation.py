"""What is said on a case, by whom, on which channel, with which files."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yinuo.access.encryption import EncryptedTextField
from yinuo.organisation.models import Staff

from .case import Case, Channel


class Participant(models.Model):
    """Somebody besides the customer who takes part by mail; never reads internal notes."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participants")
    name = models.CharField(max_length=120, blank=True)
    address = EncryptedTextField()
    lookup = models.BinaryField(max_length=16)
    masked = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "lookup"], name="a_participant_once_per_case")]


class Conversation(models.Model):
    """The thread of a case on one channel; `address` is which of our addresses it came to."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conversations")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    address = models.CharField(max_length=254, blank=True)
    started_at = models.DateTimeField()
    came_from = models.ForeignKey(
        Case,
        null=True,
        on_delete=models.PROTECT,
        related_name="conversations_given_away",
        db_index=False,
        help_text="Where it began, when that case was merged into this one; answers go by the case's own.",
    )

    class Meta:
        indexes = [
            models.Index(fields=["case", "channel"], name="conversations_of_a_case"),
            models.Index(fields=["came_from"], condition=Q(came_from__isnull=False), name="conversations_of_a_merged"),
        ]


class MessageKind(models.TextChoices):
    """What a message is. Only a REPLY is a public answer by a person."""

    CUSTOMER = "customer", _("From the customer")
    REPLY = "reply", _("Answer")
    NOTE = "note", _("Internal note")
    NOTICE = "notice", _("Automatic notice to the customer")
    AUTOMATIC = "automatic", _("Automatic mail from outside")


class Message(models.Model):
    """One interaction. Its words are never changed once stored; a merge moves it to another case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, choices=MessageKind.choices)
    author = models.CharField(max_length=40, help_text="The actor's key.")
    author_name = models.CharField(max_length=120)
    text = models.TextField()
    quoted = models.TextField(blank=True, help_text="What the sender repeated of earlier messages.")
    html = models.TextField(blank=True, help_text="As received; cleaned each time it is shown.")
    at = models.DateTimeField(help_text="When it was said.")
    stored_at = models.DateTimeField(help_text="When we had it.")
    source_key = models.CharField(
        max_length=300, null=True, help_text="The channel's own id: the same delivery twice is one message."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_key"], name="a_delivery_is_one_message")]
        indexes = [models.Index(fields=["case", "at", "id"], name="messages_of_a_case")]


class Mention(models.Model):
    """A note calls a colleague's attention. `name`: as it stands behind the @, even when they are renamed."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="mentions")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="mentions")
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "staff"], name="a_colleague_once_in_a_note")]


class Attachment(models.Model):
    """A file that came or went with a message; the bytes lie in the attachment store under their hash."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
