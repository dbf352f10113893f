"""What the API remembers of requests that carry an Idempotency-Key. No state of the business is here."""

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
