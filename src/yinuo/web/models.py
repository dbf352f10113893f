"""What the API remembers of requests with a key, and how far the first run came. No state of the business."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yinuo.access.encryption import EncryptedTextField


class KeptAnswer(models.Model):
    """What was answered to a request, so that the same request again gets the same answer; kept for a day.

    The body may hold personal values, so it is encrypted.
    """

    account_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32, help_text="Hash of the request.")
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=80)
    body = EncryptedTextField()
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "key"], name="an_answer_per_key")]
        indexes = [models.Index(fields=["stored_at"], name="answers_by_age")]


class FirstRun(models.Model):
    """How far the first run came: one row, made when somebody has typed the code; the row is also its lock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    done = ArrayField(
        models.CharField(max_length=20), default=list, help_text="The screens that were saved or skipped."
    )
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_first_run")]
