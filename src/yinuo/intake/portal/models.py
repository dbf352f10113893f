"""Who may open a customer's own pages, and how often somebody tried something. No staff account is ever in here."""

from django.db import models
from django.db.models import Q

from yinuo.customers.models import Customer, Identity


class SignIn(models.Model):
    """Somebody asked for a code for a mail address; whether we know the address is found out later, out of sight.

    The code and the link are kept as hashes, the address as its blind index: the letter goes to the address we have.
    """

    page_digest = models.BinaryField(max_length=32, unique=True, help_text="Hash of the token in the page's address.")
    lookup = models.BinaryField(max_length=16, help_text="Blind index of the address.")
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    identity = models.ForeignKey(Identity, null=True, on_delete=models.CASCADE, related_name="sign_ins")
    code_digest = models.BinaryField(max_length=32, null=True)
    link_digest = models.BinaryField(max_length=32, null=True, unique=True)
    tries_left = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_sign_in_has_an_identity_when_it_has_a_code",
                condition=Q(identity=None, code_digest=None, link_digest=None)
                | Q(identity__isnull=False, code_digest__isnull=False, link_digest__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="sign_ins_by_end")]


class CustomerSession(models.Model):
    """A customer who is signed in on one device. The cookie holds the token, the row its hash.

    It belongs to the mail address that was proved: without that identity it ends.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sessions")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="customer_sessions_by_end")]


class Attempts(models.Model):
    """How often something was tried from one place within one window; the place is a keyed hash."""

    place = models.BinaryField(max_length=16, help_text="Blind index of what is counted and where.")
    window_at = models.DateTimeField(help_text="When the window began.")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "window_at"], name="attempts_are_counted_once")]
        indexes = [models.Index(fields=["window_at"], name="attempts_by_age")]
